package dev.lockstep.embedded;

import dev.lockstep.server.node.NodeConfig;
import dev.lockstep.server.node.NodeConfig.Member;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/**
 * Where an embedded node lives: its directory, and in there its data, {@code node}, and {@code
 * embedded.properties} with the name of its cluster and its ports. These are chosen once, because
 * the log knows its member by the port. Its cluster has a name of its own, so that two never take
 * each other for one.
 */
final class Home {
  private static final String FILE = "embedded.properties";
  private static final String NEW_FILE = "embedded.properties.new";
  private static final String LOCK_FILE = "embedded.lock";
  private static final String DATA = "node";

  /** What a first start that was cut off leaves, or another process is just making. */
  private static final Set<String> OURS = Set.of(FILE, NEW_FILE, LOCK_FILE);

  private static final String HOST = "127.0.0.1";
  private static final String NODE = "n1";

  /** Below the ports that systems give to outgoing connections. */
  private static final int PORT_MIN = 10_000;

  private static final int PORT_END = 32_000;

  private Home() {}

  /**
   * What the node of a directory starts with; chosen anew if there is nothing yet.
   *
   * @throws IOException if the directory cannot be used, or is not an embedded node's
   */
  static NodeConfig in(Path directory) throws IOException {
    Path file = directory.resolve(FILE);
    if (!Files.exists(file)) {
      Files.createDirectories(directory);
      choose(directory, file);
    }
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    }
    try {
      Member member =
          new Member(
              NODE,
              HOST,
              Integer.parseInt(properties.getProperty("raft.port")),
              Integer.parseInt(properties.getProperty("client.port")));
      return new NodeConfig(
          properties.getProperty("cluster"), NODE, List.of(member), directory.resolve(DATA));
    } catch (RuntimeException e) {
      throw new IOException(file + " does not say cluster, raft.port and client.port", e);
    }
  }

  /** Of processes that come at the same time the first one chooses for all. */
  private static void choose(Path directory, Path file) throws IOException {
    checkEmpty(directory);
    try (FileChannel lock =
            FileChannel.open(
                directory.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = lock.lock()) {
      if (held.isValid() && !Files.exists(file)) {
        write(directory);
      }
    }
  }

  /** What else is in there is not ours. */
  private static void checkEmpty(Path directory) throws IOException {
    if (Files.exists(directory.resolve("node.properties"))) {
      throw new IOException(
          directory + " has the data of a node that is started by 'lockstep start'");
    }
    try (Stream<Path> files = Files.list(directory)) {
      Optional<Path> other =
          files.filter(file -> !OURS.contains(file.getFileName().toString())).findFirst();
      if (other.isPresent()) {
        throw new IOException(
            directory + " is not an embedded node's, and is not empty: " + other.get());
      }
    }
  }

  private static void write(Path directory) throws IOException {
    Properties properties = new Properties();
    properties.setProperty("cluster", "embedded-" + UUID.randomUUID());
    int raftPort = freePort();
    int clientPort = freePort();
    while (clientPort == raftPort) {
      clientPort = freePort();
    }
    properties.setProperty("raft.port", String.valueOf(raftPort));
    properties.setProperty("client.port", String.valueOf(clientPort));
    Path unfinished = directory.resolve(NEW_FILE);
    try (Writer writer = Files.newBufferedWriter(unfinished)) {
      properties.store(writer, "The embedded node of this directory.");
    }
    // Without it the log could not be used any more.
    force(unfinished);
    Files.move(unfinished, directory.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
    force(directory);
  }

  /** Forces a file, or the names in a directory, to the disk. */
  private static void force(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static int freePort() throws IOException {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(PORT_MIN, PORT_END);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getByName(HOST))) {
        return socket.getLocalPort();
      } catch (BindException taken) {
        // The next one may be free.
      }
    }
  }
}
