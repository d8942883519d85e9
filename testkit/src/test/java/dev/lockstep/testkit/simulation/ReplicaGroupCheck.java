package dev.lockstep.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.protocol.StatementResult;
import dev.lockstep.protocol.Values;
import dev.lockstep.server.command.CommandResult.Executed;
import dev.lockstep.server.database.Replica;
import dev.lockstep.testkit.ContentComparison;
import dev.lockstep.testkit.simulation.ClientOperation.Type;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** What must hold of a group that has settled, and of what its clients were told. */
final class ReplicaGroupCheck {
  /** Lockstep's own tables: sessions with their kept results, the applied index, the digest. */
  private static final List<String> OWN_TABLES =
      List.of("sqlite_lockstep_state", "sqlite_lockstep_session");

  private final ReplicaGroup group;
  private final List<ClientOperation> operations;

  ReplicaGroupCheck(ReplicaGroup group, List<ClientOperation> operations) {
    this.group = group;
    this.operations = operations;
  }

  void run() throws SQLException {
    assertThat(group.cluster.faults()).isEmpty();
    assertThat(group.replicas).hasSameSizeAs(group.cluster.members());
    Replica first = group.replicas.values().iterator().next();
    for (Replica replica : group.replicas.values()) {
      assertThat(replica.fault()).isEmpty();
      assertThat(replica.applied()).isEqualTo(first.applied());
      assertThat(ContentComparison.firstDifference(first.currentFile(), replica.currentFile()))
          .isEmpty();
      for (String table : OWN_TABLES) {
        assertThat(rows(replica.currentFile(), "SELECT * FROM " + table + " ORDER BY 1"))
            .isEqualTo(rows(first.currentFile(), "SELECT * FROM " + table + " ORDER BY 1"));
      }
    }
    checkOperations(first.currentFile());
    checkSums(first.currentFile());
  }

  private void checkOperations(Path file) throws SQLException {
    Map<String, List<List<String>>> entries = new HashMap<>();
    for (List<String> row : rows(file, "SELECT op, id, chance, at FROM entry ORDER BY id")) {
      entries.computeIfAbsent(row.get(0), op -> new ArrayList<>()).add(row.subList(1, 4));
    }
    for (ClientOperation operation : operations) {
      List<List<String>> found = entries.getOrDefault(operation.name, List.of());
      entries.remove(operation.name);
      if (operation.tookEffect()) {
        assertThat(found).as("%s took effect", operation).hasSize(operation.rows);
        checkAnswer(operation, found);
      } else if (operation.isAnswered()) {
        assertThat(found).as("%s failed", operation).isEmpty();
      } else {
        assertThat(operation.abandoned).as("%s has no answer", operation).isTrue();
        assertThat(found.size()).as("%s", operation).isIn(0, operation.rows);
      }
    }
    assertThat(entries).as("entries that nobody asked for").isEmpty();
    checkRealTimeOrder(file);
  }

  /** The client was told what is there, drawn numbers included, and not what a retry made of it. */
  private void checkAnswer(ClientOperation operation, List<List<String>> found) {
    List<StatementResult> results = ((Executed) operation.result).results();
    if (operation.type == Type.INSERT) {
      Object[] row = Values.readRow(results.get(0).rows().batch().reader(), 3);
      List<String> told = new ArrayList<>();
      for (Object value : row) {
        told.add(text(value));
      }
      assertThat(told).isEqualTo(found.get(0));
    } else if (operation.type == Type.DELETE) {
      assertThat(results.get(0).updateCounts()).as("%s", operation).containsExactly(1);
    } else if (operation.type == Type.FAIL) {
      throw new AssertionError(operation + " did not fail");
    }
  }

  /** Strict serializability of writes: what was answered before another was asked for is before. */
  private void checkRealTimeOrder(Path file) throws SQLException {
    Map<String, Long> ids = new HashMap<>();
    for (List<String> row : rows(file, "SELECT op, max(id) FROM entry GROUP BY op")) {
      ids.put(row.get(0), Long.parseLong(row.get(1)));
    }
    List<ClientOperation> answered = new ArrayList<>(operations);
    answered.removeIf(operation -> !operation.isAnswered() || !ids.containsKey(operation.name));
    answered.sort(Comparator.comparingLong(operation -> operation.answeredMicros));
    for (ClientOperation later : operations) {
      Long id = ids.get(later.name);
      for (ClientOperation earlier : answered) {
        if (id == null || earlier.answeredMicros >= later.invokedMicros) {
          break;
        }
        assertThat(ids.get(earlier.name)).as("%s before %s", earlier, later).isLessThan(id);
      }
    }
  }

  /** Each operation's effects are there together, or none of them. */
  private void checkSums(Path file) throws SQLException {
    assertThat(rows(file, "SELECT sum(balance) FROM account"))
        .containsExactly(List.of(text(ReplicaClient.ACCOUNTS * ReplicaClient.BALANCE)));
    assertThat(rows(file, "SELECT n FROM counter"))
        .isEqualTo(rows(file, "SELECT count(*) FROM entry WHERE kind = 'COUNT'"));
    assertThat(rows(file, "SELECT op FROM item ORDER BY op"))
        .isEqualTo(
            rows(
                file,
                "SELECT op FROM entry WHERE kind = 'INSERT' EXCEPT"
                    + " SELECT target FROM entry WHERE kind = 'DELETE' ORDER BY op"));
    assertThat(rows(file, "PRAGMA integrity_check")).containsExactly(List.of("ok"));
  }

  private static List<List<String>> rows(Path file, String query) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      List<List<String>> rows = new ArrayList<>();
      while (result.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          row.add(text(result.getObject(i)));
        }
        rows.add(row);
      }
      return rows;
    }
  }

  private static String text(Object value) {
    return value instanceof byte[] blob ? HexFormat.of().formatHex(blob) : String.valueOf(value);
  }
}
