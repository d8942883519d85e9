package dev.lockstep.jdbc.client;

/**
 * Where a node listens for clients.
 *
 * @param host a name or an IP address, an IPv6 one without brackets
 */
public record NodeAddress(String host, int port) {
  public static final int DEFAULT_PORT = 7400;

  @Override
  public String toString() {
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }
}
