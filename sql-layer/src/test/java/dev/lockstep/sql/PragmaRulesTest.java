package dev.lockstep.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The table of PRAGMAs in {@code docs/DETERMINISM.md} against SQLite's list and the rules. */
final class PragmaRulesTest {
  @Test
  void tableHasAllPragmasOfTheBundledSqlite() throws Exception {
    Set<String> written = new TreeSet<>();
    for (List<String> cells : DeterminismTables.rows("PRAGMA")) {
      written.add(cells.get(0));
    }
    Set<String> known = new TreeSet<>();
    try (Connection connection = Connections.memory();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT name FROM pragma_pragma_list")) {
      while (rows.next()) {
        known.add(rows.getString(1));
      }
    }
    assertThat(written).isEqualTo(known);
  }

  @Test
  void everyPragmaIsReadAndSetAsTheTableSays() throws Exception {
    for (List<String> cells : DeterminismTables.rows("PRAGMA")) {
      String name = cells.get(0);
      assertThat(read(name)).as(name).isEqualTo(cells.get(1));
      assertThat(set(name)).as(name).isEqualTo(cells.get(2));
    }
  }

  private static String read(String name) {
    PragmaRules.Decision decision = decide("PRAGMA " + name);
    if (decision == null) {
      return "no";
    }
    assertThat(decision.kind()).isEqualTo(StatementKind.PRAGMA_READ);
    return decision.ofTheContent() ? "yes" : "yes, of the node";
  }

  private static String set(String name) {
    PragmaRules.Decision one = decide("PRAGMA " + name + " = 1");
    if (one != null && one.kind() == StatementKind.PRAGMA_WRITE) {
      return "yes";
    }
    if (one != null && one.sql().endsWith("= 1")) {
      return "–";
    }
    for (String value : List.of("ON", "off", "0", "wal", "'UTF-8'", "FULL")) {
      PragmaRules.Decision decision = decide("PRAGMA " + name + " = " + value);
      if (decision != null) {
        assertThat(decision.sql()).isEqualTo("PRAGMA " + name);
        return "to what it is";
      }
    }
    return "no";
  }

  private static PragmaRules.Decision decide(String sql) {
    try {
      return PragmaRules.decide(StatementShape.of(sql));
    } catch (StatementException refused) {
      return null;
    }
  }
}
