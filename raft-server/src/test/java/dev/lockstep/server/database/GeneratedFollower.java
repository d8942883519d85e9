package dev.lockstep.server.database;

import dev.lockstep.protocol.SessionId;
import dev.lockstep.server.command.Command;
import dev.lockstep.server.command.ExecuteCommand;
import dev.lockstep.server.command.StatementCommand;
import dev.lockstep.server.command.TransactionCommand;
import dev.lockstep.server.log.CommittedEntry;
import dev.lockstep.server.log.Proposal;
import dev.lockstep.sql.SqliteCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A replica that applies a log as fate has it: cut anywhere, restarted, killed, set back, given
 * snapshots, with transactions before their commit in between. It complains of every difference.
 */
final class GeneratedFollower {
  private final GeneratedLog log;
  private final Path place;
  private final GeneratedDice dice;
  private final GeneratorCounts counts;
  private final boolean disturbed;
  private int directories;
  private Path directory;
  private Replica replica;
  private ProvisionalTransaction open;

  private GeneratedFollower(
      GeneratedLog log, Path place, GeneratedDice dice, boolean disturbed, GeneratorCounts counts) {
    this.log = log;
    this.place = place;
    this.dice = dice;
    this.disturbed = disturbed;
    this.counts = counts;
  }

  /**
   * Applies the log.
   *
   * @param disturbed whether anything happens but cuts
   * @throws AssertionError if the replica differs from the leader's
   */
  static void run(
      GeneratedLog log, Path place, GeneratedDice dice, boolean disturbed, GeneratorCounts counts)
      throws SQLException, IOException {
    new GeneratedFollower(log, place, dice, disturbed, counts).run();
  }

  private void run() throws SQLException, IOException {
    directory = place.resolve("d" + directories++);
    replica = open(new Disk());
    try {
      for (GeneratedLog.Mark mark : log.marks()) {
        while (replica.appliedIndex() < mark.index()) {
          if (disturbed && dice.percent(40)) {
            disturb();
          } else {
            applyBatch(mark.index());
          }
        }
        if (replica.appliedIndex() == mark.index()) {
          compare(mark);
        }
      }
    } finally {
      replica.close();
    }
  }

  private Replica open(Disk disk) {
    Replica opened =
        Replica.open(
            TestReplica.options(directory),
            disk,
            System::nanoTime,
            new ManualAlarm(),
            SessionLimits.DEFAULT);
    opened.leadershipGained(GeneratedLeader.TERM);
    open = null;
    return opened;
  }

  private void disturb() throws SQLException, IOException {
    switch (dice.below(8)) {
      case 0 -> {
        counts.add("restarts");
        replica.close();
        replica = open(new Disk());
      }
      case 1 -> kill(false);
      case 2 -> kill(true);
      case 3, 4 -> install();
      case 5 -> {
        if (open == null) {
          SqliteCheckpoint.run(replica.currentFile());
        }
      }
      default -> provisional();
    }
  }

  /** The process is gone at once, or the machine's power with a part of the WAL. */
  private void kill(boolean power) throws IOException {
    counts.add(power ? "power failures" : "kills");
    Path former = directory;
    directory = place.resolve("d" + directories++);
    KilledState.copy(former, directory, power ? dice : null);
    replica.close();
    delete(former);
    replica = open(new Disk());
  }

  private void install() throws IOException, SQLException {
    List<GeneratedLog.Snapshot> newer =
        log.snapshots().stream()
            .filter(snapshot -> snapshot.index() > replica.appliedIndex())
            .toList();
    if (newer.isEmpty()) {
      return;
    }
    GeneratedLog.Snapshot snapshot = dice.pick(newer);
    long before = replica.appliedIndex();
    if (dice.percent(40)) {
      counts.add("snapshots broken off");
      replica.close();
      try {
        replica = open(new CrashingDisk(dice.below(8)));
        load(snapshot);
      } catch (CrashingDisk.Crash e) {
        // Its process is gone.
      }
      replica.close();
      replica = open(new Disk());
      long after = replica.appliedIndex();
      check(after == before || after == snapshot.index(), "applied " + after + " after " + before);
      if (dice.percent(30)) {
        return;
      }
    }
    counts.add("snapshots");
    load(snapshot);
    check(
        replica.appliedIndex() == Math.max(before, snapshot.index()),
        "installed " + snapshot + " and is at " + replica.applied());
  }

  private void load(GeneratedLog.Snapshot snapshot) throws IOException, SQLException {
    replica.loadSnapshot(snapshot.directory(), snapshot.index(), snapshot.term());
  }

  /** Somebody's transaction that is never committed; it may stay open until a batch comes. */
  private void provisional() {
    if (open == null) {
      open =
          replica
              .transactions()
              .begin(LogGenerator.start(new SessionId(1, 1), dice.below(9), dice.anyLong()));
    }
    try {
      for (int i = dice.between(1, 4); i > 0; i--) {
        List<StatementCommand> statements = statementsOf(dice.pick(log.entries()).command());
        if (!statements.isEmpty()) {
          counts.add("provisional steps");
          open.whenTurn(lost -> {});
          open.step(statements);
          open.requestEnded();
        }
      }
      if (dice.percent(40)) {
        endProvisional();
      }
    } catch (TransactionLostException e) {
      endProvisional();
    }
  }

  private void endProvisional() {
    if (open != null) {
      open.rollback();
      open = null;
    }
  }

  private List<StatementCommand> statementsOf(byte[] encoded) {
    Command command = Command.decode(encoded);
    if (command instanceof ExecuteCommand execute) {
      return execute.statements();
    }
    return command instanceof TransactionCommand transaction
        ? dice.pick(transaction.steps()).statements()
        : List.of();
  }

  private void applyBatch(long last) {
    if (dice.percent(50)) {
      endProvisional();
    }
    long applied = replica.appliedIndex();
    // Entries that are applied already may come again.
    long from = dice.percent(20) ? Math.max(1, applied - dice.below(3)) : applied + 1;
    long to = dice.percent(50) ? last : Math.min(last, applied + dice.between(1, 6));
    Map<Long, TestReplica.Waiter> waiters = new HashMap<>();
    List<CommittedEntry> batch = new ArrayList<>();
    for (GeneratedLog.Entry entry : log.entries()) {
      if (entry.index() >= from && entry.index() <= to) {
        Proposal proposal = null;
        if (entry.index() > applied) {
          TestReplica.Waiter waiter = new TestReplica.Waiter(entry.command());
          waiters.put(entry.index(), waiter);
          proposal = waiter;
        }
        batch.add(new CommittedEntry(entry.index(), entry.term(), entry.command(), proposal));
      }
    }
    counts.add("batches");
    replica.apply(batch.iterator());
    for (GeneratedLog.Entry entry : log.entries()) {
      TestReplica.Waiter waiter = waiters.get(entry.index());
      if (waiter != null) {
        byte[] result = GeneratedLeader.encoded(waiter.result());
        check(
            Arrays.equals(result, entry.result()),
            "entry "
                + entry.index()
                + " of batch "
                + from
                + " to "
                + to
                + " gave "
                + waiter.result());
      }
    }
    GeneratedLog.Entry end = log.entries().get((int) replica.appliedIndex() - 1);
    check(replica.applied().equals(end.after()), replica.applied() + " instead of " + end.after());
  }

  private void compare(GeneratedLog.Mark mark) throws SQLException {
    endProvisional();
    List<String> content = FileContent.of(replica.currentFile());
    if (!content.equals(mark.content())) {
      List<String> more = new ArrayList<>(content);
      more.removeAll(mark.content());
      List<String> less = new ArrayList<>(mark.content());
      less.removeAll(content);
      throw new AssertionError(
          "content differs at index " + mark.index() + ": has " + more + ", has not " + less);
    }
    if (dice.percent(30)) {
      counts.add("integrity checks");
      List<String> complaints = FileContent.complaints(replica.currentFile());
      check(complaints.isEmpty(), "integrity: " + complaints);
    }
  }

  private static void check(boolean holds, String message) {
    if (!holds) {
      throw new AssertionError(message);
    }
  }

  static void delete(Path directory) throws IOException {
    List<Path> paths;
    try (var walk = Files.walk(directory)) {
      paths = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : paths) {
      Files.deleteIfExists(path);
    }
  }
}
