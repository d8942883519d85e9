package dev.lockstep.server.database;

import dev.lockstep.protocol.WireWriter;
import dev.lockstep.server.command.Command;
import dev.lockstep.server.command.CommandResult;
import dev.lockstep.server.log.CommittedEntry;
import dev.lockstep.server.log.StateMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The replica that the others are compared with: it applies a log entry by entry. */
final class GeneratedLeader implements AutoCloseable {
  static final int TERM = 1;

  private final Path place;
  final Replica replica;
  private final List<GeneratedLog.Entry> entries = new ArrayList<>();
  private final List<GeneratedLog.Mark> marks = new ArrayList<>();
  private final List<GeneratedLog.Snapshot> snapshots = new ArrayList<>();
  private long lookedAt;

  GeneratedLeader(Path place) {
    this.place = place;
    this.replica = Replica.open(TestReplica.options(place.resolve("leader")));
    replica.leadershipGained(TERM);
  }

  /** A log of given commands, with marks and snapshots at some of them. */
  static GeneratedLog run(Path place, List<byte[]> commands, GeneratedDice dice)
      throws SQLException, IOException {
    try (GeneratedLeader leader = new GeneratedLeader(place)) {
      for (byte[] command : commands) {
        leader.apply(command);
        leader.maybeKeepState(dice);
      }
      return leader.finish();
    }
  }

  CommandResult apply(byte[] command) {
    long index = entries.size() + 1;
    TestReplica.Waiter waiter = new TestReplica.Waiter(command);
    replica.apply(List.of(new CommittedEntry(index, TERM, command, waiter)).iterator());
    CommandResult result = waiter.result();
    entries.add(new GeneratedLog.Entry(index, TERM, command, encoded(result), replica.applied()));
    return result;
  }

  static byte[] encoded(CommandResult result) {
    WireWriter out = new WireWriter(256, Command.BYTES_MAX * 2);
    result.encode(out);
    return out.toByteArray();
  }

  List<GeneratedLog.Entry> entries() {
    return entries;
  }

  void maybeKeepState(GeneratedDice dice) throws SQLException, IOException {
    long index = replica.appliedIndex();
    if (index == lookedAt) {
      return;
    }
    lookedAt = index;
    if (dice.percent(6)) {
      marks.add(new GeneratedLog.Mark(index, FileContent.of(replica.currentFile())));
    }
    if (dice.percent(8)) {
      Path directory = Files.createDirectory(place.resolve("snapshot-" + index));
      try (StateMachine.SnapshotWriter snapshot = replica.beginSnapshot()) {
        snapshot.write(directory);
      } catch (IOException | SQLException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
      snapshots.add(new GeneratedLog.Snapshot(index, TERM, directory));
    }
  }

  GeneratedLog finish() throws SQLException {
    long index = replica.appliedIndex();
    if (marks.isEmpty() || marks.get(marks.size() - 1).index() < index) {
      marks.add(new GeneratedLog.Mark(index, FileContent.of(replica.currentFile())));
    }
    return new GeneratedLog(List.copyOf(entries), List.copyOf(marks), List.copyOf(snapshots));
  }

  @Override
  public void close() {
    replica.close();
  }
}
