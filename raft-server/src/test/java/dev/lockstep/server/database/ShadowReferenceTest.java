package dev.lockstep.server.database;

import static dev.lockstep.server.database.TestReplica.SESSION;
import static dev.lockstep.server.database.TestReplica.execute;
import static dev.lockstep.server.database.TestReplica.open;
import static dev.lockstep.server.database.TestReplica.statement;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.server.command.CommandResult.Executed;
import dev.lockstep.server.command.CommandResult.Failed;
import dev.lockstep.server.command.StatementCommand;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A foreign key to a table behind a virtual table: FTS5 cannot merge then, and says that the
 * database is damaged, or ends the process with its recursion. Either would stop every replica.
 */
final class ShadowReferenceTest {
  @TempDir Path directory;
  private TestReplica replica;
  private long sequence;

  @BeforeEach
  void openReplica() {
    replica = new TestReplica(directory);
    replica.applyOne(open(SESSION));
  }

  @AfterEach
  void closeReplica() throws SQLException {
    replica.close();
  }

  private void run(String sql) {
    assertThat(replica.applyOne(execute(++sequence, sql))).as(sql).isInstanceOf(Executed.class);
  }

  private void assertRefused(String sql, String table) {
    assertThat(replica.applyOne(execute(++sequence, sql)))
        .as(sql)
        .isInstanceOfSatisfying(
            Failed.class,
            failed -> {
              assertThat(failed.sqlState()).isEqualTo("42501");
              assertThat(failed.message()).contains("table " + table + " ", "foreign key");
            });
  }

  private void mergeFullText() {
    run("INSERT INTO f(f, rank) VALUES ('crisismerge', 3)");
    for (int i = 0; i < 20; i++) {
      run("INSERT INTO f VALUES ('word" + i + "')");
    }
    run("DELETE FROM f WHERE rowid = 3");
    run("INSERT INTO f(f) VALUES ('optimize')");
    StatementCommand insert = statement("INSERT INTO f VALUES ('one more')");
    assertThat(replica.applyOne(execute(SESSION, ++sequence, List.of(insert, insert))))
        .isInstanceOf(Executed.class);
  }

  @Test
  void isRefusedWhenTheTableIsMade() {
    run("CREATE VIRTUAL TABLE f USING fts5(a)");
    assertRefused("CREATE TABLE c(a REFERENCES f_idx(id))", "c");
    assertRefused("CREATE TABLE c(a, FOREIGN KEY (a) REFERENCES \"F_CONTENT\")", "c");
    mergeFullText();
  }

  @Test
  void isRefusedWhenTheVirtualTableIsMade() {
    run("CREATE TABLE c(a REFERENCES f_idx(id))");
    assertRefused("CREATE VIRTUAL TABLE f USING fts5(a)", "c");
    run("DROP TABLE c");
    run("CREATE VIRTUAL TABLE f USING fts5(a)");
    mergeFullText();
  }

  @Test
  void isRefusedWhenATableIsAltered() {
    run("CREATE VIRTUAL TABLE f USING fts5(a)");
    run("CREATE VIRTUAL TABLE r USING rtree(id, x0, x1)");
    run("CREATE TABLE c(a REFERENCES g_idx(id), b)");
    assertRefused("ALTER TABLE f RENAME TO g", "c");
    assertRefused("ALTER TABLE c ADD COLUMN d REFERENCES r_node", "c");
    run("ALTER TABLE c ADD COLUMN e REFERENCES c(a)");
    mergeFullText();
    run("INSERT INTO r VALUES (1, 2, 3)");
    run("DELETE FROM r");
  }
}
