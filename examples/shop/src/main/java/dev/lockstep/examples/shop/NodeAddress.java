package dev.lockstep.examples.shop;

/**
 * A node's name and ports.
 *
 * @param raftPort where the other nodes reach it
 * @param clientPort where clients reach it
 */
record NodeAddress(String id, String host, int raftPort, int clientPort) {
  /** As the option {@code --members} takes it. */
  String member() {
    return id + "=" + host + ":" + raftPort + ":" + clientPort;
  }

  /** As a JDBC URL names it. */
  String forClients() {
    return host + ":" + clientPort;
  }
}
