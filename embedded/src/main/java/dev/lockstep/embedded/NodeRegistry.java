package dev.lockstep.embedded;

import dev.lockstep.jdbc.spi.EmbeddedNodes.Address;
import dev.lockstep.server.node.LockstepNode;
import dev.lockstep.server.node.NodeConfig;
import dev.lockstep.server.node.NodeStartException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The nodes of this process. One whose data is in a directory is stopped a while after its last
 * connection was closed; one in memory lives as long as the process. At the process' end all are
 * stopped. Safe for use by several threads, which wait for each other while a node starts or stops.
 */
final class NodeRegistry {
  static final NodeRegistry INSTANCE = new NodeRegistry(TimeUnit.SECONDS.toMillis(10));

  private static final Logger LOG = LoggerFactory.getLogger(NodeRegistry.class);
  private static final String MEMORY = "memory:";
  private static final long LOOK_MILLIS = 500;

  private final long lingerNanos;
  private final Map<String, Running> nodes = new HashMap<>();

  /** Looks for nodes that nobody uses; null while there is nothing to look after. */
  private ScheduledThreadPoolExecutor watch;

  private boolean hooked;

  private static final class Running {
    private final LockstepNode node;
    private final NodeConfig config;

    /** To be deleted with the node; null if the data is the application's. */
    private final Path temporary;

    /** When it was used the last time, as far as is known. */
    private long usedNanos = System.nanoTime();

    Running(LockstepNode node, NodeConfig config, Path temporary) {
      this.node = node;
      this.config = config;
      this.temporary = temporary;
    }

    boolean isInUse() {
      try {
        return !"0".equals(node.status().values().get("connections"));
      } catch (RuntimeException e) {
        // Asked again soon; an exception would end the watch.
        LOG.warn("the embedded node of {} gives no status", config.dataDirectory(), e);
        return true;
      }
    }
  }

  NodeRegistry(long lingerMillis) {
    this.lingerNanos = TimeUnit.MILLISECONDS.toNanos(lingerMillis);
  }

  /**
   * The node of a place; starts it if it does not run.
   *
   * @throws SQLException 08001 if it does not start; everything taken is given back then
   */
  synchronized Address open(String place) throws SQLException {
    boolean inMemory = place.startsWith(MEMORY);
    Path directory = inMemory ? null : directory(place);
    String key = inMemory ? place : directory.toString();
    Running running = nodes.get(key);
    if (running == null) {
      running = start(place, directory);
      nodes.put(key, running);
      lookAfterThem();
    }
    running.usedNanos = System.nanoTime();
    return new Address(
        running.config.self().host(), running.node.clientPort(), running.config.database());
  }

  /** One path for a directory, however it is written. */
  private static Path directory(String place) throws SQLException {
    try {
      Path directory = Path.of(place).toAbsolutePath().normalize();
      return Files.exists(directory) ? directory.toRealPath() : directory;
    } catch (InvalidPathException | IOException e) {
      throw failed(place, e.getMessage(), e);
    }
  }

  private static Running start(String place, Path directory) throws SQLException {
    Path temporary = null;
    try {
      if (directory == null) {
        temporary = Files.createTempDirectory("lockstep-memory-");
      }
      NodeConfig config = Home.in(directory == null ? temporary : directory);
      Running running = new Running(LockstepNode.start(config), config, temporary);
      LOG.info("the embedded node of {} runs", place);
      return running;
    } catch (NodeStartException e) {
      delete(temporary);
      throw failed(place, e.getMessage() + advice(e.reason()), e);
    } catch (IOException | RuntimeException e) {
      delete(temporary);
      throw failed(place, e.getMessage(), e);
    }
  }

  private static String advice(NodeStartException.Reason reason) {
    return switch (reason) {
      case DATA_DIRECTORY_IN_USE ->
          "; an embedded node belongs to one process: several share a node that 'lockstep start'"
              + " runs";
      case ADDRESS_NOT_AVAILABLE -> "; its ports stand in embedded.properties of the directory";
      default -> "";
    };
  }

  private static SQLException failed(String place, String why, Exception cause) {
    return new SQLNonTransientConnectionException(
        "the embedded node of " + place + " cannot start: " + why, "08001", cause);
  }

  private void lookAfterThem() {
    if (!hooked) {
      Runtime.getRuntime().addShutdownHook(new Thread(this::stopAll, "lockstep-embedded-end"));
      hooked = true;
    }
    if (watch == null) {
      watch =
          new ScheduledThreadPoolExecutor(
              1,
              task -> {
                Thread thread = new Thread(task, "lockstep-embedded");
                thread.setDaemon(true);
                return thread;
              });
      watch.scheduleWithFixedDelay(
          () -> stopUnused(System.nanoTime()), LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  /** Stops the nodes that nobody has used for a while at the given time of the system's clock. */
  synchronized void stopUnused(long now) {
    for (Iterator<Running> all = nodes.values().iterator(); all.hasNext(); ) {
      Running running = all.next();
      if (running.temporary != null || running.isInUse()) {
        running.usedNanos = System.nanoTime();
      } else if (now - running.usedNanos > lingerNanos) {
        all.remove();
        stop(running);
      }
    }
    if (nodes.isEmpty() && watch != null) {
      watch.shutdown();
      watch = null;
    }
  }

  /** Stops all nodes, in use or not. */
  synchronized void stopAll() {
    nodes.values().forEach(NodeRegistry::stop);
    nodes.clear();
    if (watch != null) {
      watch.shutdown();
      watch = null;
    }
  }

  /** Places whose nodes run; for tests. */
  synchronized int count() {
    return nodes.size();
  }

  private static void stop(Running running) {
    try {
      running.node.stop();
      LOG.info("the embedded node of {} has stopped", running.config.dataDirectory());
    } catch (RuntimeException e) {
      LOG.warn("the embedded node of {} did not stop", running.config.dataDirectory(), e);
    }
    delete(running.temporary);
  }

  private static void delete(Path temporary) {
    if (temporary == null) {
      return;
    }
    try (Stream<Path> files = Files.walk(temporary)) {
      files
          .sorted(Comparator.reverseOrder())
          .forEach(
              file -> {
                try {
                  Files.delete(file);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    } catch (IOException | UncheckedIOException e) {
      LOG.warn("{} was not deleted", temporary, e);
    }
  }
}
