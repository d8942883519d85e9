package dev.lockstep.server.database;

import static dev.lockstep.server.database.TestReplica.DATABASE;

import dev.lockstep.protocol.SessionId;
import dev.lockstep.protocol.StatementCall;
import dev.lockstep.server.command.Command;
import dev.lockstep.server.command.CommandResult.Executed;
import dev.lockstep.server.command.ExecuteCommand;
import dev.lockstep.server.command.OpenSession;
import dev.lockstep.server.command.StatementCommand;
import dev.lockstep.server.command.StatementCommand.Kind;
import dev.lockstep.server.command.StatementCommand.Rows;
import dev.lockstep.server.log.CommittedEntry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Measures how many commands the apply loop takes: single-row inserts of 32 sessions by turns, in
 * batches of 64. Arguments: directory, commands, and {@code insert}, {@code keys} (generated keys
 * are asked for), {@code update} or {@code transfer}.
 */
final class ApplyBenchmark {
  private static final int SESSIONS = 32;
  private static final int BATCH = 64;
  private static final long CLOCK_MILLIS = 1_700_000_000_000L;

  private ApplyBenchmark() {}

  public static void main(String[] arguments) throws Exception {
    Path directory = Files.createTempDirectory(Path.of(arguments[0]), "apply");
    int commands = Integer.parseInt(arguments[1]);
    String workload = arguments[2];
    try (TestReplica test = new TestReplica(directory)) {
      SessionId[] sessions = new SessionId[SESSIONS];
      for (int i = 0; i < SESSIONS; i++) {
        sessions[i] = new SessionId(9, i + 1);
        test.applyOne(new OpenSession(DATABASE, sessions[i], CLOCK_MILLIS));
      }
      test.applyOne(
          TestReplica.execute(
              sessions[0], 1, "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b INTEGER, c REAL)"));
      long[] sequences = new long[SESSIONS];
      sequences[0] = 1;
      for (int round = 0; round < 5; round++) {
        List<List<CommittedEntry>> batches = new ArrayList<>();
        for (int from = 0; from < commands; from += BATCH) {
          List<CommittedEntry> batch = new ArrayList<>();
          for (int i = from; i < from + BATCH; i++) {
            int session = i % SESSIONS;
            Command command =
                new ExecuteCommand(
                    DATABASE,
                    sessions[session],
                    ++sequences[session],
                    CLOCK_MILLIS + i,
                    i,
                    false,
                    List.of(statement(workload, i)));
            byte[] bytes = command.encode();
            batch.add(new CommittedEntry(++test.index, 1, bytes, new TestReplica.Waiter(bytes)));
          }
          batches.add(batch);
        }
        long start = System.nanoTime();
        for (List<CommittedEntry> batch : batches) {
          test.replica.apply(batch.iterator());
        }
        for (CommittedEntry entry : batches.get(batches.size() - 1)) {
          if (!(((TestReplica.Waiter) entry.proposal()).result() instanceof Executed)) {
            throw new IllegalStateException(entry.proposal().toString());
          }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(
            Locale.ROOT,
            "%s: %,.0f commands/s, %.1f us each%n",
            workload,
            commands / seconds,
            seconds * 1e6 / commands);
      }
    }
  }

  private static StatementCommand statement(String workload, int i) {
    return switch (workload) {
      case "insert" ->
          new StatementCommand(
              call("INSERT INTO t(a, b, c) VALUES (?, ?, ?)", "name " + i, (long) i, i / 7.0),
              Kind.CHANGE);
      case "keys" ->
          new StatementCommand(
              call(
                  "INSERT INTO t(a, b, c) VALUES (?, ?, ?) RETURNING id",
                  "name " + i,
                  (long) i,
                  i / 7.0),
              Kind.CHANGE,
              Rows.GENERATED_KEYS,
              0);
      case "update" ->
          new StatementCommand(
              call("UPDATE t SET b = b + ? WHERE id = ?", 1L, (long) (i * 31L % 10_000)),
              Kind.CHANGE);
      default -> throw new IllegalArgumentException(workload);
    };
  }

  private static StatementCall call(String sql, Object... parameters) {
    return new StatementCall(sql, List.<Object[]>of(parameters));
  }
}
