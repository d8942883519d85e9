package dev.lockstep.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tables behind virtual tables are for their modules to change. */
final class ShadowTablesTest {
  @TempDir Path directory;

  @Test
  void tablesBehindVirtualTablesCanBeReadButNotChanged() throws Exception {
    Path file = directory.resolve("data.db");
    try (SqliteWriter writer = SqliteWriter.open(file)) {
      writer.execute("CREATE TABLE t(a)");
      writer.execute("CREATE VIRTUAL TABLE f USING fts5(a)");
      writer.execute("CREATE VIRTUAL TABLE r USING rtree(id, x0, x1)");
      writer.execute("CREATE TRIGGER g AFTER INSERT ON t BEGIN DELETE FROM f_content; END");
      try (StatementAnalyzer analyzer = StatementAnalyzer.open(file)) {
        for (String sql :
            new String[] {
              "DELETE FROM f_data",
              "INSERT INTO r_node VALUES (1, x'00')",
              "UPDATE \"F_Content\" SET c0 = 1",
              "INSERT INTO t VALUES (1)",
              "DROP TABLE r_rowid",
              "ALTER TABLE f_config ADD COLUMN x",
              "CREATE UNIQUE INDEX i ON f_idx(segid)",
              "CREATE TRIGGER h AFTER INSERT ON f_docsize BEGIN SELECT 1; END"
            }) {
          assertThatThrownBy(() -> analyzer.analyze(sql))
              .as(sql)
              .isInstanceOf(StatementException.class)
              .hasMessageContaining("behind a virtual table");
        }
        for (String sql :
            new String[] {
              "SELECT * FROM f_content",
              "INSERT INTO f VALUES ('a')",
              "INSERT INTO r VALUES (1, 2, 3)",
              "DROP TABLE f",
              "CREATE VIEW v AS SELECT * FROM f_content"
            }) {
          assertThat(analyzer.analyze(sql).statements()).as(sql).hasSize(1);
        }
      }
    }
  }
}
