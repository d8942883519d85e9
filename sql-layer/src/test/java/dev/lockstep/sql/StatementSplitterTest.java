package dev.lockstep.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StatementSplitterTest {
  @Test
  void cutsAtSemicolons() {
    assertThat(StatementSplitter.split("SELECT 1; SELECT 2 ;\n;; SELECT 3"))
        .containsExactly("SELECT 1", "SELECT 2", "SELECT 3");
  }

  @Test
  void takesBlanksAndCommentsForNothing() {
    assertThat(StatementSplitter.split("")).isEmpty();
    assertThat(StatementSplitter.split(" ;\t; \n")).isEmpty();
    assertThat(StatementSplitter.split("-- SELECT 1;\n/* SELECT 2; */")).isEmpty();
    assertThat(StatementSplitter.split("/* open SELECT 1;")).isEmpty();
    assertThat(StatementSplitter.split("\ufeffSELECT 1 -- end;")).containsExactly("SELECT 1");
    assertThat(StatementSplitter.split("/* a */ SELECT /* ; */ 1 /* b */; -- c"))
        .containsExactly("SELECT /* ; */ 1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT ';'",
        "SELECT 'it''s; one'",
        "SELECT \"a;b\"\"c;d\"",
        "SELECT `a;b``;c`",
        "SELECT [a;b], [c'd]",
        "SELECT x';'",
        "SELECT 1 --;\n, 2",
        "SELECT 4/*;*/-/*--*/2",
        "SELECT '-- no comment;', \"/*;\"",
        "SELECT $a(;), @b, :c, #d",
        "SELECT 'open; string",
        "SELECT [open; name",
        "CREATE TABLE t(trigger, begin, end)",
        "CREATE TRIGGER a AFTER INSERT ON t BEGIN DELETE FROM t; SELECT 1; END",
        "create temp trigger a insert on t begin select 1; end",
        "CREATE TEMPORARY TRIGGER IF NOT EXISTS a INSERT ON t BEGIN SELECT 1; END",
        "EXPLAIN CREATE TRIGGER a AFTER INSERT ON t BEGIN SELECT 1; END",
        "EXPLAIN QUERY PLAN CREATE TRIGGER a AFTER INSERT ON t BEGIN SELECT 1; END",
        "CREATE TRIGGER a INSERT ON t BEGIN SELECT CASE WHEN 1 THEN CASE 2 WHEN 3 THEN 4 END END;"
            + " END",
        "CREATE TRIGGER a INSERT ON t WHEN CASE 1 WHEN 1 THEN 1 END BEGIN SELECT ';END;'; END",
        "CREATE TRIGGER a INSERT ON t BEGIN SELECT 1; /* ; END; */ SELECT [; END;]; -- ; END;\n"
            + " END",
        "CREATE TRIGGER a INSERT ON t BEGIN SELECT 1 AS \"end\"; SELECT 2; END",
        "CREATE VIEW v AS SELECT CASE 1 WHEN 1 THEN 2 END"
      })
  void keepsOneStatementWhole(String sql) {
    assertThat(StatementSplitter.split(sql)).containsExactly(sql);
    boolean open = sql.contains("open");
    if (!open) {
      assertThat(StatementSplitter.split(sql + "; SELECT 1")).containsExactly(sql, "SELECT 1");
    }
  }

  @Test
  void endsATriggerAtItsEnd() {
    String trigger = "CREATE TRIGGER a INSERT ON t BEGIN SELECT 1; END";

    assertThat(StatementSplitter.split(trigger + ";" + trigger + ";SELECT 1;"))
        .isEqualTo(List.of(trigger, trigger, "SELECT 1"));
  }

  @Test
  void leavesAnUnfinishedTriggerToSqlite() {
    String text = "CREATE TRIGGER a INSERT ON t BEGIN SELECT 1; SELECT 2;";

    assertThat(StatementSplitter.split(text)).containsExactly(text);
  }
}
