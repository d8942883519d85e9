package dev.lockstep.testkit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.LocalCluster;
import java.io.StringReader;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Results that are changed, on a real node. */
final class UpdatableResultIT {
  @TempDir static Path directory;

  private static LocalCluster node;

  private Connection connection;

  @BeforeAll
  static void startNode() throws Exception {
    node = LocalCluster.start(directory, 1);
  }

  @AfterAll
  static void stopNode() {
    node.close();
  }

  @BeforeEach
  void connect() throws SQLException {
    connection = DriverManager.getConnection(node.jdbcUrl());
    update(
        "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT DEFAULT 'new', price DECIMAL(8,2),"
            + " twice AS (price * 2), at TIMESTAMP)");
    update("INSERT INTO t(id, name, price) VALUES (1, 'one', 1), (2, 'two', 2.5), (3, NULL, 3)");
  }

  @AfterEach
  void disconnect() throws SQLException {
    if (!connection.getAutoCommit()) {
      connection.rollback();
      connection.setAutoCommit(true);
    }
    update("DROP TABLE t");
    connection.close();
  }

  private void update(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }

  private List<String> rows(String sql) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      while (result.next()) {
        StringBuilder row = new StringBuilder();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          row.append(i == 1 ? "" : "|").append(result.getString(i));
        }
        rows.add(row.toString());
      }
    }
    return rows;
  }

  private ResultSet query(int type, String sql) throws SQLException {
    Statement statement = connection.createStatement(type, ResultSet.CONCUR_UPDATABLE);
    statement.closeOnCompletion();
    return statement.executeQuery(sql);
  }

  private ResultSet scrolled(String sql) throws SQLException {
    return query(ResultSet.TYPE_SCROLL_INSENSITIVE, sql);
  }

  private static void assertState(ThrowingCallable call, String state, String message) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(state))
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(ints = {ResultSet.TYPE_FORWARD_ONLY, ResultSet.TYPE_SCROLL_INSENSITIVE})
  void aRowIsUpdatedAndShowsWhatIsStored(int type) throws SQLException {
    try (ResultSet result = query(type, "SELECT *, name || '!' AS loud FROM t ORDER BY id")) {
      assertThat(result.getConcurrency()).isEqualTo(ResultSet.CONCUR_UPDATABLE);
      result.next();
      result.next();
      result.updateString("name", "zwei");
      result.updateBigDecimal(3, new BigDecimal("7.50"));
      result.updateTimestamp("at", Timestamp.valueOf("2026-02-03 04:05:06"));
      assertThat(result.getString("name")).as("before updateRow").isEqualTo("two");
      result.updateRow();
      assertThat(result.getString("name")).isEqualTo("zwei");
      assertThat(result.getBigDecimal("twice")).isEqualByComparingTo("15");
      assertThat(result.getString("loud")).as("no column of the table").isEqualTo("two!");
      result.updateNull("name");
      result.updateRow();
      assertThat(result.getString("name")).isNull();
      assertThat(result.next()).isTrue();
      assertThat(result.getInt(1)).isEqualTo(3);
    }
    assertThat(rows("SELECT id, name, price, twice FROM t"))
        .containsExactly("1|one|1|2", "2|null|7.5|15.0", "3|null|3|6");
  }

  @Test
  void changedRowsAreFoundAgainWhenScrolling() throws SQLException {
    try (ResultSet result = scrolled("SELECT id, name FROM t ORDER BY id")) {
      result.absolute(2);
      result.updateString(2, "zwei");
      result.updateRow();
      result.absolute(1);
      result.deleteRow();
      assertThat(result.rowDeleted()).isTrue();
      assertState(() -> result.getInt(1), "24000", "deleted");
      assertThat(result.next()).isTrue();
      assertThat(result.rowDeleted()).isFalse();
      assertThat(result.getString(2)).isEqualTo("zwei");
      assertThat(result.last()).isTrue();
      assertThat(result.getInt(1)).isEqualTo(3);
      assertThat(result.first()).isTrue();
      assertThat(result.rowDeleted()).isTrue();
    }
    assertThat(rows("SELECT id, name FROM t")).containsExactly("2|zwei", "3|null");
  }

  @Test
  void rowsAreInserted() throws SQLException {
    try (ResultSet result = scrolled("SELECT id, name, price FROM t ORDER BY id")) {
      result.next();
      result.moveToInsertRow();
      assertThat(result.getString(2)).isNull();
      result.updateInt(1, 10);
      result.updateCharacterStream(2, new StringReader("ten"), 3);
      assertThat(result.getString(2)).isEqualTo("ten");
      assertState(result::updateRow, "24000", "moveToCurrentRow");
      result.insertRow();
      result.updateInt(1, 11);
      result.insertRow();
      result.moveToCurrentRow();
      assertThat(result.getInt(1)).isEqualTo(1);
      assertState(result::insertRow, "24000", "moveToInsertRow");
      result.moveToInsertRow();
      result.updateInt(1, 1);
      assertState(result::insertRow, "23505", "UNIQUE");
      assertThat(result.next()).as("any move leaves the row to be inserted").isTrue();
      assertThat(result.getInt(1)).isEqualTo(2);
    }
    assertThat(rows("SELECT id, name FROM t WHERE id > 3")).containsExactly("10|ten", "11|new");
  }

  @Test
  void anEditIsForgottenWhenTheResultMoves() throws SQLException {
    try (ResultSet result = scrolled("SELECT id, name FROM t ORDER BY id")) {
      result.next();
      result.updateString(2, "lost");
      result.next();
      result.updateRow();
      result.previous();
      result.updateRow();
      result.updateString(2, "lost as well");
      result.cancelRowUpdates();
      result.updateRow();
    }
    assertThat(rows("SELECT name FROM t")).containsExactly("one", "two", "null");
  }

  @Test
  void aRowThatWasChangedMeanwhileIsLeftAlone() throws SQLException {
    try (ResultSet result = scrolled("SELECT id, name, price FROM t ORDER BY id")) {
      result.next();
      update("UPDATE t SET price = 9 WHERE id = 1");
      update("DELETE FROM t WHERE id = 2");
      result.updateString(2, "mine");
      assertState(result::updateRow, "24000", "changed or deleted");
      assertState(result::deleteRow, "24000", "changed or deleted");
      result.refreshRow();
      assertThat(result.getInt(3)).isEqualTo(9);
      result.updateString(2, "mine");
      result.updateRow();
      result.next();
      result.refreshRow();
      assertThat(result.rowDeleted()).isTrue();
    }
    assertThat(rows("SELECT id, name, price FROM t")).containsExactly("1|mine|9", "3|null|3");
  }

  @Test
  void changesAreAPartOfTheTransaction() throws SQLException {
    connection.setAutoCommit(false);
    try (ResultSet result = scrolled("SELECT id, name FROM t ORDER BY id")) {
      result.next();
      result.updateString(2, "undone");
      result.updateRow();
      result.next();
      result.deleteRow();
    }
    assertThat(rows("SELECT name FROM t")).containsExactly("undone", "null");
    connection.rollback();
    assertThat(rows("SELECT name FROM t")).containsExactly("one", "two", "null");
  }

  @Test
  void theRowidIsAKeyWhereThereIsNoOther() throws SQLException {
    update("CREATE TABLE keyless(a, b)");
    try {
      update("INSERT INTO keyless VALUES (1, 'x'), (1, 'x')");
      try (ResultSet result = scrolled("SELECT rowid, a, b FROM keyless")) {
        result.next();
        result.updateInt("a", 2);
        result.updateRow();
        result.next();
        result.updateLong(1, 77);
        result.updateRow();
        assertThat(result.getLong(1)).isEqualTo(77);
      }
      assertThat(rows("SELECT rowid, a FROM keyless")).containsExactly("1|2", "77|1");
      try (ResultSet result = scrolled("SELECT a, b FROM keyless")) {
        result.next();
        assertThat(result.getConcurrency()).isEqualTo(ResultSet.CONCUR_READ_ONLY);
        assertState(() -> result.updateInt(1, 3), "0AL01", "no primary key");
      }
    } finally {
      update("DROP TABLE keyless");
    }
  }

  @Test
  void aKeyOfSeveralColumnsIsNeededWholeAndNotNull() throws SQLException {
    update("CREATE TABLE pairs(a TEXT, \"b b\" TEXT, c, PRIMARY KEY(a, \"b b\"))");
    try {
      update("INSERT INTO pairs VALUES ('x', 'y', 1), ('x', NULL, 2), ('x', NULL, 3)");
      try (ResultSet result = scrolled("SELECT c, a FROM pairs")) {
        result.next();
        assertState(() -> result.updateInt(1, 3), "0AL01", "b b");
      }
      try (ResultSet result =
          scrolled("SELECT p.c, p.\"b b\", a FROM main.pairs AS p ORDER BY c")) {
        result.next();
        result.updateInt("c", 10);
        result.updateString("b b", "z");
        result.updateRow();
        result.next();
        result.updateInt("c", 20);
        assertState(result::updateRow, "0AL01", "NULL");
      }
      assertThat(rows("SELECT * FROM pairs ORDER BY c"))
          .containsExactly("x|null|2", "x|null|3", "x|z|10");
    } finally {
      update("DROP TABLE pairs");
    }
  }

  @Test
  void whatIsNoColumnUnderItsNameIsNotWritten() throws SQLException {
    try (ResultSet result =
        scrolled(
            "SELECT ALL id, price AS name, name AS price, twice,"
                + " count(*) FILTER (WHERE id > 0) OVER () FROM t")) {
      result.next();
      assertState(() -> result.updateString("name", "x"), "0AL01", "'name'");
      assertState(() -> result.updateString("price", "x"), "0AL01", "'price'");
      assertState(() -> result.updateInt("twice", 4), "0AL01", "generated");
      assertState(() -> result.updateInt(5, 4), "0AL01", "count(*)");
      assertState(() -> result.updateInt(6, 4), "07009", "column 6");
      assertState(() -> result.updateInt("nothing", 4), "42703", "nothing");
      result.updateInt("id", 100);
      result.updateRow();
    }
    assertThat(rows("SELECT id FROM t")).containsExactly("2", "3", "100");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "SELECT a.id, a.name FROM t a JOIN t b ON a.id = b.id # joins",
        "SELECT a.id, a.name FROM t a, t b # joins",
        "SELECT id, name FROM t UNION ALL SELECT id, name FROM t # composed",
        "SELECT DISTINCT id, name FROM t # DISTINCT",
        "SELECT id, name FROM t GROUP BY id # groups",
        "SELECT id, name FROM (SELECT id, name FROM t) # does not select from a table",
        "WITH t AS (SELECT 1 AS id) SELECT id FROM t # not one of a SELECT",
        "SELECT id, max(price) FROM t # made of several",
        "SELECT id, count(*) FILTER (WHERE id > 0) FROM t # made of several",
        "SELECT 1 AS id # selects from no table",
        "SELECT id, name FROM v # one of a view",
        "SELECT name FROM sqlite_schema # no primary key",
        "SELECT value FROM json_each('[1]') # does not select from a table"
      })
  void resultsThatAreNoRowsOfATableAreReadOnly(String sql, String why) throws SQLException {
    update("CREATE VIEW v AS SELECT id, name FROM t");
    try (ResultSet result = scrolled(sql)) {
      assertThat(result.next()).isTrue();
      assertThat(result.getConcurrency()).isEqualTo(ResultSet.CONCUR_READ_ONLY);
      assertState(() -> result.updateObject(1, 1), "0AL01", why);
      assertState(result::deleteRow, "0AL01", why);
      assertState(result::moveToInsertRow, "0AL01", why);
    } finally {
      update("DROP VIEW v");
    }
  }

  @Test
  void aResultOfAnOrdinaryStatementIsReadOnly() throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("SELECT id FROM t");
        ResultSet result = statement.executeQuery()) {
      result.next();
      assertThat(result.getConcurrency()).isEqualTo(ResultSet.CONCUR_READ_ONLY);
      assertState(() -> result.updateInt(1, 3), "0AL01", "CONCUR_UPDATABLE");
      assertState(result::refreshRow, "0AL01", "CONCUR_UPDATABLE");
    }
  }

  @Test
  void aRowMayHaveManyColumns() throws SQLException {
    StringBuilder columns = new StringBuilder("id INTEGER PRIMARY KEY");
    for (int i = 1; i < 1_500; i++) {
      columns.append(", c").append(i);
    }
    update("CREATE TABLE wide(" + columns + ")");
    try {
      update("INSERT INTO wide(id, c1499) VALUES (1, 'last')");
      try (ResultSet result = scrolled("SELECT * FROM wide")) {
        result.next();
        result.updateString("c1", "first");
        result.updateRow();
        assertThat(result.getString("c1")).isEqualTo("first");
        assertThat(result.getString("c1499")).isEqualTo("last");
        result.refreshRow();
        result.deleteRow();
      }
      assertThat(rows("SELECT id FROM wide")).isEmpty();
    } finally {
      update("DROP TABLE wide");
    }
  }

  @Test
  void metadataTellsOfNullAndAutoIncrement() throws SQLException {
    update("CREATE TABLE facts(id INTEGER PRIMARY KEY, a TEXT NOT NULL, b)");
    try (Statement statement = connection.createStatement()) {
      ResultSetMetaData facts =
          statement.executeQuery("SELECT id, a, b, b AS a, b + 1 FROM facts").getMetaData();
      assertThat(facts.isAutoIncrement(1)).isTrue();
      assertThat(facts.isAutoIncrement(3)).isFalse();
      assertThat(facts.isNullable(1)).isEqualTo(ResultSetMetaData.columnNoNulls);
      assertThat(facts.isNullable(3)).isEqualTo(ResultSetMetaData.columnNullable);
      assertThat(facts.isNullable(4)).isEqualTo(ResultSetMetaData.columnNullable);
      assertThat(facts.isNullable(5)).isEqualTo(ResultSetMetaData.columnNullable);
      ResultSetMetaData joined =
          statement.executeQuery("SELECT f.a FROM t LEFT JOIN facts f USING (id)").getMetaData();
      assertThat(joined.isNullable(1)).isEqualTo(ResultSetMetaData.columnNullable);
    } finally {
      update("DROP TABLE facts");
    }
    try (PreparedStatement statement = connection.prepareStatement("SELECT id, name FROM t")) {
      assertThat(statement.getMetaData().isAutoIncrement(1)).isTrue();
      assertThat(statement.getMetaData().isNullable(2)).isEqualTo(ResultSetMetaData.columnNullable);
    }
  }

  @Test
  void aPreparedQueryWithParametersIsUpdated() throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT id, [name] FROM t WHERE id = ? -- one; only",
            ResultSet.TYPE_FORWARD_ONLY,
            ResultSet.CONCUR_UPDATABLE)) {
      statement.setInt(1, 2);
      try (ResultSet result = statement.executeQuery()) {
        result.next();
        result.updateObject(2, "zwei");
        result.updateRow();
      }
    }
    assertThat(rows("SELECT name FROM t WHERE id = 2")).containsExactly("zwei");
  }

  @ParameterizedTest
  @ValueSource(ints = {ResultSet.TYPE_FORWARD_ONLY, ResultSet.TYPE_SCROLL_INSENSITIVE})
  void anUpdatedRowIsThereAgainAfterTheRowToBeInserted(int type) throws SQLException {
    try (ResultSet result = query(type, "SELECT id, name FROM t ORDER BY id")) {
      result.next();
      result.updateString(2, "eins");
      result.updateRow();
      result.moveToInsertRow();
      result.moveToCurrentRow();
      assertThat(result.getString(2)).isEqualTo("eins");
      result.updateString(2, "uno");
      result.updateRow();
      result.deleteRow();
      result.moveToInsertRow();
      assertThat(result.rowDeleted()).as("the row to be inserted").isFalse();
      result.moveToCurrentRow();
      assertThat(result.rowDeleted()).isTrue();
    }
    assertThat(rows("SELECT name FROM t")).containsExactly("two", "null");
  }

  @Test
  void rowsThatOnlyACollationTakesForTheSameAreToldApart() throws SQLException {
    update(
        "CREATE TABLE c(k TEXT COLLATE NOCASE, v TEXT COLLATE RTRIM, PRIMARY KEY(k COLLATE"
            + " BINARY))");
    try {
      update("INSERT INTO c VALUES ('abc', 'x'), ('ABC', 'x'), ('d', 'y')");
      try (ResultSet result = scrolled("SELECT k, v FROM c ORDER BY rowid")) {
        result.next();
        result.updateString(2, "z");
        result.updateRow();
        result.next();
        assertThat(result.getString(1)).isEqualTo("ABC");
        result.deleteRow();
        result.next();
        update("UPDATE c SET v = 'y ' WHERE k = 'd'");
        result.updateString(2, "mine");
        assertState(result::updateRow, "24000", "changed or deleted");
      }
      assertThat(rows("SELECT k, v FROM c ORDER BY k")).containsExactly("abc|z", "d|y ");
    } finally {
      update("DROP TABLE c");
    }
  }

  @Test
  void theCaseOfOtherLettersThanAsciiTellsColumnsApart() throws SQLException {
    update("CREATE TABLE letters(id INTEGER PRIMARY KEY, \"Ä\", \"ä\")");
    try {
      update("INSERT INTO letters(id) VALUES (1)");
      try (ResultSet result = scrolled("SELECT * FROM letters")) {
        result.next();
        result.updateString(2, "great");
        result.updateRow();
        result.updateString(3, "small");
        result.updateRow();
      }
      assertThat(rows("SELECT * FROM letters")).containsExactly("1|great|small");
    } finally {
      update("DROP TABLE letters");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '`',
      value = {
        "SELECT id, name FROM t WHERE name <> 'union' # 1008",
        "SELECT id, name FROM t WHERE name <> 'group' OR name = ';' # 1008",
        "SELECT 'from', id, name FROM t WHERE name IN (')', 'two') # 1008",
        "SELECT id, name FROM t WHERE name <> '(' GROUP BY price # 1007",
        "SELECT id, name FROM t WHERE name <> '(' UNION SELECT id, name FROM t # 1007",
        "SELECT id, count(*) FROM t HAVING count(*) > 0 # 1007"
      })
  void textsInAQueryAreNoWordsOfIt(String sql, int concurrency) throws SQLException {
    try (ResultSet result = scrolled(sql)) {
      assertThat(result.getConcurrency()).isEqualTo(concurrency);
    }
  }
}
