package dev.lockstep.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The functions of named locks: what the analysis says of them, and what they ask for. */
final class LockFunctionTest {
  @TempDir Path directory;
  private SqliteWriter writer;
  private StatementAnalyzer analyzer;

  @BeforeEach
  void open() throws Exception {
    Path file = directory.resolve("data.db");
    writer = SqliteWriter.open(file);
    writer.execute("CREATE TABLE t(x)");
    writer.execute("CREATE VIEW v AS SELECT lockstep_lock('a', 1)");
    writer.execute("CREATE TRIGGER g AFTER DELETE ON t BEGIN SELECT lockstep_unlock('a'); END");
    analyzer = StatementAnalyzer.open(file);
  }

  @AfterEach
  void close() throws Exception {
    analyzer.close();
    writer.close();
  }

  private AnalyzedStatement analyze(String sql) throws Exception {
    return analyzer.analyze(sql).statements().get(0);
  }

  @Test
  void aSelectThatLocksWrites() throws Exception {
    for (String sql :
        List.of("SELECT lockstep_lock(?, ?)", "select LOCKSTEP_UNLOCK('a') + 1 AS x")) {
      AnalyzedStatement statement = analyze(sql);
      assertThat(statement.writes()).as(sql).isTrue();
      assertThat(statement.usesNamedLocks()).as(sql).isTrue();
      assertThat(statement.kind()).isEqualTo(StatementKind.QUERY);
    }
    assertThat(analyze("SELECT 'lockstep_lock'").usesNamedLocks()).isFalse();
    assertThat(analyze("INSERT INTO t VALUES (1)").usesNamedLocks()).isFalse();
    assertThat(analyze("EXPLAIN SELECT lockstep_lock('a', 1)").writes()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "INSERT INTO t VALUES (lockstep_lock('a', 1))",
        "UPDATE t SET x = lockstep_unlock('a')",
        "CREATE TABLE u AS SELECT lockstep_lock('a', 1) AS x",
        "INSERT INTO t VALUES (1) RETURNING lockstep_lock('a', 1)",
      })
  void otherStatementsThatLockAreRefused(String sql) {
    assertThatThrownBy(() -> analyzer.analyze(sql))
        .isInstanceOfSatisfying(
            StatementException.class, e -> assertThat(e.error().sqlState()).isEqualTo("0AL01"))
        .hasMessageContaining("by a SELECT that does nothing else");
  }

  /** All replicas compare what it answers. */
  @Test
  void aSelectThatLocksCannotTellOfANode() {
    assertThatThrownBy(
            () -> analyzer.analyze("SELECT lockstep_lock('a', 1), rootpage FROM sqlite_schema"))
        .isInstanceOf(StatementException.class)
        .hasMessageContaining("rootpage");
  }

  @ParameterizedTest
  @ValueSource(strings = {"SELECT * FROM v", "DELETE FROM t"})
  void viewsAndTriggersCannotLock(String sql) {
    assertThatThrownBy(() -> analyzer.analyze(sql))
        .isInstanceOf(StatementException.class)
        .hasMessageContaining("unsafe use of lockstep_");
  }

  @Test
  void theWriterAsksWhomItWasGivenAndRefusesBefore() throws Exception {
    assertThatThrownBy(() -> answer("SELECT lockstep_lock('a', 1)"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("autocommit mode");
    List<String> asked = new ArrayList<>();
    writer.setNamedLocks(
        new NamedLocks() {
          @Override
          public boolean lock(String name, double seconds) {
            asked.add(name + " " + seconds);
            return true;
          }

          @Override
          public boolean unlock(String name) throws Refused {
            throw new Refused("not " + name);
          }
        });
    assertThat(answer("SELECT lockstep_lock('é', 2) + lockstep_lock('a', 0.5)")).isEqualTo(2);
    assertThat(asked).containsExactly("é 2.0", "a 0.5");
    assertThatThrownBy(() -> answer("SELECT lockstep_unlock('b')"))
        .hasMessageContaining("lockstep_unlock(): not b");
  }

  private int answer(String sql) throws SQLException {
    PreparedStatement statement = writer.prepare(sql);
    try (ResultSet rows = statement.executeQuery()) {
      return rows.getInt(1);
    }
  }
}
