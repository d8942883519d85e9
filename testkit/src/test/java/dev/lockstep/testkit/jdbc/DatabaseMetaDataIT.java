package dev.lockstep.testkit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.LocalCluster;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What tools are told of a database: the music shop, and tables made to be difficult. */
final class DatabaseMetaDataIT {
  /** The example's tables, which are those of the Chinook sample data. */
  private static final Path MUSIC_SHOP =
      Path.of("../examples/shop/src/main/resources/db/migration/V1__tables.sql");

  private static final List<String> DIFFICULT =
      List.of(
          "CREATE TABLE parent(a INT, b TEXT, code TEXT UNIQUE, CONSTRAINT parent_pk PRIMARY KEY"
              + " (b, a))",
          // The order of the keys' columns is not that of the table's, and PARENT is parent.
          "CREATE TABLE child(x INT, y TEXT, z TEXT, self INTEGER, id INTEGER PRIMARY KEY"
              + " AUTOINCREMENT, /* CONSTRAINT no FOREIGN KEY (x) */ CONSTRAINT \"to parent\""
              + " FOREIGN KEY (y, x) REFERENCES PARENT ON UPDATE CASCADE ON DELETE SET NULL"
              + " DEFERRABLE INITIALLY DEFERRED, FOREIGN KEY (z) REFERENCES Parent (CODE) ON DELETE"
              + " RESTRICT DEFERRABLE, CONSTRAINT itself FOREIGN KEY (self) REFERENCES child ON"
              + " UPDATE SET DEFAULT NOT DEFERRABLE INITIALLY DEFERRED)",
          "ALTER TABLE child ADD COLUMN late TEXT CONSTRAINT added REFERENCES nowhere(k)",
          "CREATE INDEX child_mixed ON child(lower(z), (x + 1) DESC, y COLLATE NOCASE DESC)"
              + " WHERE x > 0 AND z <> ')' -- not all",
          "CREATE UNIQUE INDEX child_unique ON child(y)",
          "CREATE TABLE kinds(a BOOLEAN NOT NULL DEFAULT 1, b TINYINT, c SMALLINT, d INT DEFAULT"
              + " -1, e BIGINT, f REAL, g DOUBLE PRECISION, h DECIMAL(10,2) DEFAULT 0.5, i NUMERIC,"
              + " j DATE, k TIME, l TIMESTAMP DEFAULT CURRENT_TIMESTAMP, m BLOB, n VARBINARY(16),"
              + " o CHAR(3), p VARCHAR(120) DEFAULT 'it''s', q TEXT, r CLOB, s, t JSON,"
              + " u INT GENERATED ALWAYS AS (d + 1), v INT AS (d * 2) STORED)",
          "CREATE TABLE backwards(id INTEGER PRIMARY KEY DESC)",
          "CREATE TABLE keyed(k TEXT PRIMARY KEY, v) WITHOUT ROWID",
          "CREATE TABLE strict_one(k TEXT PRIMARY KEY, v ANY) STRICT",
          "CREATE VIRTUAL TABLE words USING fts5(body)",
          "CREATE VIEW short_words AS SELECT body AS w FROM words",
          "CREATE TABLE \"Ünïcode täble\"(\"größe\" INT PRIMARY KEY, \"名前\" TEXT)",
          "CREATE TABLE \"select\"(\"from\" INTEGER PRIMARY KEY, \"group by\" TEXT)",
          "CREATE TABLE \"say \"\"hi\"\"\"(\"a\"\"b\" TEXT, \"c'd\" TEXT, \"e\\f\" TEXT,"
              + " CONSTRAINT \"the \"\"key\"\"\" PRIMARY KEY (\"a\"\"b\"))",
          "CREATE TABLE per_cent(a_b INT, axb INT, \"a%b\" INT)",
          "CREATE TABLE perXcent(a INT)",
          "CREATE TABLE [in [brackets](`back``tick` INT REFERENCES \"select\")");

  @TempDir static Path directory;

  private static LocalCluster nodes;

  private Connection connection;
  private DatabaseMetaData meta;

  @BeforeAll
  static void createTables() throws Exception {
    nodes = LocalCluster.start(directory, 1);
    nodes.awaitLeader(Duration.ofSeconds(60));
    try (Connection connection = DriverManager.getConnection(nodes.jdbcUrl());
        Statement statement = connection.createStatement()) {
      statement.execute(Files.readString(MUSIC_SHOP));
      for (String sql : DIFFICULT) {
        statement.execute(sql);
      }
      statement.execute("ANALYZE");
    }
  }

  @AfterAll
  static void stopNodes() {
    nodes.close();
  }

  @BeforeEach
  void connect() throws SQLException {
    connection = DriverManager.getConnection(nodes.jdbcUrl());
    meta = connection.getMetaData();
  }

  @AfterEach
  void disconnect() throws SQLException {
    connection.close();
  }

  // ---- every method

  @ParameterizedTest
  @ValueSource(strings = {"null", "", "%", "child"})
  void noMethodThrowsAndResultsHaveTheSpecifiedColumns(String text) throws Exception {
    List<String> failures = new ArrayList<>();
    Set<String> withResult = new HashSet<>();
    for (Method method : DatabaseMetaData.class.getMethods()) {
      if (method.getName().equals("unwrap")) {
        continue;
      }
      try {
        Object answer = method.invoke(meta, arguments(method, text.equals("null") ? null : text));
        if (answer instanceof ResultSet rows) {
          withResult.add(method.getName());
          assertThat(labels(rows))
              .as(method.getName())
              .isEqualTo(SpecifiedColumns.of(method.getName()));
          readAll(rows);
        }
      } catch (InvocationTargetException e) {
        failures.add(method + ": " + e.getCause());
      }
    }
    assertThat(failures).isEmpty();
    assertThat(withResult).hasSize(SpecifiedColumns.count());
  }

  private static Object[] arguments(Method method, String text) {
    Object[] arguments = new Object[method.getParameterCount()];
    for (int i = 0; i < arguments.length; i++) {
      Class<?> type = method.getParameterTypes()[i];
      if (type == int.class) {
        arguments[i] = 1;
      } else if (type == boolean.class) {
        arguments[i] = false;
      } else if (type == Class.class) {
        arguments[i] = Runnable.class;
      } else if (type == String.class) {
        arguments[i] = text;
      }
    }
    return arguments;
  }

  private static List<String> labels(ResultSet rows) throws SQLException {
    ResultSetMetaData columns = rows.getMetaData();
    List<String> labels = new ArrayList<>();
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      labels.add(columns.getColumnLabel(i));
      assertThat(columns.getColumnName(i)).isEqualTo(columns.getColumnLabel(i));
    }
    return labels;
  }

  /** As tools do it, which read each column by its type. */
  private static void readAll(ResultSet rows) throws SQLException {
    try (rows) {
      ResultSetMetaData columns = rows.getMetaData();
      while (rows.next()) {
        for (int i = 1; i <= columns.getColumnCount(); i++) {
          switch (columns.getColumnType(i)) {
            case Types.INTEGER, Types.SMALLINT -> rows.getInt(i);
            case Types.BIGINT -> rows.getLong(i);
            case Types.BOOLEAN -> rows.getBoolean(i);
            default -> assertThat(columns.getColumnType(i)).isEqualTo(Types.VARCHAR);
          }
          rows.getObject(i);
          rows.getString(i);
        }
      }
    }
  }

  // ---- tables

  @Test
  void tablesAreListedByTypeAndName() throws SQLException {
    assertThat(rows(meta.getTables(null, null, "%", null), "TABLE_TYPE", "TABLE_NAME"))
        .containsSubsequence(
            "SYSTEM TABLE sqlite_schema",
            "SYSTEM TABLE sqlite_sequence",
            "SYSTEM TABLE words_config",
            "TABLE Album",
            "TABLE Track",
            "TABLE child",
            "TABLE parent",
            "TABLE words",
            "VIEW short_words")
        .isSorted()
        .noneMatch(table -> table.contains("lockstep"));
    assertThat(rows(meta.getTableTypes(), "TABLE_TYPE"))
        .containsExactly("SYSTEM TABLE", "TABLE", "VIEW");
  }

  @Test
  void tablesOfOtherTypesAreLeftOut() throws SQLException {
    assertThat(rows(meta.getTables(null, null, "%", new String[] {"VIEW", "ALIAS"}), "TABLE_NAME"))
        .containsExactly("short_words");
    assertThat(rows(meta.getTables(null, null, "%", new String[0]), "TABLE_NAME")).isEmpty();
    assertThat(rows(meta.getTables(null, null, "sqlite%", new String[] {"TABLE"}), "TABLE_NAME"))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "per\\_cent, per_cent",
    "PER\\_CENT, per_cent",
    "per_cent, perXcent;per_cent",
    "select, select",
    "Ünïcode täble, Ünïcode täble",
    "say \"hi\", say \"hi\"",
    "'in [br%', in [brackets",
    "per\\%cent, ''",
    "'', ''",
    "'child\\', ''",
  })
  void patternsMatchNames(String pattern, String names) throws SQLException {
    assertThat(String.join(";", rows(meta.getTables("", "main", pattern, null), "TABLE_NAME")))
        .isEqualTo(names);
  }

  @Test
  void patternsMatchColumns() throws SQLException {
    assertThat(rows(meta.getColumns(null, null, "per\\_cent", "a_b"), "COLUMN_NAME"))
        .containsExactly("a_b", "axb", "a%b");
    assertThat(rows(meta.getColumns(null, null, "per\\_cent", "a\\_b"), "COLUMN_NAME"))
        .containsExactly("a_b");
    assertThat(rows(meta.getColumns(null, null, "per\\_cent", "a\\%b"), "COLUMN_NAME"))
        .containsExactly("a%b");
    assertThat(rows(meta.getColumns(null, null, "say%", "%"), "COLUMN_NAME"))
        .containsExactly("a\"b", "c'd", "e\\f");
    assertThat(rows(meta.getColumns(null, null, "Ü%", "%"), "COLUMN_NAME"))
        .containsExactly("größe", "名前");
  }

  // ---- columns

  @Test
  void columnsHaveTheirTypesAndDefaults() throws SQLException {
    assertThat(
            rows(
                meta.getColumns(null, null, "kinds", null),
                "ORDINAL_POSITION",
                "COLUMN_NAME",
                "DATA_TYPE",
                "TYPE_NAME",
                "COLUMN_SIZE",
                "DECIMAL_DIGITS",
                "NUM_PREC_RADIX",
                "CHAR_OCTET_LENGTH",
                "IS_NULLABLE",
                "IS_GENERATEDCOLUMN",
                "COLUMN_DEF"))
        .containsExactly(
            "1 a 16 BOOLEAN 1 null null null NO NO 1",
            "2 b -6 TINYINT 3 0 10 null YES NO null",
            "3 c 5 SMALLINT 5 0 10 null YES NO null",
            "4 d 4 INT 10 0 10 null YES NO -1",
            "5 e -5 BIGINT 19 0 10 null YES NO null",
            "6 f 8 REAL 17 0 10 null YES NO null",
            "7 g 8 DOUBLE PRECISION 17 0 10 null YES NO null",
            "8 h 3 DECIMAL 10 2 10 null YES NO 0.5",
            "9 i 2 NUMERIC 2147483647 0 10 null YES NO null",
            "10 j 91 DATE 10 null null null YES NO null",
            "11 k 92 TIME 15 null null null YES NO null",
            "12 l 93 TIMESTAMP 29 null null null YES NO CURRENT_TIMESTAMP",
            "13 m 2004 BLOB 2147483647 null null null YES NO null",
            "14 n -3 VARBINARY 16 null null null YES NO null",
            "15 o 1 CHAR 3 null null 12 YES NO null",
            "16 p 12 VARCHAR 120 null null 480 YES NO 'it''s'",
            "17 q 12 TEXT 2147483647 null null 2147483647 YES NO null",
            "18 r 2005 CLOB 2147483647 null null 2147483647 YES NO null",
            "19 s 12  2147483647 null null 2147483647 YES NO null",
            "20 t 12 JSON 2147483647 null null 2147483647 YES NO null",
            "21 u 4 INT 10 0 10 null YES YES null",
            "22 v 4 INT 10 0 10 null YES YES null");
  }

  @Test
  void onlyTheColumnThatIsTheRowidNumbersItself() throws SQLException {
    String[] columns = {"TABLE_NAME", "DATA_TYPE", "NULLABLE", "IS_AUTOINCREMENT"};
    assertThat(rows(meta.getColumns(null, null, "child", "id"), columns))
        .containsExactly("child -5 0 YES");
    assertThat(rows(meta.getColumns(null, null, "backwards", "id"), columns))
        .containsExactly("backwards 4 1 NO");
    assertThat(rows(meta.getColumns(null, null, "keyed", "k"), columns))
        .containsExactly("keyed 12 0 NO");
    assertThat(rows(meta.getColumns(null, null, "strict\\_one", "k"), columns))
        .containsExactly("strict_one 12 0 NO");
  }

  @Test
  void columnsOfAllTablesComeInTheOrderOfTheTables() throws SQLException {
    List<String> tables = rows(meta.getColumns(null, null, null, null), "TABLE_NAME");
    assertThat(tables).isSorted().contains("Album", "words", "short_words", "say \"hi\"");
    assertThat(rows(meta.getColumns(null, null, "words", "%"), "COLUMN_NAME"))
        .containsExactly("body");
  }

  // ---- keys

  @Test
  void primaryKeysHaveTheirNamesAndPositions() throws SQLException {
    String[] columns = {"COLUMN_NAME", "KEY_SEQ", "PK_NAME"};
    // By the name of the column.
    assertThat(rows(meta.getPrimaryKeys(null, null, "parent"), columns))
        .containsExactly("a 2 parent_pk", "b 1 parent_pk");
    assertThat(rows(meta.getPrimaryKeys(null, "main", "ALBUM"), columns))
        .containsExactly("AlbumId 1 PK_Album");
    assertThat(rows(meta.getPrimaryKeys(null, "", "PlaylistTrack"), columns))
        .containsExactly("PlaylistId 1 PK_PlaylistTrack", "TrackId 2 PK_PlaylistTrack");
    assertThat(rows(meta.getPrimaryKeys(null, null, "say \"hi\""), columns))
        .containsExactly("a\"b 1 the \"key\"");
    assertThat(rows(meta.getPrimaryKeys(null, null, "short_words"), columns)).isEmpty();
    assertThat(rows(meta.getPrimaryKeys(null, null, "per_cent"), columns)).isEmpty();
  }

  @Test
  void foreignKeysTellWhatTheyReferToAndWhatHappens() throws SQLException {
    assertThat(
            rows(
                meta.getImportedKeys(null, null, "child"),
                "PKTABLE_NAME",
                "PKCOLUMN_NAME",
                "FKCOLUMN_NAME",
                "KEY_SEQ",
                "UPDATE_RULE",
                "DELETE_RULE",
                "DEFERRABILITY",
                "FK_NAME",
                "PK_NAME"))
        .containsExactly(
            "child id self 1 4 3 7 itself PK_child",
            "nowhere k late 1 3 3 7 added null",
            // It does not refer to the primary key.
            "parent code z 1 3 1 6 FK_child_1 null",
            "parent b y 1 0 2 5 to parent parent_pk",
            "parent a x 2 0 2 5 to parent parent_pk");
  }

  @Test
  void theParentOfAKeyMayHaveAnyName() throws SQLException {
    assertThat(
            rows(
                meta.getImportedKeys(null, null, "in [brackets"),
                "FKCOLUMN_NAME",
                "PKTABLE_NAME",
                "PKCOLUMN_NAME",
                "PK_NAME"))
        .containsExactly("back`tick select from PK_select");
  }

  @Test
  void exportedAndCrossedKeysAreTheImportedOnesOfOthers() throws SQLException {
    String[] columns = {"FKTABLE_NAME", "FKCOLUMN_NAME", "KEY_SEQ"};
    assertThat(rows(meta.getExportedKeys(null, null, "PARENT"), columns))
        .containsExactly("child z 1", "child y 1", "child x 2");
    assertThat(rows(meta.getExportedKeys(null, null, "Track"), columns))
        .containsExactly("InvoiceLine TrackId 1", "PlaylistTrack TrackId 1");
    assertThat(
            rows(
                meta.getCrossReference(null, null, "Employee", null, null, "Employee"),
                "FKCOLUMN_NAME",
                "FK_NAME",
                "DEFERRABILITY"))
        .containsExactly("ReportsTo FK_Employee_0 5");
    assertThat(rows(meta.getCrossReference(null, null, "Track", null, null, "Album"), "FK_NAME"))
        .isEmpty();
  }

  // ---- indexes

  @Test
  void indexesTellTheirTermsDirectionsAndConditions() throws SQLException {
    String[] columns = {
      "NON_UNIQUE",
      "INDEX_NAME",
      "ORDINAL_POSITION",
      "COLUMN_NAME",
      "ASC_OR_DESC",
      "FILTER_CONDITION",
      "TYPE"
    };
    assertThat(rows(meta.getIndexInfo(null, null, "child", false, true), columns))
        .containsExactly(
            "false child_unique 1 y A null 3",
            "true child_mixed 1 lower(z) A x > 0 AND z <> ')' 3",
            "true child_mixed 2 (x + 1) D x > 0 AND z <> ')' 3",
            "true child_mixed 3 y D x > 0 AND z <> ')' 3");
    assertThat(rows(meta.getIndexInfo(null, null, "child", true, true), "INDEX_NAME"))
        .containsExactly("child_unique");
    assertThat(rows(meta.getIndexInfo(null, null, "parent", false, false), columns))
        .containsExactly(
            "false sqlite_autoindex_parent_1 1 code A null 3",
            "false sqlite_autoindex_parent_2 1 b A null 3",
            "false sqlite_autoindex_parent_2 2 a A null 3");
  }

  // ---- rows

  @Test
  void rowsAreIdentifiedByAKeyWithoutNullsElseByTheRowid() throws SQLException {
    int session = DatabaseMetaData.bestRowSession;
    int transaction = DatabaseMetaData.bestRowTransaction;
    assertThat(identifiers("Album", session, false)).containsExactly("AlbumId 2 1");
    assertThat(identifiers("PlaylistTrack", session, false))
        .containsExactly("PlaylistId 2 1", "TrackId 2 1");
    assertThat(identifiers("per_cent", transaction, true)).containsExactly("rowid 1 2");
    assertThat(identifiers("per_cent", session, true)).isEmpty();
    assertThat(identifiers("parent", transaction, true)).containsExactly("a 2 1", "b 2 1");
    assertThat(identifiers("parent", transaction, false)).containsExactly("rowid 1 2");
    assertThat(identifiers("short_words", transaction, true)).isEmpty();
  }

  private List<String> identifiers(String table, int scope, boolean nullable) throws SQLException {
    return rows(
        meta.getBestRowIdentifier(null, null, table, scope, nullable),
        "COLUMN_NAME",
        "SCOPE",
        "PSEUDO_COLUMN");
  }

  @Test
  void pseudoColumnsAreWhatAStarDoesNotShow() throws SQLException {
    assertThat(rows(meta.getPseudoColumns(null, null, "words", "%"), "COLUMN_NAME", "DATA_TYPE"))
        .containsExactly("rank 12", "rowid -5", "words 12");
    assertThat(rows(meta.getPseudoColumns(null, null, "keyed", "%"), "COLUMN_NAME")).isEmpty();
    assertThat(rows(meta.getPseudoColumns(null, null, "Album", "ROWID"), "COLUMN_USAGE"))
        .containsExactly("NO_USAGE_RESTRICTIONS");
  }

  // ---- types, functions, schemas

  @Test
  void typesComeByTheirNumberAndTheNearestOneFirst() throws SQLException {
    List<String> types = rows(meta.getTypeInfo(), "DATA_TYPE", "TYPE_NAME");
    assertThat(types.stream().map(type -> Integer.parseInt(type.split(" ", 2)[0]))).isSorted();
    assertThat(types).containsSubsequence("8 DOUBLE", "8 REAL", "12 VARCHAR", "12 TEXT");
    assertThat(
            rows(
                meta.getTypeInfo(),
                "TYPE_NAME",
                "LITERAL_PREFIX",
                "CREATE_PARAMS",
                "AUTO_INCREMENT",
                "NUM_PREC_RADIX"))
        .contains(
            "INTEGER null null true 10",
            "DECIMAL null precision,scale false 10",
            "VARCHAR ' length false null",
            "BLOB X' null false null");
  }

  @Test
  void functionsAreThoseOfSqlite() throws SQLException {
    assertThat(rows(meta.getFunctions(null, null, "%"), "FUNCTION_NAME"))
        .contains("abs", "json_extract", "group_concat", "row_number")
        .isSorted()
        .doesNotHaveDuplicates();
    assertThat(rows(meta.getFunctions(null, null, "json\\_ext%"), "SPECIFIC_NAME"))
        .containsExactly("json_extract");
  }

  @Test
  void thereIsOneSchemaAndOneClientProperty() throws SQLException {
    assertThat(rows(meta.getSchemas(), "TABLE_SCHEM", "TABLE_CATALOG"))
        .containsExactly("main null");
    assertThat(rows(meta.getCatalogs(), "TABLE_CAT")).isEmpty();
    assertThat(rows(meta.getClientInfoProperties(), "NAME", "MAX_LEN"))
        .containsExactly("ApplicationName 256");
  }

  /** The values of columns by name, each row in one text. */
  private static List<String> rows(ResultSet result, String... columns) throws SQLException {
    try (result) {
      List<String> rows = new ArrayList<>();
      while (result.next()) {
        List<String> values = new ArrayList<>();
        for (String column : columns) {
          values.add(String.valueOf(result.getObject(column)));
        }
        rows.add(String.join(" ", values));
      }
      return rows;
    }
  }
}
