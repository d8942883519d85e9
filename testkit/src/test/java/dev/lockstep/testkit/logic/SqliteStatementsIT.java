package dev.lockstep.testkit.logic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.LocalCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Statements of all of SQLite's syntax diagrams, through three nodes and on plain SQLite. */
final class SqliteStatementsIT {
  private static final String REFUSED = "refused ";

  @TempDir Path directory;

  /** What a statement came to. */
  private record Outcome(List<String> shown, int errorCode, String sqlState, String message) {
    boolean isLike(Outcome plain) {
      return message == null
          ? plain.message == null && shown.equals(plain.shown)
          : plain.message != null
              // What the driver knows by itself has no code of SQLite's.
              && (errorCode == 0 || (errorCode & 0xFF) == (plain.errorCode & 0xFF))
              && message.startsWith(plain.message);
    }
  }

  @Test
  void behaveAsOnPlainSqlite() throws Exception {
    List<String> statements =
        Files.readAllLines(Path.of("src/test/resources/sqlite-statements/statements.sql")).stream()
            .filter(line -> !line.startsWith("#"))
            .toList();
    assertThat(statements).hasSizeGreaterThan(300);
    List<String> differences = new ArrayList<>();
    try (LocalCluster nodes = LocalCluster.start(directory, 3);
        Connection here = DriverManager.getConnection(nodes.jdbcUrl());
        Connection plain = DriverManager.getConnection("jdbc:sqlite::memory:?foreign_keys=true")) {
      for (String line : statements) {
        boolean refused = line.startsWith(REFUSED);
        String state = refused ? line.split(" ")[1] : null;
        String sql = refused ? line.substring(REFUSED.length() + state.length() + 1) : line;
        Outcome ours = outcome(here, sql);
        if (refused) {
          if (!state.equals(ours.sqlState)) {
            differences.add(sql + "\n    here:  " + ours);
          }
          continue;
        }
        Outcome expected = outcome(plain, sql);
        if (!ours.isLike(expected)) {
          differences.add(sql + "\n    here:  " + ours + "\n    plain: " + expected);
        }
      }
    }
    assertThat(differences).isEmpty();
  }

  private static Outcome outcome(Connection connection, String sql) {
    try (Statement statement = connection.createStatement()) {
      List<String> shown = new ArrayList<>();
      if (!statement.execute(sql)) {
        // What a definition changes is not told alike by all drivers.
        String verb = sql.split(" ")[0];
        boolean counted = List.of("INSERT", "REPLACE", "UPDATE", "DELETE", "WITH").contains(verb);
        shown.add(counted ? statement.getUpdateCount() + " rows" : "done");
        return new Outcome(shown, 0, null, null);
      }
      try (ResultSet rows = statement.getResultSet()) {
        int columns = rows.getMetaData().getColumnCount();
        for (int i = 1; i <= columns; i++) {
          shown.add(rows.getMetaData().getColumnLabel(i));
        }
        while (rows.next()) {
          for (int i = 1; i <= columns; i++) {
            shown.add(shown(rows, i));
          }
        }
      }
      return new Outcome(shown, 0, null, null);
    } catch (SQLException e) {
      return new Outcome(null, e.getErrorCode(), e.getSQLState(), message(e));
    }
  }

  private static String shown(ResultSet rows, int column) throws SQLException {
    Object value = rows.getObject(column);
    if (value == null) {
      return "NULL";
    }
    if (value instanceof byte[] bytes) {
      return "x'" + HexFormat.of().formatHex(bytes) + "'";
    }
    // As a text a number has as few digits as tell it from all others; SQLite's driver shows 17.
    return value instanceof Double real ? Double.toString(real) : rows.getString(column);
  }

  /** SQLite's driver puts its own words around SQLite's. */
  private static String message(SQLException e) {
    String message = e.getMessage();
    int open = message.indexOf(" (");
    return message.startsWith("[SQLITE_") && open >= 0
        ? message.substring(open + 2, message.length() - 1)
        : message;
  }
}
