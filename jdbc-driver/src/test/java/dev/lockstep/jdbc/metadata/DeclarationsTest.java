package dev.lockstep.jdbc.metadata;

import static java.sql.DatabaseMetaData.importedKeyInitiallyDeferred;
import static java.sql.DatabaseMetaData.importedKeyInitiallyImmediate;
import static java.sql.DatabaseMetaData.importedKeyNotDeferrable;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.jdbc.metadata.TableDeclaration.ForeignKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What only the texts of declarations tell, however they are written. */
final class DeclarationsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE TABLE t(a INT CONSTRAINT k PRIMARY KEY)",
        "create table t(a, constraint k primary key(a))",
        "CREATE TABLE t(a, b, CONSTRAINT \"k\" PRIMARY KEY (a, b)) WITHOUT ROWID",
        "CREATE TABLE t(a, b UNIQUE, CONSTRAINT [k]\n  PRIMARY -- (\n KEY (a))",
        "CREATE TABLE \"t(,\"(a TEXT DEFAULT ', CONSTRAINT x PRIMARY KEY', CONSTRAINT k PRIMARY KEY"
            + " (a))",
        "CREATE TABLE t(a CHECK (a IN (1, 2)) CONSTRAINT u UNIQUE CONSTRAINT k PRIMARY KEY)",
        "CREATE TABLE t(\"primary\" INT, CONSTRAINT `k` PRIMARY KEY (\"primary\"))",
        "CREATE TABLE t(a, CONSTRAINT u UNIQUE (a) CONSTRAINT k PRIMARY KEY (a))",
      })
  void aNamedPrimaryKeyIsFound(String sql) {
    assertThat(TableDeclaration.of(sql).primaryKeyOf("t")).isEqualTo("k");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE TABLE t(a INTEGER PRIMARY KEY)",
        "CREATE TABLE t(a CONSTRAINT n NOT NULL PRIMARY KEY)",
        "CREATE TABLE t(a CONSTRAINT u UNIQUE, PRIMARY KEY (a))",
        "CREATE TABLE t(a /* CONSTRAINT x */ PRIMARY KEY)",
        "CREATE TABLE t(a)",
      })
  void aPrimaryKeyWithoutNameGetsOneOfItsTable(String sql) {
    assertThat(TableDeclaration.of(sql).primaryKeyOf("t")).isEqualTo("PK_t");
  }

  @Test
  void foreignKeysAreCountedFromTheLastOne() {
    TableDeclaration table =
        TableDeclaration.of(
            "CREATE TABLE t(a REFERENCES p DEFERRABLE INITIALLY DEFERRED,"
                + " b CONSTRAINT second REFERENCES \"references\"(x) ON DELETE SET DEFAULT"
                + " DEFERRABLE, CONSTRAINT third FOREIGN KEY (a, b) REFERENCES p"
                + " NOT DEFERRABLE INITIALLY DEFERRED)");
    assertThat(table.foreignKey("t", 0))
        .isEqualTo(new ForeignKey("third", importedKeyNotDeferrable));
    assertThat(table.foreignKey("t", 1))
        .isEqualTo(new ForeignKey("second", importedKeyInitiallyImmediate));
    assertThat(table.foreignKey("t", 2))
        .isEqualTo(new ForeignKey("FK_t_2", importedKeyInitiallyDeferred));
    assertThat(table.foreignKey("t", 3))
        .isEqualTo(new ForeignKey("FK_t_3", importedKeyNotDeferrable));
  }

  @Test
  void anIndexTellsItsTermsAndItsCondition() {
    IndexDeclaration index =
        IndexDeclaration.of(
            "CREATE UNIQUE INDEX \"i(\" ON t(lower(a), \"b\" DESC, substr(c, 1, 2) COLLATE NOCASE"
                + " ASC) WHERE a > ')' AND b /* all */ IS NOT NULL");
    assertThat(index.terms())
        .containsExactly("lower(a)", "\"b\"", "substr(c, 1, 2) COLLATE NOCASE");
    assertThat(index.condition()).isEqualTo("a > ')' AND b /* all */ IS NOT NULL");
    assertThat(index.term(4)).isNull();
  }

  @Test
  void anIndexOfAConstraintHasNoDeclaration() {
    assertThat(IndexDeclaration.of(null).term(1)).isNull();
    assertThat(IndexDeclaration.of(null).condition()).isNull();
    assertThat(IndexDeclaration.of("CREATE INDEX i ON t(a)").condition()).isNull();
    assertThat(TableDeclaration.of(null).primaryKeyOf("t")).isEqualTo("PK_t");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "(", "CREATE TABLE t(a 'b", "CREATE TABLE t([a", "/* x", "t(a -- b"})
  void textsThatAreCutOffAreReadToTheirEnd(String sql) {
    assertThat(TableDeclaration.of(sql).foreignKeys()).isEmpty();
    assertThat(IndexDeclaration.of(sql).condition()).isNull();
  }
}
