package dev.lockstep.server.node;

import dev.lockstep.protocol.ClientMessage;
import dev.lockstep.protocol.ServerMessage;
import dev.lockstep.server.command.Checkpoint;
import dev.lockstep.server.command.CommandProposal;
import dev.lockstep.server.command.CommandResult;
import dev.lockstep.server.database.CheckpointReport;
import dev.lockstep.server.database.Replica;
import dev.lockstep.server.log.LogFailure;
import dev.lockstep.server.log.LogStatus;
import dev.lockstep.server.log.ReplicatedLog;
import dev.lockstep.server.node.NodeConfig.Member;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares this replica with the others at the checkpoints in the log, and adds these checkpoints
 * while this node leads. Has a thread of its own, which asks the other nodes for their status.
 */
final class DivergenceWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DivergenceWatch.class);
  private static final int LOOK_MILLIS = 100;
  private static final int ANSWER_MILLIS = 2_000;

  /** How long the others are waited for at one checkpoint. */
  private static final long PATIENCE_NANOS = 10_000_000_000L;

  private final NodeConfig config;
  private final CheckOptions options;
  private final ReplicatedLog log;
  private final Replica replica;
  private final Thread thread;

  /** Checkpoint that is being compared, and what the members say of it. */
  private CheckpointReport open;

  private final Map<String, String> heard = new TreeMap<>();
  private long openSinceNanos;

  /** Index of the last checkpoint that was compared, or given up. */
  private volatile long settled;

  private volatile String undecided = "";

  /** The last checkpoint of this node as a leader; 0 while its index is not known. */
  private volatile long proposedIndex;

  private volatile boolean proposalOpen;
  private long proposedNanos;
  private long proposedApplied;
  private long proposedTerm = -1;
  private byte[] proposedPlace = new byte[0];

  /** Last change that the pass over the content that is going on will have seen. */
  private long passIndex = -1;

  /** Last change that a whole pass has seen. */
  private long coveredIndex = -1;

  private final CountDownLatch closing = new CountDownLatch(1);

  DivergenceWatch(NodeConfig config, ReplicatedLog log, Replica replica) {
    this.config = config;
    this.options = config.checks();
    this.log = log;
    this.replica = replica;
    this.thread = new Thread(this::run, "lockstep-divergence-" + config.database());
    thread.setDaemon(true);
  }

  /** Begins, if there is anybody to compare with. */
  void start() {
    if (config.members().size() > 1) {
      thread.start();
    }
  }

  /** What it can say of itself, by name. */
  void describe(Map<String, String> values) {
    values.put("checkpoint.settled", String.valueOf(settled));
    values.put("checkpoint.passes", String.valueOf(replica.contents().passes()));
    values.put("checkpoint.undecided", undecided);
    values.put("checkpoint.reports", encode(replica.contents().reports()));
  }

  private static String encode(List<CheckpointReport> reports) {
    return reports.stream()
        .map(report -> report.index() + "=" + report.value())
        .collect(Collectors.joining(" "));
  }

  private void run() {
    while (pause()) {
      try {
        if (replica.fault().isPresent()) {
          continue;
        }
        compare();
        propose();
      } catch (RuntimeException e) {
        LOG.error("the comparison of the replicas failed", e);
      }
    }
  }

  private boolean pause() {
    try {
      return !closing.await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      // Nobody interrupts this thread but the JVM's end.
      return false;
    }
  }

  private void compare() {
    List<CheckpointReport> reports = replica.contents().reports();
    if (open == null) {
      // The newest: older ones said less.
      CheckpointReport newest = reports.isEmpty() ? null : reports.get(reports.size() - 1);
      if (newest == null || newest.index() <= settled) {
        return;
      }
      open = newest;
      openSinceNanos = System.nanoTime();
      heard.clear();
      heard.put(config.node(), newest.value());
    }
    for (Member member : config.members()) {
      if (!heard.containsKey(member.id())) {
        String value = ask(member, open.index());
        if (value != null) {
          heard.put(member.id(), value);
        }
      }
    }
    Verdict verdict = Verdict.of(open.index(), config.node(), heard, config.members().size());
    boolean late = System.nanoTime() - openSinceNanos > PATIENCE_NANOS;
    switch (verdict.kind()) {
      case ALIKE -> settle(late || heard.size() == config.members().size(), "");
      case DIVERGED -> replica.condemn(verdict.reason());
      case NO_MAJORITY -> replica.suspend(verdict.reason());
      case OPEN ->
          settle(late, heard.values().stream().distinct().count() > 1 ? verdict.reason() : "");
    }
  }

  /**
   * @param done whether to wait for nobody any more
   */
  private void settle(boolean done, String why) {
    if (!why.equals(undecided)) {
      undecided = why;
      if (!why.isEmpty()) {
        LOG.warn("{}; other members do not answer", why);
      }
    }
    if (done) {
      settled = open.index();
      open = null;
    }
  }

  /**
   * @return null if the member does not answer, or has no digests of this checkpoint (yet)
   */
  private String ask(Member member, long index) {
    try (PeerClient client =
        PeerClient.open(member.host(), member.clientPort(), "", ANSWER_MILLIS).client()) {
      String reports =
          client
              .ask(ServerMessage.StatusReport.class, new ClientMessage.GetStatus())
              .values()
              .getOrDefault("checkpoint.reports", "");
      for (String report : reports.split(" ")) {
        if (report.startsWith(index + "=")) {
          return report.substring(report.indexOf('=') + 1);
        }
      }
    } catch (IOException e) {
      LOG.debug("{} does not say its digests", member.id(), e);
    }
    return null;
  }

  private void propose() {
    LogStatus status = log.status();
    if (!status.leads() || proposalOpen) {
      return;
    }
    long now = System.nanoTime();
    if (proposedTerm != status.term()) {
      proposedTerm = status.term();
      proposedIndex = 0;
      proposedNanos = now;
      proposedApplied = replica.appliedIndex();
      proposedPlace = new byte[0];
      passIndex = -1;
    }
    long millis = (now - proposedNanos) / 1_000_000;
    if (millis < options.millisMin()) {
      return;
    }
    byte[] place = proposedPlace;
    if (proposedIndex > 0) {
      CheckpointReport last = reportAt(proposedIndex);
      boolean late = now - proposedNanos > 2 * PATIENCE_NANOS;
      if ((last == null || settled < proposedIndex) && !late) {
        return;
      }
      if (last != null) {
        place = last.next();
        if (place.length == 0 && passIndex > coveredIndex) {
          coveredIndex = passIndex;
        }
      }
    }
    long changed = replica.lastChangeIndex();
    boolean enough = replica.appliedIndex() - proposedApplied >= options.commands();
    if (enough || millis >= options.millis() && changed > coveredIndex) {
      propose(status.term(), place, changed, now);
    }
  }

  private CheckpointReport reportAt(long index) {
    return replica.contents().reports().stream()
        .filter(report -> report.index() == index)
        .findFirst()
        .orElse(null);
  }

  private void propose(long term, byte[] place, long changed, long now) {
    if (place.length == 0) {
      passIndex = changed;
    }
    proposedPlace = place;
    proposedNanos = now;
    proposedApplied = replica.appliedIndex();
    proposedIndex = 0;
    proposalOpen = true;
    byte[] entry =
        new Checkpoint(config.database(), place, options.rows(), options.bytes()).encode();
    log.propose(
        term,
        new CommandProposal() {
          @Override
          public byte[] command() {
            return entry;
          }

          @Override
          public void applied(long index, CommandResult result) {
            proposedIndex = index;
            proposalOpen = false;
          }

          @Override
          public void failed(LogFailure failure) {
            // The next look proposes anew, if this node still leads.
            LOG.debug("a checkpoint did not enter the log: {}", failure);
            proposalOpen = false;
          }
        });
  }

  /** Ends the thread. Idempotent. */
  @Override
  public void close() {
    closing.countDown();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
