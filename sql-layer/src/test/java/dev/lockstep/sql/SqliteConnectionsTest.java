package dev.lockstep.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Field;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteConnection;
import org.sqlite.core.DB;

final class SqliteConnectionsTest {
  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void name() {
    file = directory.resolve("data.db");
  }

  /** sqlite-jdbc keeps all statements of a connection that are not finalized. */
  private static int openStatements(Connection connection) throws Exception {
    Field statements = DB.class.getDeclaredField("stmts");
    statements.setAccessible(true);
    return ((Set<?>) statements.get(((SQLiteConnection) connection).getDatabase())).size();
  }

  private static int columns(PreparedStatement statement) throws SQLException {
    try (ResultSet rows = statement.executeQuery()) {
      return rows.getMetaData().getColumnCount();
    }
  }

  @Test
  void boundsTheOpenStatementsAndGivesAllBack() throws Exception {
    SqliteWriter writer = SqliteWriter.open(file);
    int own = openStatements(writer.connection());
    for (int i = 0; i < 3 * SqliteWriter.STATEMENTS_MAX; i++) {
      writer.prepare("SELECT " + i);
      writer.prepare("PRAGMA page_count");
    }

    assertThat(writer.cachedStatements()).isEqualTo(SqliteWriter.STATEMENTS_MAX);
    assertThat(openStatements(writer.connection()))
        .isEqualTo(own + SqliteWriter.STATEMENTS_MAX + 1);
    writer.close();
    assertThat(openStatements(writer.connection())).isZero();
    writer.close();
  }

  /**
   * An R*Tree that was written to has an active statement of its own until the transaction ends.
   */
  @Test
  void isUsableAfterAStopInATransactionThatHasWrittenToAnRTree() throws Exception {
    try (SqliteWriter writer = SqliteWriter.open(file)) {
      writer.execute("CREATE VIRTUAL TABLE r USING rtree(id, x0, x1, +note)");
      writer.execute("INSERT INTO r VALUES (1, 2, 3, 'note')");
      writer.execute("BEGIN IMMEDIATE");
      writer.execute("DELETE FROM r WHERE x0 > 0");
      writer.requestStop(true);
      assertThatThrownBy(
              () ->
                  writer.execute(
                      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
                          + " SELECT count(*) FROM n"))
          .isInstanceOfSatisfying(
              SQLException.class,
              e -> assertThat(SqlErrors.classify(e).kind()).isEqualTo(SqlFailure.Kind.INTERRUPTED));
      writer.execute("ROLLBACK");
      writer.requestStop(false);
      try (ResultSet rows = writer.prepare("SELECT note FROM r").executeQuery()) {
        assertThat(rows.getString(1)).isEqualTo("note");
      }
    }
  }

  @Test
  void givesTheSameStatementForTheSameTextWithoutItsOldParameters() throws Exception {
    try (SqliteWriter writer = SqliteWriter.open(file)) {
      PreparedStatement first = writer.prepare("SELECT ?");
      first.setString(1, "old");
      try (ResultSet row = first.executeQuery()) {
        assertThat(row.getString(1)).isEqualTo("old");
      }
      PreparedStatement second = writer.prepare("SELECT ?");
      assertThat(second).isSameAs(first);
      try (ResultSet row = second.executeQuery()) {
        assertThat(row.getString(1)).isNull();
      }
    }
  }

  @Test
  void statementsThatFailedAreUsableAgain() throws Exception {
    try (SqliteWriter writer = SqliteWriter.open(file)) {
      writer.execute("CREATE TABLE t(a PRIMARY KEY)");
      String insert = "INSERT INTO t VALUES (1)";
      writer.execute(insert);
      int open = openStatements(writer.connection());
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(() -> writer.execute(insert)).isInstanceOf(SQLException.class);
      }
      writer.execute("DELETE FROM t");
      writer.execute(insert);

      assertThat(writer.changes()).isEqualTo(1);
      assertThat(openStatements(writer.connection())).isEqualTo(open + 1);
    }
  }

  /** sqlite-jdbc finalizes a statement for errors other than constraints. */
  @Test
  void statementsThatSqliteJdbcFinalizedAreUsableAgain() throws Exception {
    try (SqliteWriter writer = SqliteWriter.open(file)) {
      String sql = "SELECT abs(?)";
      for (int i = 0; i < 2; i++) {
        PreparedStatement overflow = writer.prepare(sql);
        overflow.setLong(1, Long.MIN_VALUE);
        assertThatThrownBy(overflow::executeQuery).hasMessageContaining("integer overflow");
      }
      PreparedStatement statement = writer.prepare(sql);
      statement.setLong(1, -5);
      try (ResultSet row = statement.executeQuery()) {
        assertThat(row.getLong(1)).isEqualTo(5);
      }
      writer.execute("CREATE TABLE t(a)");
      OwnStatement own = new OwnStatement(writer.connection(), "SELECT abs(sum(a)) FROM t");
      writer.execute("INSERT INTO t VALUES (-9223372036854775807), (-1)");
      assertThatThrownBy(own::queryLong).hasMessageContaining("integer overflow");
      writer.execute("DELETE FROM t WHERE a = -1");
      assertThat(own.queryLong()).isEqualTo(Long.MAX_VALUE);
    }
  }

  @Test
  void statementsFollowTheSchemaThroughDdlAndRollback() throws Exception {
    try (SqliteWriter writer = SqliteWriter.open(file)) {
      String query = "SELECT * FROM t";
      writer.execute("CREATE TABLE t(a)");
      assertThat(columns(writer.prepare(query))).isEqualTo(1);
      writer.execute("BEGIN");
      writer.execute("SAVEPOINT s");
      writer.execute("ALTER TABLE t ADD COLUMN b");
      assertThat(columns(writer.prepare(query))).isEqualTo(2);
      writer.execute("ALTER TABLE t ADD COLUMN c");
      assertThat(columns(writer.prepare(query))).isEqualTo(3);
      writer.execute("ROLLBACK TO s");
      assertThat(columns(writer.prepare(query))).isEqualTo(1);
      writer.execute("ALTER TABLE t ADD COLUMN d");
      writer.execute("COMMIT");
      assertThat(columns(writer.prepare(query))).isEqualTo(2);
      writer.execute("BEGIN");
      writer.execute("DROP TABLE t");
      writer.execute("CREATE TABLE t(x, y, z)");
      assertThat(columns(writer.prepare(query))).isEqualTo(3);
      writer.execute("ROLLBACK");
      assertThat(columns(writer.prepare(query))).isEqualTo(2);
    }
  }

  @Test
  void pragmasActEachTimeTheyAreExecuted() throws Exception {
    try (SqliteWriter writer = SqliteWriter.open(file)) {
      writer.execute("CREATE TABLE p(id INTEGER PRIMARY KEY)");
      writer.execute("CREATE TABLE c(p REFERENCES p)");
      for (int i = 0; i < 2; i++) {
        writer.execute("BEGIN");
        writer.execute("PRAGMA defer_foreign_keys = ON");
        writer.execute("INSERT INTO c VALUES (5)");
        writer.execute("ROLLBACK");
      }
      assertThatThrownBy(() -> writer.execute("INSERT INTO c VALUES (5)"))
          .hasMessageContaining("FOREIGN KEY");
    }
  }

  @Test
  void readersSeeASnapshotAndTheSchemaOfIt() throws Exception {
    try (SqliteWriter writer = SqliteWriter.open(file)) {
      writer.execute("CREATE TABLE t(a)");
      try (SqliteReader reader = SqliteReader.open(file)) {
        String query = "SELECT * FROM t";
        int before = reader.begin();
        assertThat(columns(reader.prepare(query))).isEqualTo(1);
        writer.execute("ALTER TABLE t ADD COLUMN b");
        assertThat(columns(reader.prepare(query))).isEqualTo(1);
        assertThat(reader.begin()).isEqualTo(before);
        reader.end();
        reader.end();
        assertThat(columns(reader.prepare(query))).isEqualTo(2);
        assertThat(reader.begin()).isEqualTo(before + 1).isEqualTo(writer.schemaVersion());
        assertThat(columns(reader.prepare(query))).isEqualTo(2);
        reader.end();
        reader.close();
        assertThat(openStatements(reader.connection())).isZero();
      }
    }
  }

  @Test
  void settingsAreTheSameForAllConnections() throws Exception {
    try (SqliteWriter writer = SqliteWriter.open(file);
        SqliteReader reader = SqliteReader.open(file)) {
      for (String pragma :
          new String[] {
            "foreign_keys",
            "recursive_triggers",
            "synchronous",
            "busy_timeout",
            "journal_mode",
            "encoding"
          }) {
        assertThat(setting(reader.prepare("PRAGMA " + pragma)))
            .as(pragma)
            .isEqualTo(setting(writer.prepare("PRAGMA " + pragma)));
      }
      assertThat(setting(writer.prepare("PRAGMA foreign_keys"))).isEqualTo("1");
      assertThat(setting(writer.prepare("PRAGMA journal_mode"))).isEqualTo("wal");
      assertThat(setting(writer.prepare("PRAGMA synchronous"))).isEqualTo("1");
      assertThat(setting(reader.prepare("PRAGMA query_only"))).isEqualTo("1");
    }
  }

  private static String setting(PreparedStatement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery()) {
      return row.getString(1);
    }
  }

  @Test
  void aReaderOfAMissingFileFailsAndLeavesNothing() {
    assertThatThrownBy(() -> SqliteReader.open(file)).isInstanceOf(SQLException.class);
    assertThatThrownBy(() -> StatementAnalyzer.open(file)).isInstanceOf(SQLException.class);
    assertThatThrownBy(() -> SqliteBackup.begin(file)).isInstanceOf(SQLException.class);
    assertThat(file).doesNotExist();
  }
}
