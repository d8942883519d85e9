package dev.lockstep.server.node;

import dev.lockstep.server.database.Replica;
import dev.lockstep.server.database.ReplicaListener;
import dev.lockstep.server.database.StateCopy;
import dev.lockstep.server.database.StateDamagedException;
import dev.lockstep.server.log.LogStatus;
import dev.lockstep.server.log.jraft.JRaftLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running node. Started whole or not at all; once it runs, its parts are closed and opened again
 * when its state is replaced by another node's. Safe for use by several threads.
 */
public final class LockstepNode implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LockstepNode.class);

  private final NodeConfig config;
  private final DataDirectory directory;
  private final LogFactory logs;
  private final RebuildMark mark;
  private final Rebuild rebuild;

  /** Replaced under this node's lock; null only before the start is done. */
  private volatile NodeParts parts;

  private volatile boolean stopping;
  private boolean stopped;

  private LockstepNode(NodeConfig config, DataDirectory directory, LogFactory logs) {
    this.config = config;
    this.directory = directory;
    this.logs = logs;
    this.mark = new RebuildMark(directory.rebuildMarkOf(config.database()));
    this.rebuild =
        new Rebuild(
            config,
            new StateReceiver(
                config,
                directory.receivedOf(config.database()),
                directory.logOf(config.database()),
                NodeParts.replicaOptions(config, directory)),
            mark,
            this::replaceState);
  }

  /**
   * Starts a node and returns as soon as it accepts clients; it may not know a leader yet.
   *
   * @throws NodeStartException if it cannot start; everything taken is given back then
   */
  public static LockstepNode start(NodeConfig config) throws NodeStartException {
    return start(config, JRaftLog::open);
  }

  /** As {@link #start(NodeConfig)}, on another log than SOFAJRaft's: for tests. */
  public static LockstepNode start(NodeConfig config, LogFactory logs) throws NodeStartException {
    DataDirectory directory =
        DataDirectory.open(
            config.dataDirectory(), config.cluster(), config.node(), config.database());
    LockstepNode node = new LockstepNode(config, directory, logs);
    try {
      // A state that is to be replaced may be there before the parts are.
      synchronized (node) {
        node.parts = node.open();
      }
      return node;
    } catch (NodeStartException | RuntimeException e) {
      node.rebuild.close();
      node.closeDirectory();
      throw e;
    }
  }

  /** Opens the parts with the state that the directory has, or without one if that is wrong. */
  private NodeParts open() throws NodeStartException {
    try {
      mark.removeUnfinished();
      String condemned = mark.read();
      if (condemned == null) {
        try {
          return openParts(null);
        } catch (StateDamagedException e) {
          if (config.members().size() == 1) {
            throw failed(e.getMessage(), e);
          }
          LOG.error("the state is damaged, and is taken from another node", e);
          condemned = e.getMessage();
          mark.write(condemned);
        }
      }
      if (config.members().size() == 1) {
        throw failed(
            "its state is to be replaced (" + condemned + "), but there is no other node", null);
      }
      // The log is whole: with it the node votes and acknowledges. The state is worth nothing.
      Replica.discardState(directory.stateOf(config.database()));
      return openParts(condemned);
    } catch (IOException e) {
      throw failed(e.getMessage(), e);
    }
  }

  private NodeStartException failed(String why, Exception cause) {
    return new NodeStartException(
        NodeStartException.Reason.FAILED, "node " + config.node() + " cannot start: " + why, cause);
  }

  private NodeParts openParts(String condemned) throws NodeStartException {
    return NodeParts.open(
        config,
        directory,
        logs,
        condemned,
        new ReplicaListener() {
          @Override
          public void condemned(String reason) {
            rebuild.begin(reason);
          }
        },
        this::values);
  }

  /** What the status says of the state's health. */
  private Map<String, String> values() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("rebuild", rebuild.progress());
    values.put("rebuild.last", rebuild.last());
    values.put("rebuild.count", String.valueOf(rebuild.count()));
    return values;
  }

  /** The port that clients are accepted at. */
  public int clientPort() {
    return parts.clientPort();
  }

  /** The node's file with the replicated state, to be looked at when the node is stopped. */
  public Path databaseFile() {
    return parts.databaseFile();
  }

  public NodeStatus status() {
    return parts.status();
  }

  /**
   * Has the node take its state anew from another node, because its own is wrong: it serves nothing
   * until it has, but goes on voting and acknowledging. Returns at once. Ignored if the state is
   * being replaced already.
   *
   * @param reason what is wrong, for the status and the log
   */
  public void rebuild(String reason) {
    parts.replica().condemn(reason);
  }

  /**
   * Goes on with another node's state. A crash at any point ends in a node that either still has
   * the mark, and begins anew, or has the state.
   */
  private synchronized void replaceState(StateCopy copy) throws IOException {
    if (stopping) {
      return;
    }
    awaitLog(copy.state().index());
    if (stopping) {
      return;
    }
    LOG.info("the state becomes that of index {}, from another node", copy.state().index());
    parts.stop();
    try {
      // First the log's own snapshot, which was made of the wrong state: an empty state beside the
      // new snapshot is loaded from it. The mark goes last.
      logs.replaceSnapshot(
          NodeParts.logOptions(config, directory),
          copy.directory(),
          copy.state().index(),
          copy.state().term());
      Replica.discardState(directory.stateOf(config.database()));
      mark.remove();
    } finally {
      reopen();
    }
  }

  /**
   * Waits until this member's log has come as far as the state that is to replace the snapshot. The
   * engine (1.4.1) keeps no entry before a snapshot that its log has not reached; a leader that has
   * not sent all of them then goes back one by one to entries before it, which no longer match, and
   * the member takes them for a conflict below its snapshot.
   */
  private void awaitLog(long index) {
    while (!stopping
        && parts.replica().givenIndex() < index
        && parts.log().status().role() != LogStatus.Role.STOPPED) {
      rebuild.awaitLog(parts.replica().givenIndex(), index);
    }
  }

  /** The address may be taken for a moment, the disk full: a node that ran does not give up. */
  private void reopen() throws IOException {
    while (!stopping) {
      try {
        parts = open();
        return;
      } catch (NodeStartException e) {
        LOG.error("the node does not open again yet", e);
        rebuild.pause();
      }
    }
  }

  /**
   * Stops gracefully: the leadership is handed over, pending requests are answered, everything is
   * given back. Idempotent.
   */
  public void stop() {
    stop(NodeParts::stop);
  }

  /**
   * Stops like a process that is killed, as far as that is possible within one: clients are cut off
   * first, no leadership is handed over. For tests. Idempotent.
   */
  public void kill() {
    stop(NodeParts::kill);
  }

  private void stop(Consumer<NodeParts> how) {
    stopping = true;
    // Waits for its thread, which may be replacing the parts.
    rebuild.close();
    synchronized (this) {
      if (stopped) {
        return;
      }
      stopped = true;
      how.accept(parts);
      closeDirectory();
    }
  }

  private void closeDirectory() {
    try {
      directory.close();
    } catch (IOException e) {
      LOG.warn("node {}: the data directory did not close", config.node(), e);
    }
  }

  /** Same as {@link #stop}. */
  @Override
  public void close() {
    stop();
  }
}
