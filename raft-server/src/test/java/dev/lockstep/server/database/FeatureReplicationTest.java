package dev.lockstep.server.database;

import static dev.lockstep.server.database.TestReplica.SESSION;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.protocol.SessionId;
import dev.lockstep.server.command.Command;
import dev.lockstep.server.command.CommandResult;
import dev.lockstep.server.command.ExecuteCommand;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What SQLite has works on replicas as it does on a file of its own, and leaves the same in every
 * table (shadow tables and statistics too), however the log was cut into batches and whenever a
 * replica was restarted.
 */
final class FeatureReplicationTest {
  private static final SessionId OTHER = new SessionId(2, 2);

  @TempDir Path directory;

  static Stream<FeatureScripts.Script> scripts() {
    return FeatureScripts.all();
  }

  @ParameterizedTest
  @MethodSource("scripts")
  void worksAsInSqliteAndReplicates(FeatureScripts.Script script) throws Exception {
    List<Command> log = log(script);
    Run single = run("single", log, new Random(1), 1, 0);
    Run together = run("together", log, new Random(1), log.size(), 0);
    Run mixed = run("mixed", log, new Random(7), 4, 0.3);
    Run restarted = run("restarted", log, new Random(1), 1, 1);

    assertThat(together.results).isEqualTo(single.results);
    assertThat(mixed.results).isEqualTo(single.results);
    assertThat(restarted.results).isEqualTo(single.results);
    assertThat(together.dump).isEqualTo(single.dump);
    assertThat(mixed.dump).isEqualTo(single.dump);
    assertThat(restarted.dump).isEqualTo(single.dump);
    assertThat(withoutLockstep(single.dump)).isEqualTo(plain(script));
  }

  /** The script's commands, with those of another session between them. */
  private static List<Command> log(FeatureScripts.Script script) {
    List<Command> log = new ArrayList<>();
    log.add(TestReplica.open(SESSION));
    log.add(TestReplica.open(OTHER));
    long sequence = 0;
    for (String sql : script.statements()) {
      sequence++;
      if (sequence > 1) {
        // Changes nothing but what the connection counts.
        log.add(TestReplica.execute(OTHER, sequence, ofTheOther(sequence)));
      }
      log.add(
          new ExecuteCommand(
              TestReplica.DATABASE,
              SESSION,
              sequence,
              1_000 + sequence,
              7 * sequence,
              sql.contains("changes()") || sql.contains("last_insert_rowid()"),
              List.of(TestReplica.statement(sql))));
    }
    return log;
  }

  private static String ofTheOther(long sequence) {
    return switch ((int) (sequence % 3)) {
      case 0 -> "INSERT INTO other_sessions VALUES (" + sequence + ")";
      case 1 -> "DELETE FROM other_sessions";
      default ->
          sequence == 2 ? "CREATE TABLE other_sessions(x)" : "UPDATE other_sessions SET x = 1";
    };
  }

  private record Run(List<CommandResult> results, List<String> dump) {}

  private Run run(String name, List<Command> log, Random random, int cut, double restarts)
      throws SQLException {
    List<CommandResult> results = new ArrayList<>();
    try (TestReplica replica = new TestReplica(directory.resolve(name))) {
      int from = 0;
      while (from < log.size()) {
        int to = Math.min(log.size(), from + (cut == 4 ? 1 + random.nextInt(cut) : cut));
        results.addAll(replica.apply(log.subList(from, to)));
        from = to;
        if (random.nextDouble() < restarts) {
          replica.reopen();
        }
      }
      assertThat(replica.query("PRAGMA integrity_check")).containsExactly("ok");
      return new Run(results, FullDump.of(replica.replica.currentFile()));
    }
  }

  private static List<String> withoutLockstep(List<String> dump) {
    return dump.stream()
        .filter(line -> !line.contains("sqlite_lockstep_") && !line.contains("other_sessions"))
        .toList();
  }

  private List<String> plain(FeatureScripts.Script script) throws SQLException {
    Path file = directory.resolve("plain.db");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA foreign_keys = ON");
      for (String sql : script.statements()) {
        execute(statement, sql);
      }
    }
    return FullDump.of(file);
  }

  private static void execute(Statement statement, String sql) {
    try {
      if (statement.execute(sql)) {
        try (var rows = statement.getResultSet()) {
          while (rows.next()) {
            // A RETURNING clause's statement has its whole effect at its end.
          }
        }
      }
    } catch (SQLException e) {
      // The replicas' results have it as well; what it leaves behind is compared.
      assertThat(e.getErrorCode()).isPositive();
    }
  }
}
