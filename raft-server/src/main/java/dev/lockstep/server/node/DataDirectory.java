package dev.lockstep.server.node;

import dev.lockstep.server.node.NodeStartException.Reason;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A node's data directory, for this process alone while it is open. It belongs to one node of one
 * cluster for good: what it is stands in {@code node.properties}, written on the first start.
 * Nothing in it is touched before that was compared.
 */
final class DataDirectory implements AutoCloseable {
  /** Layout of the directory; a node refuses a newer one. */
  static final int FORMAT_VERSION = 1;

  static final String IDENTITY_FILE = "node.properties";
  static final String LOCK_FILE = "node.lock";
  private static final String NEW_IDENTITY_FILE = "node.properties.new";

  private final Path path;
  private final FileChannel lockChannel;

  private DataDirectory(Path path, FileChannel lockChannel) {
    this.path = path;
    this.lockChannel = lockChannel;
  }

  /**
   * Opens the directory of a node, and makes it on the node's first start.
   *
   * @throws NodeStartException if it belongs to somebody else, is in use, or cannot be written
   */
  static DataDirectory open(Path path, String cluster, String node, String database)
      throws NodeStartException {
    try {
      createDirectories(path);
      // Looked at before the lock, too: locking leaves a file behind, which strangers need not get.
      checkIdentity(path, cluster, node);
      checkDatabase(path, database);
      FileChannel lock = lock(path);
      try {
        if (!checkIdentity(path, cluster, node)) {
          writeIdentity(path, cluster, node);
        }
        return new DataDirectory(path, lock);
      } catch (IOException | NodeStartException | RuntimeException e) {
        lock.close();
        throw e;
      }
    } catch (IOException e) {
      throw new NodeStartException(
          Reason.FAILED, "data directory " + path + " cannot be used: " + e, e);
    }
  }

  /**
   * Opens the directory of a node that does not run, whichever that is.
   *
   * @throws NodeStartException if it is not a node's, does not keep the database, or is in use
   */
  static DataDirectory openStopped(Path path, String database) throws NodeStartException {
    try {
      if (!Files.exists(path.resolve(IDENTITY_FILE))
          || !Files.isDirectory(path.resolve(database).resolve("log"))) {
        throw new NodeStartException(
            Reason.FOREIGN_DATA_DIRECTORY,
            "data directory " + path + " is not that of a node with database " + database);
      }
      return new DataDirectory(path, lock(path));
    } catch (IOException e) {
      throw new NodeStartException(
          Reason.FAILED, "data directory " + path + " cannot be used: " + e, e);
    }
  }

  /** Where the database with this name keeps its state. */
  Path stateOf(String database) {
    return path.resolve(database).resolve("state");
  }

  /** Where the database with this name keeps its log. */
  Path logOf(String database) {
    return path.resolve(database).resolve("log");
  }

  /** Where a state is collected that comes from another node. */
  Path receivedOf(String database) {
    return path.resolve(database).resolve("received");
  }

  /** Where copies of the state are made that other nodes read. */
  Path copiesOf(String database) {
    return path.resolve(database).resolve("copies");
  }

  /** The mark of a state that is to be replaced. */
  Path rebuildMarkOf(String database) {
    return path.resolve(database).resolve("rebuild");
  }

  /** Lets other processes use the directory; idempotent. */
  @Override
  public void close() throws IOException {
    lockChannel.close();
  }

  private static void createDirectories(Path path) throws IOException, NodeStartException {
    try {
      Files.createDirectories(path);
    } catch (FileAlreadyExistsException e) {
      throw new NodeStartException(Reason.FAILED, "data directory " + path + " is a file", e);
    }
  }

  private static FileChannel lock(Path path) throws IOException, NodeStartException {
    FileChannel channel =
        FileChannel.open(
            path.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      // Released with the channel, or by the system when the process ends.
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // Another node of this very process has it.
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    channel.close();
    throw new NodeStartException(
        Reason.DATA_DIRECTORY_IN_USE,
        "data directory " + path + " is in use by another process: is the node running already?");
  }

  /**
   * @return whether the directory has an identity, which is then the right one
   */
  private static boolean checkIdentity(Path path, String cluster, String node)
      throws IOException, NodeStartException {
    Path file = path.resolve(IDENTITY_FILE);
    if (!Files.exists(file)) {
      checkEmpty(path);
      return false;
    }
    Properties identity = new Properties();
    try {
      identity.load(new StringReader(Files.readString(file)));
    } catch (IllegalArgumentException e) {
      throw foreign(path, "its " + IDENTITY_FILE + " cannot be read: " + e.getMessage());
    }
    int format = formatOf(path, identity);
    if (format > FORMAT_VERSION) {
      throw foreign(
          path,
          "it is of format "
              + format
              + ", this Lockstep reads up to "
              + FORMAT_VERSION
              + ": it needs a newer one");
    }
    if (!cluster.equals(identity.getProperty("cluster"))
        || !node.equals(identity.getProperty("node"))) {
      throw foreign(
          path,
          "it belongs to node "
              + identity.getProperty("node")
              + " of cluster "
              + identity.getProperty("cluster")
              + ", not to node "
              + node
              + " of cluster "
              + cluster);
    }
    return true;
  }

  private static int formatOf(Path path, Properties identity) throws NodeStartException {
    String format = identity.getProperty("format", "");
    try {
      int version = Integer.parseInt(format);
      if (version > 0) {
        return version;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw foreign(path, "its " + IDENTITY_FILE + " has no format version: '" + format + "'");
  }

  private static void checkEmpty(Path path) throws IOException, NodeStartException {
    try (Stream<Path> entries = Files.list(path)) {
      List<String> strangers =
          entries
              .map(entry -> entry.getFileName().toString())
              .filter(name -> !Set.of(LOCK_FILE, NEW_IDENTITY_FILE).contains(name))
              .sorted()
              .limit(3)
              .toList();
      if (!strangers.isEmpty()) {
        throw foreign(
            path,
            "it has no "
                + IDENTITY_FILE
                + ", but is not empty ("
                + String.join(", ", strangers)
                + ")");
      }
    }
  }

  /**
   * A node keeps one database for now: under another name it would start empty, beside its data.
   */
  private static void checkDatabase(Path path, String database)
      throws IOException, NodeStartException {
    if (Files.exists(path.resolve(database))) {
      return;
    }
    try (Stream<Path> entries = Files.list(path)) {
      List<String> others =
          entries
              .filter(entry -> Files.isDirectory(entry.resolve("state")))
              .map(entry -> entry.getFileName().toString())
              .sorted()
              .toList();
      if (!others.isEmpty()) {
        throw foreign(path, "it keeps database " + String.join(", ", others) + ", not " + database);
      }
    }
  }

  private static NodeStartException foreign(Path path, String why) {
    return new NodeStartException(
        Reason.FOREIGN_DATA_DIRECTORY, "data directory " + path + " is not this node's: " + why);
  }

  /** Written whole or not at all. */
  private static void writeIdentity(Path path, String cluster, String node) throws IOException {
    Properties identity = new Properties();
    identity.setProperty("format", String.valueOf(FORMAT_VERSION));
    identity.setProperty("cluster", cluster);
    identity.setProperty("node", node);
    StringWriter text = new StringWriter();
    identity.store(text, "Whose data this directory holds. Do not change.");
    Path written = path.resolve(NEW_IDENTITY_FILE);
    try (FileChannel channel =
        FileChannel.open(
            written,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(text.toString());
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(written, path.resolve(IDENTITY_FILE), StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel directory = FileChannel.open(path, StandardOpenOption.READ)) {
      directory.force(true);
    }
  }
}
