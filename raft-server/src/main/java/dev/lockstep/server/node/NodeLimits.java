package dev.lockstep.server.node;

/**
 * What clients may take of a node at most.
 *
 * @param connectionsMax client connections
 * @param requestsPerConnectionMax requests of one connection that wait for their answer; more are
 *     not read from its socket
 * @param handshakeTimeoutMillis time that a new connection has to say Hello
 * @param proposalsMax writes that wait for consensus at the same time
 * @param proposalBytesMax bytes of these writes
 * @param workersMax threads for reads, steps of transactions and the analysis of new statements
 * @param workQueueMax work that waits for such a thread
 * @param readersMax read-only connections to the database's file, open cursors included
 * @param cursorsPerConnectionMax open cursors of one connection
 * @param cursorIdleMillis time after which a cursor that nobody fetches from is closed
 */
public record NodeLimits(
    int connectionsMax,
    int requestsPerConnectionMax,
    long handshakeTimeoutMillis,
    int proposalsMax,
    long proposalBytesMax,
    int workersMax,
    int workQueueMax,
    int readersMax,
    int cursorsPerConnectionMax,
    long cursorIdleMillis) {
  public static final NodeLimits DEFAULT =
      new NodeLimits(
          1_000,
          16,
          10_000,
          4_096,
          64L << 20,
          Math.max(8, 2 * Runtime.getRuntime().availableProcessors()),
          4_096,
          128,
          32,
          60_000);

  public NodeLimits {
    check("connectionsMax", connectionsMax);
    check("requestsPerConnectionMax", requestsPerConnectionMax);
    check("handshakeTimeoutMillis", handshakeTimeoutMillis);
    check("proposalsMax", proposalsMax);
    check("proposalBytesMax", proposalBytesMax);
    check("workersMax", workersMax);
    check("workQueueMax", workQueueMax);
    check("readersMax", readersMax);
    check("cursorsPerConnectionMax", cursorsPerConnectionMax);
    check("cursorIdleMillis", cursorIdleMillis);
  }

  public NodeLimits withConnectionsMax(int newConnectionsMax) {
    return new NodeLimits(
        newConnectionsMax,
        requestsPerConnectionMax,
        handshakeTimeoutMillis,
        proposalsMax,
        proposalBytesMax,
        workersMax,
        workQueueMax,
        readersMax,
        cursorsPerConnectionMax,
        cursorIdleMillis);
  }

  public NodeLimits withHandshakeTimeoutMillis(long newTimeoutMillis) {
    return new NodeLimits(
        connectionsMax,
        requestsPerConnectionMax,
        newTimeoutMillis,
        proposalsMax,
        proposalBytesMax,
        workersMax,
        workQueueMax,
        readersMax,
        cursorsPerConnectionMax,
        cursorIdleMillis);
  }

  private static void check(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " of " + value + ": at least 1 is needed");
    }
  }
}
