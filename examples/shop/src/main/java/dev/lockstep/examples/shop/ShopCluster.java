package dev.lockstep.examples.shop;

import dev.lockstep.protocol.Topology;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Three nodes on this machine. Closing it ends their processes, whatever state they are in. */
final class ShopCluster implements AutoCloseable {
  static final String DATABASE = "shop";

  private static final int NODES = 3;
  private static final String HOST = "127.0.0.1";

  /** Raft ports follow the client ports at this distance. */
  private static final int RAFT_PORT_OFFSET = 10;

  private static final int POLL_MILLIS = 20;
  private static final int LOG_LINES = 15;

  private final List<ShopNode> nodes = new ArrayList<>();

  /**
   * @param base the directory under which each node has its own
   * @param firstPort client port of the first node; the others take the next ones
   */
  ShopCluster(Path base, int firstPort) {
    List<NodeAddress> addresses = new ArrayList<>();
    for (int i = 0; i < NODES; i++) {
      int clientPort = firstPort + i;
      addresses.add(
          new NodeAddress("n" + (i + 1), HOST, clientPort + RAFT_PORT_OFFSET, clientPort));
    }
    String members = addresses.stream().map(NodeAddress::member).collect(Collectors.joining(","));
    addresses.forEach(address -> nodes.add(new ShopNode(address, members, base)));
  }

  List<ShopNode> nodes() {
    return List.copyOf(nodes);
  }

  String url() {
    return nodes.stream()
        .map(node -> node.address().forClients())
        .collect(Collectors.joining(",", "jdbc:lockstep://", "/" + DATABASE));
  }

  /**
   * Starts all nodes.
   *
   * @throws DemoFailure if one of their ports is in use
   */
  void start() throws IOException {
    for (ShopNode node : nodes) {
      requireFree(node.address().clientPort());
      requireFree(node.address().raftPort());
    }
    for (ShopNode node : nodes) {
      node.start();
    }
  }

  /**
   * Waits until a node leads that runs, and all running nodes know it.
   *
   * @throws DemoFailure if a node ended, or the time is over
   */
  ShopNode awaitLeader(Duration limit) throws InterruptedException {
    List<ShopNode> running = nodes.stream().filter(ShopNode::isRunning).toList();
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      requireRunning(running);
      Optional<ShopNode> leader = commonLeader(running);
      if (leader.isPresent()) {
        return leader.get();
      }
      if (System.nanoTime() - deadline > 0) {
        throw new DemoFailure(
            "No leader after "
                + limit.toSeconds()
                + " s. The end of "
                + running.get(0).log()
                + ":\n"
                + running.get(0).lastLogLines(LOG_LINES));
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  private Optional<ShopNode> commonLeader(List<ShopNode> running) {
    List<Topology> answers =
        running.stream()
            .map(node -> Leadership.ask(node.address()))
            .flatMap(Optional::stream)
            .sorted(Comparator.comparingLong(Topology::term))
            .toList();
    if (answers.size() < running.size()
        || answers.stream().map(Topology::leader).distinct().count() != 1) {
      return Optional.empty();
    }
    String leader = answers.get(0).leader();
    return running.stream().filter(node -> node.address().id().equals(leader)).findFirst();
  }

  private static void requireRunning(List<ShopNode> expected) {
    for (ShopNode node : expected) {
      if (!node.isRunning()) {
        throw new DemoFailure(
            node.address().id()
                + " has ended. The end of "
                + node.log()
                + ":\n"
                + node.lastLogLines(LOG_LINES));
      }
    }
  }

  private static void requireFree(int port) throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getByName(HOST), port);
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(address);
    } catch (java.net.BindException e) {
      throw new DemoFailure(
          "Port "
              + port
              + " is in use. Another one can be given by --port, for example --port "
              + (port + 1_000),
          e);
    }
  }

  /** Called by the main thread and by the shutdown hook. */
  @Override
  public synchronized void close() {
    nodes.forEach(ShopNode::requestStop);
    boolean interrupted = false;
    for (ShopNode node : nodes) {
      try {
        node.awaitStopped();
      } catch (InterruptedException e) {
        node.requestStop();
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
