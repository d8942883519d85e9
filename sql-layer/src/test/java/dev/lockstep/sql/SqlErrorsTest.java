package dev.lockstep.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;
import org.sqlite.core.DB;

/** Provokes errors in SQLite, so that codes and words are its own. */
final class SqlErrorsTest {
  @TempDir Path directory;
  private Path file;
  private SqliteWriter writer;

  @BeforeEach
  void open() throws Exception {
    file = directory.resolve("data.db");
    writer = SqliteWriter.open(file);
    writer.execute(
        "CREATE TABLE t(id INTEGER PRIMARY KEY, u UNIQUE, n NOT NULL DEFAULT 0, c CHECK (c > 0),"
            + " p REFERENCES t(id))");
    writer.execute("CREATE TABLE w(k PRIMARY KEY) WITHOUT ROWID");
    writer.execute("CREATE TABLE s(i INT, a ANY) STRICT");
    writer.execute(
        "CREATE TRIGGER tr BEFORE INSERT ON t WHEN new.u = 'raise' BEGIN"
            + " SELECT RAISE(ABORT, 'said (no)'); END");
    writer.execute("CREATE TABLE content(body)");
    writer.execute("CREATE VIRTUAL TABLE f USING fts5(body, content = 'content')");
    writer.execute("INSERT INTO t(id, u) VALUES (1, 'one')");
    writer.execute("INSERT INTO w VALUES (1)");
    writer.execute("INSERT INTO content VALUES ('not in the index')");
  }

  @AfterEach
  void close() throws Exception {
    writer.close();
  }

  private SqlFailure provoke(String sql) {
    SQLException failure = catchThrowableOfType(SQLException.class, () -> writer.execute(sql));
    assertThat((Throwable) failure).as(sql).isNotNull();
    return SqlErrors.classify(failure);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "23505 | 19 | UNIQUE constraint failed: t.u | INSERT INTO t(u) VALUES ('one')",
        "23505 | 19 | UNIQUE constraint failed: t.id | INSERT INTO t(id) VALUES (1)",
        "23505 | 19 | UNIQUE constraint failed: w.k | INSERT INTO w VALUES (1)",
        "23502 | 19 | NOT NULL constraint failed: t.n | INSERT INTO t(n) VALUES (NULL)",
        "23503 | 19 | FOREIGN KEY constraint failed | INSERT INTO t(p) VALUES (7)",
        "23514 | 19 | CHECK constraint failed: c > 0 | INSERT INTO t(c) VALUES (0)",
        "23000 | 19 | said (no) | INSERT INTO t(u) VALUES ('raise')",
        "22018 | 20 | datatype mismatch | INSERT INTO t(id) VALUES ('x')",
        "22018 | 19 | cannot store TEXT value in INT column s.i | INSERT INTO s(i) VALUES ('x')",
        "22001 | 18 | string or blob too big | SELECT zeroblob(2000000000)",
        "22003 | 1 | integer overflow | SELECT abs(-9223372036854775807 - 1)",
        "22003 | 1 | integer overflow | SELECT sum(9223372036854775807) OVER () FROM (VALUES (1),"
            + " (2))",
        "42601 | 1 | near \"SELEC\": syntax error | SELEC",
        "42601 | 1 | incomplete input | SELECT",
        "42601 | 1 | unrecognized token: \"'x\" | SELECT 'x",
        "42P01 | 1 | no such table: x | SELECT * FROM x",
        "42703 | 1 | no such column: x | SELECT x",
        "42703 | 1 | table t has no column named x | INSERT INTO t(x) VALUES (1)",
        "42883 | 1 | no such function: x | SELECT x()",
        "42883 | 1 | wrong number of arguments to function abs() | SELECT abs()",
        "42P07 | 1 | table t already exists | CREATE TABLE t(a)",
        "42P07 | 1 | trigger tr already exists | CREATE TRIGGER tr DELETE ON t BEGIN SELECT 1; END",
        "42501 | 1 | table sqlite_master may not be modified | DELETE FROM sqlite_master",
        "42501 | 1 | object name reserved for internal use: sqlite_x | CREATE TABLE sqlite_x(a)",
        "42501 | 1 | table sqlite_lockstep_rowid may not be dropped | DROP TABLE"
            + " sqlite_lockstep_rowid",
        "42501 | 1 | table sqlite_lockstep_rowid may not be altered | ALTER TABLE"
            + " sqlite_lockstep_rowid RENAME TO a",
        "3B001 | 1 | no such savepoint: x | RELEASE x",
        "25P01 | 1 | cannot commit - no transaction is active | COMMIT",
        "42000 | 1 | malformed JSON | SELECT json('x')",
        "XX001 | 11 | database disk image is malformed | INSERT INTO f(f, rank) VALUES"
            + " ('integrity-check', 1)"
      })
  void statementsErrors(String sqlState, int vendorCode, String message, String sql) {
    SqlFailure failure = provoke(sql);

    assertThat(failure.kind()).isEqualTo(SqlFailure.Kind.STATEMENT);
    assertThat(failure.error()).isEqualTo(new SqlError(sqlState, vendorCode, message));
  }

  @Test
  void anInterruptIsNotTheStatementsFault() throws Exception {
    try (SqliteReader reader = SqliteReader.open(file)) {
      Thread interrupter =
          new Thread(
              () -> {
                while (!Thread.currentThread().isInterrupted()) {
                  try {
                    reader.interrupt();
                  } catch (SQLException failure) {
                    throw new AssertionError(failure);
                  }
                }
              });
      interrupter.start();
      try {
        SQLException failure =
            catchThrowableOfType(
                SQLException.class,
                () ->
                    reader
                        .prepare(
                            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
                                + " SELECT count(*) FROM n")
                        .executeQuery());
        assertThat(SqlErrors.classify(failure).kind()).isEqualTo(SqlFailure.Kind.INTERRUPTED);
        assertThat(SqlErrors.classify(failure).error().sqlState()).isEqualTo("57014");
      } finally {
        interrupter.interrupt();
        interrupter.join();
      }
      // It is usable again: what the interrupt finalized is prepared anew.
      reader.begin();
      assertThat(reader.prepare("SELECT 1").executeQuery().next()).isTrue();
      reader.end();
    }
  }

  @Test
  void aFullDiskIsTheNodes() throws Exception {
    writer.execute("PRAGMA max_page_count = 20");
    SqlFailure failure = provoke("INSERT INTO t(u) VALUES (zeroblob(1000000))");

    assertThat(failure.kind()).isEqualTo(SqlFailure.Kind.DISK_FULL);
    assertThat(failure.error().sqlState()).isEqualTo("53100");
  }

  @Test
  void aDamagedFileIsTheNodes() throws Exception {
    Path damaged = directory.resolve("damaged.db");
    Files.writeString(damaged, "This is no database. ".repeat(100));

    SQLException failure =
        catchThrowableOfType(SQLException.class, () -> SqliteWriter.open(damaged));
    assertThat(SqlErrors.classify(failure).kind()).isEqualTo(SqlFailure.Kind.FAULT);
    assertThat(SqlErrors.classify(failure).error().sqlState()).isEqualTo("XX001");
  }

  @Test
  void aReadOnlyConnectionAndALockAreTheNodes() throws Exception {
    try (SqliteReader reader = SqliteReader.open(file);
        SqliteWriter second = SqliteWriter.open(file)) {
      SQLException readOnly =
          catchThrowableOfType(SQLException.class, () -> reader.prepare("DELETE FROM t").execute());
      assertThat(SqlErrors.classify(readOnly).kind()).isEqualTo(SqlFailure.Kind.FAULT);

      writer.execute("BEGIN IMMEDIATE");
      second.execute("PRAGMA busy_timeout = 1");
      SQLException busy =
          catchThrowableOfType(SQLException.class, () -> second.execute("BEGIN IMMEDIATE"));
      assertThat(SqlErrors.classify(busy).kind()).isEqualTo(SqlFailure.Kind.FAULT);
    }
  }

  @Test
  void closedConnectionsAndUnknownCodesAreFaults() {
    assertThat(SqlErrors.classify(new SQLException("closed")).kind())
        .isEqualTo(SqlFailure.Kind.FAULT);
    assertThat(SqlErrors.classify(new SQLException((String) null)).kind())
        .isEqualTo(SqlFailure.Kind.FAULT);
    assertThat(SqlErrors.classify(new SQLiteException("?", SQLiteErrorCode.UNKNOWN_ERROR)).kind())
        .isEqualTo(SqlFailure.Kind.FAULT);
  }

  /** A new code of a new SQLite must be thought about, not fall through. */
  @Test
  void everyCodeHasAKindAndAState() {
    for (SQLiteErrorCode code : SQLiteErrorCode.values()) {
      SqlFailure failure = SqlErrors.classify(DB.newSQLException(code.code, "words"));
      int primary = code.code & 0xff;
      boolean statement =
          primary == 1 || (primary >= 18 && primary <= 20) || primary == 23 || primary == 25;
      boolean exception =
          code == SQLiteErrorCode.SQLITE_ERROR_RETRY
              || code == SQLiteErrorCode.SQLITE_ERROR_SNAPSHOT
              || code == SQLiteErrorCode.SQLITE_CORRUPT_VTAB
              || code == SQLiteErrorCode.SQLITE_LOCKED_VTAB
              || code == SQLiteErrorCode.SQLITE_CORRUPT_INDEX;

      assertThat(failure.isStatementError()).as(code.name()).isEqualTo(statement != exception);
      assertThat(failure.error().message()).contains("words");
      assertThat(failure.error().sqlState()).doesNotStartWith("08").isNotEqualTo("0A000");
    }
  }
}
