package dev.lockstep.server.net;

/**
 * Where clients are accepted and what they may take.
 *
 * @param host address to bind
 * @param port port to bind, 0 for any free one
 * @param connectionsMax client connections
 * @param requestsPerConnectionMax requests of a connection without an answer; while there are so
 *     many, its socket is not read
 * @param handshakeTimeoutMillis time for the first message of a client
 * @param frameBytesMax memory for the content of large requests, of all connections together
 */
public record FrontDoorOptions(
    String host,
    int port,
    int connectionsMax,
    int requestsPerConnectionMax,
    long handshakeTimeoutMillis,
    long frameBytesMax) {
  /** An eighth of the heap, but room for four of the largest frames. */
  public static long defaultFrameBytesMax() {
    return Math.max(64L << 20, Runtime.getRuntime().maxMemory() / 8);
  }
}
