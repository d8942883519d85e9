package dev.lockstep.server.node;

import dev.lockstep.server.database.ReplicaListener;
import dev.lockstep.server.log.LogStatus;
import dev.lockstep.sql.StatementAnalyzer;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries what happens to the replica to those who must know: the analyzer and the clients. */
final class TopologyPush implements ReplicaListener {
  private static final Logger LOG = LoggerFactory.getLogger(TopologyPush.class);

  private final String node;
  private final StatementAnalyzer analyzer;
  private final Executor background;

  /** Tells the clients; null until there can be some. */
  private volatile Runnable push;

  TopologyPush(String node, StatementAnalyzer analyzer, Executor background) {
    this.node = node;
    this.analyzer = analyzer;
    this.background = background;
  }

  void to(Runnable newPush) {
    push = newPush;
  }

  @Override
  public void fileReplaced(Path file) {
    // Waits for analyses in progress, which the applying thread must not do.
    background.execute(
        () -> {
          try {
            analyzer.reopen(file);
          } catch (SQLException e) {
            LOG.error("statements cannot be analysed any more: {} does not open", file, e);
          }
        });
  }

  @Override
  public void schemaChanged(long schemaVersion) {
    analyzer.schemaChanged((int) schemaVersion);
  }

  @Override
  public void leadershipGained(long term) {
    LOG.info("{} leads, term {}", node, term);
    push();
  }

  @Override
  public void leadershipLost(LogStatus status) {
    LOG.info("{} does not lead any more, term {}", node, status.term());
    push();
  }

  @Override
  public void leaderChanged(String leader, long term) {
    LOG.info("{}: {}, term {}", node, leader.isEmpty() ? "no leader" : leader + " leads", term);
    push();
  }

  @Override
  public void stopped(String reason) {
    LOG.error("{} is out of service: {}", node, reason);
    push();
  }

  private void push() {
    Runnable present = push;
    if (present != null) {
      present.run();
    }
  }
}
