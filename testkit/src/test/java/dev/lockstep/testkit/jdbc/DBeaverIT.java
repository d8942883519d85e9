package dev.lockstep.testkit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.lockstep.testkit.LocalCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLSyntaxErrorException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The calls that DBeaver 24.2 makes with its model of SQLite, in their order: DBeaver itself is a
 * program with windows, so they are replayed from its sources (JDBCDataSource,
 * JDBCExecutionContext, GenericMetaModel, SQLiteMetaModel, SQLiteUtils). Columns are read by name,
 * as it does.
 */
final class DBeaverIT {
  private static final Path MUSIC_SHOP =
      Path.of("../examples/shop/src/main/resources/db/migration/V1__tables.sql");

  /** The answers by which it fills its data source and its dialect. */
  private static final List<String> FACTS =
      List.of(
          "isReadOnly",
          "getDatabaseProductName",
          "getDatabaseProductVersion",
          "getDriverName",
          "getDriverVersion",
          "getDatabaseMajorVersion",
          "getDatabaseMinorVersion",
          "getSchemaTerm",
          "getProcedureTerm",
          "getCatalogTerm",
          "supportsBatchUpdates",
          "supportsTransactions",
          "getIdentifierQuoteString",
          "getSQLStateType",
          "supportsCorrelatedSubqueries",
          "supportsSubqueriesInComparisons",
          "supportsSubqueriesInExists",
          "supportsSubqueriesInIns",
          "supportsSubqueriesInQuantifieds",
          "supportsMixedCaseIdentifiers",
          "supportsMixedCaseQuotedIdentifiers",
          "storesUpperCaseIdentifiers",
          "storesLowerCaseIdentifiers",
          "storesUpperCaseQuotedIdentifiers",
          "storesLowerCaseQuotedIdentifiers",
          "getSearchStringEscape",
          "getCatalogSeparator",
          "supportsCatalogsInDataManipulation",
          "supportsCatalogsInTableDefinitions",
          "supportsCatalogsInProcedureCalls",
          "supportsCatalogsInIndexDefinitions",
          "supportsCatalogsInPrivilegeDefinitions",
          "supportsSchemasInDataManipulation",
          "supportsSchemasInTableDefinitions",
          "supportsSchemasInProcedureCalls",
          "supportsSchemasInIndexDefinitions",
          "supportsSchemasInPrivilegeDefinitions",
          "getExtraNameCharacters",
          "isCatalogAtStart",
          "getSQLKeywords",
          "getNumericFunctions",
          "getStringFunctions",
          "getSystemFunctions",
          "getTimeDateFunctions");

  @TempDir static Path directory;

  private static LocalCluster nodes;
  private static DBeaverDriver definition;

  /** It opens one for the editor, one for metadata and one for each script. */
  private final List<Connection> connections = new ArrayList<>();

  private Connection main;
  private Connection metadata;

  @BeforeAll
  static void startNodes() throws Exception {
    definition = DBeaverDriver.read();
    nodes = LocalCluster.start(directory, 3);
    nodes.awaitLeader(Duration.ofSeconds(60));
    try (Connection connection = open(new Properties());
        Statement statement = connection.createStatement()) {
      statement.execute(Files.readString(MUSIC_SHOP));
      statement.execute("CREATE VIEW Rock AS SELECT * FROM Genre WHERE Name LIKE '%rock%'");
      statement.execute(
          "CREATE TRIGGER renamed AFTER UPDATE ON Genre BEGIN UPDATE Genre SET Name = new.Name ||"
              + " '!' WHERE GenreId = -1; END");
      statement.execute("INSERT INTO Genre(Name) VALUES ('Rock'), ('Jazz'), ('Metal')");
    }
  }

  @AfterAll
  static void stopNodes() {
    nodes.close();
  }

  private static Connection open(Properties properties) throws Exception {
    String url = nodes.jdbcUrl();
    String hosts = url.substring(url.indexOf("//") + 2, url.lastIndexOf('/'));
    return definition
        .load()
        .connect(definition.url(hosts, url.substring(url.lastIndexOf('/') + 1)), properties);
  }

  private Connection connect(boolean autoCommit) throws Exception {
    Properties properties = new Properties();
    properties.setProperty("user", "");
    properties.setProperty("password", "");
    properties.setProperty("enable_load_extension", "true");
    Connection connection = open(properties);
    connections.add(connection);
    connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
    connection.setAutoCommit(autoCommit);
    assertThat(connection.getAutoCommit()).isEqualTo(autoCommit);
    if (!autoCommit) {
      connection.commit();
    }
    return connection;
  }

  @BeforeEach
  void connectThrice() throws Exception {
    main = connect(true);
    metadata = connect(true);
    connect(false);
  }

  @AfterEach
  void closeAll() throws SQLException {
    for (Connection connection : connections) {
      if (!connection.getAutoCommit()) {
        connection.rollback();
      }
      connection.close();
      assertThat(connection.isClosed()).isTrue();
    }
  }

  @Test
  void theDataSourceIsFilled() throws Exception {
    DatabaseMetaData meta = metadata.getMetaData();
    for (String fact : FACTS) {
      assertThat(DatabaseMetaData.class.getMethod(fact).invoke(meta)).as(fact).isNotNull();
    }
    for (int level = Connection.TRANSACTION_NONE; level <= 8; level++) {
      meta.supportsTransactionIsolationLevel(level);
    }
    assertThat(
            read(
                meta.getTypeInfo(),
                "TYPE_NAME",
                "DATA_TYPE",
                "LOCAL_TYPE_NAME",
                "UNSIGNED_ATTRIBUTE",
                "SEARCHABLE",
                "PRECISION",
                "MINIMUM_SCALE",
                "MAXIMUM_SCALE"))
        .isNotEmpty();
    assertThat(read(meta.getCatalogs(), "TABLE_CAT")).isEmpty();
    assertThat(read(meta.getSchemas(null, "%"), "TABLE_SCHEM", "TABLE_CATALOG"))
        .containsExactly("main null");
    assertThat(metadata.getCatalog()).isNull();
    assertThat(metadata.getSchema()).isEqualTo("main");
    assertThat(read(meta.getTableTypes(), "TABLE_TYPE")).contains("TABLE", "VIEW");
    // It makes types of these names, whatever the driver lists.
    assertThat(read(meta.getTypeInfo(), "TYPE_NAME"))
        .contains("INTEGER", "REAL", "TEXT", "BLOB", "NUMERIC");
  }

  @Test
  void theNavigatorShowsTablesColumnsKeysAndIndexes() throws Exception {
    DatabaseMetaData meta = metadata.getMetaData();
    for (String schema : new String[] {null, "main"}) {
      List<String> tables =
          read(
              meta.getTables(null, schema, "%", null),
              "TABLE_TYPE",
              "TABLE_NAME",
              "TABLE_SCHEM",
              "REMARKS",
              "TYPE_NAME",
              "TYPE_CAT",
              "TYPE_SCHEM");
      assertThat(tables).hasSize(11 + 1 + 1).contains("VIEW Rock main null null null null");
      assertThat(
              read(
                  meta.getColumns(null, schema, "Track", "%"),
                  "COLUMN_NAME",
                  "DATA_TYPE",
                  "TYPE_NAME",
                  "COLUMN_SIZE",
                  "NULLABLE",
                  "DECIMAL_DIGITS",
                  "NUM_PREC_RADIX",
                  "COLUMN_DEF",
                  "REMARKS",
                  "ORDINAL_POSITION",
                  "IS_AUTOINCREMENT",
                  "IS_GENERATEDCOLUMN",
                  "SOURCE_DATA_TYPE",
                  "CHAR_OCTET_LENGTH"))
          .hasSize(9)
          .startsWith(
              "TrackId -5 INTEGER 19 0 0 10 null null 1 YES NO null null",
              "Name 12 VARCHAR 200 0 null null null null 2 NO NO null 800");
      assertThat(
              read(
                  meta.getPrimaryKeys(null, schema, "PlaylistTrack"),
                  "TABLE_NAME",
                  "PK_NAME",
                  "COLUMN_NAME",
                  "KEY_SEQ"))
          .containsExactly(
              "PlaylistTrack PK_PlaylistTrack PlaylistId 1",
              "PlaylistTrack PK_PlaylistTrack TrackId 2");
      assertThat(
              read(
                  meta.getIndexInfo(null, schema, "Customer", false, true),
                  "TABLE_NAME",
                  "NON_UNIQUE",
                  "INDEX_QUALIFIER",
                  "CARDINALITY",
                  "INDEX_NAME",
                  "TYPE",
                  "ORDINAL_POSITION",
                  "COLUMN_NAME",
                  "ASC_OR_DESC"))
          .containsExactly(
              "Customer false null 0 sqlite_autoindex_Customer_1 3 1 Email A",
              "Customer true null 0 CustomerSupportRep 3 1 SupportRepId A");
    }
  }

  /** It looks a key's parent up by the names given here, so they must be those of the lists. */
  @Test
  void foreignKeysLeadToTablesAndKeysThatAreListed() throws Exception {
    DatabaseMetaData meta = metadata.getMetaData();
    List<String> tables = read(meta.getTables(null, "main", "%", null), "TABLE_NAME");
    List<String> names = new ArrayList<>();
    for (String table : tables) {
      try (ResultSet keys = meta.getImportedKeys(null, "main", table)) {
        while (keys.next()) {
          names.add(keys.getString("FK_NAME"));
          assertThat(keys.getString("FKTABLE_NAME")).isEqualTo(table);
          assertThat(keys.getString("PKTABLE_CAT")).isNull();
          assertThat(keys.getString("PKTABLE_SCHEM")).isEqualTo("main");
          assertThat(keys.getString("FKTABLE_SCHEM")).isEqualTo("main");
          assertThat(keys.getInt("UPDATE_RULE")).isEqualTo(DatabaseMetaData.importedKeyNoAction);
          assertThat(keys.getInt("DELETE_RULE")).isEqualTo(DatabaseMetaData.importedKeyNoAction);
          assertThat(keys.getInt("DEFERRABILITY"))
              .isBetween(
                  DatabaseMetaData.importedKeyInitiallyDeferred,
                  DatabaseMetaData.importedKeyNotDeferrable);
          String parent = keys.getString("PKTABLE_NAME");
          assertThat(tables).contains(parent);
          assertThat(read(meta.getPrimaryKeys(null, "main", parent), "PK_NAME", "COLUMN_NAME"))
              .contains(keys.getString("PK_NAME") + " " + keys.getString("PKCOLUMN_NAME"));
          assertThat(read(meta.getColumns(null, "main", table, "%"), "COLUMN_NAME"))
              .contains(keys.getString("FKCOLUMN_NAME"));
          assertThat(
                  read(
                      meta.getExportedKeys(null, "main", parent),
                      "FKTABLE_NAME",
                      "FK_NAME",
                      "KEY_SEQ"))
              .contains(table + " " + keys.getString("FK_NAME") + " 1");
        }
      }
    }
    assertThat(names).hasSize(11).doesNotHaveDuplicates();
  }

  @Test
  void definitionsTriggersAndSequencesComeFromTheCatalog() throws Exception {
    assertThat(source("", "table", "Genre", null)).singleElement().asString().contains("UNIQUE");
    assertThat(source("\"main\".", "view", "Rock", "Rock")).hasSize(1);
    assertThat(source("", "index", "Track", null)).hasSize(3);
    assertThat(source("", "trigger", "Genre", "renamed")).hasSize(1);
    assertThat(query("SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name=?", "Genre"))
        .containsExactly("renamed");
    // There is no such table yet; it expects an error, and goes on.
    assertThatThrownBy(() -> query("SELECT 1 FROM sqlite_sequence"))
        .isInstanceOf(SQLSyntaxErrorException.class)
        .hasMessageContaining("no such table");
    assertThat(query("SELECT name FROM pragma_index_info(?)", "TrackAlbum"))
        .containsExactly("AlbumId");
    assertThat(metadata.isValid(5)).isTrue();
  }

  /** As SQLiteUtils.readMasterDefinition does. */
  private List<String> source(String schema, String type, String table, String name)
      throws SQLException {
    String and = " WHERE type=? AND tbl_name=?" + (name != null ? " AND name=?" : "") + "\n";
    List<String> parameters = new ArrayList<>(List.of(type, table));
    if (name != null) {
      parameters.add(name);
    }
    parameters.addAll(List.copyOf(parameters));
    List<String> sql =
        query(
            "SELECT sql FROM "
                + schema
                + "sqlite_master"
                + and
                + "UNION ALL\nSELECT sql FROM sqlite_temp_master"
                + and,
            parameters.toArray(new String[0]));
    sql.removeIf(text -> text.equals("null"));
    return sql;
  }

  private List<String> query(String sql, String... parameters) throws SQLException {
    try (PreparedStatement statement = metadata.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setString(i + 1, parameters[i]);
      }
      List<String> values = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          values.add(String.valueOf(rows.getString(1)));
        }
      }
      return values;
    }
  }

  @Test
  void aTableIsShown() throws Exception {
    try (Statement statement =
        main.createStatement(ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY)) {
      statement.setEscapeProcessing(false);
      statement.setMaxRows(2);
      statement.setQueryTimeout(20);
      statement.setFetchSize(10_000);
      assertThat(statement.execute("SELECT * FROM Genre ORDER BY GenreId LIMIT 0, 200")).isTrue();
      try (ResultSet rows = statement.getResultSet()) {
        ResultSetMetaData columns = rows.getMetaData();
        assertThat(columns.getColumnLabel(1)).isEqualTo("GenreId");
        assertThat(columns.getTableName(1)).isEqualTo("Genre");
        assertThat(columns.getSchemaName(1)).isEqualTo("main");
        assertThat(columns.getCatalogName(1)).isEmpty();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
          columns.isNullable(i);
          columns.getColumnDisplaySize(i);
          columns.getColumnTypeName(i);
          columns.getColumnType(i);
          columns.isAutoIncrement(i);
          columns.getPrecision(i);
          columns.getScale(i);
          columns.isWritable(i);
        }
        assertThat(rows.next()).isTrue();
        assertThat(rows.getObject(2)).isEqualTo("Rock");
        assertThat(rows.next()).isTrue();
        assertThat(rows.next()).isFalse();
      }
      assertThat(statement.getMoreResults()).isFalse();
      assertThat(statement.getLargeUpdateCount()).isEqualTo(-1);
      assertThat((Throwable) statement.getWarnings()).isNull();
    }
  }

  @Test
  void aRowIsAddedChangedAndRemovedInTheGrid() throws Exception {
    try (PreparedStatement insert =
        main.prepareStatement(
            "INSERT INTO Artist (Name) VALUES(?)", Statement.RETURN_GENERATED_KEYS)) {
      insert.setObject(1, "Ann");
      insert.execute();
      assertThat(insert.getUpdateCount()).isEqualTo(1);
      try (ResultSet keys = insert.getGeneratedKeys()) {
        assertThat(keys.next()).isTrue();
        // It takes the key by the name of its column.
        assertThat(keys.getMetaData().getColumnName(1)).isEqualTo("ArtistId");
        assertThat(keys.getLong("ArtistId")).isEqualTo(1);
      }
    }
    assertThat(change("UPDATE Artist SET Name=? WHERE ArtistId=?", "Bea", 1L)).isEqualTo(1);
    assertThatThrownBy(() -> change("UPDATE Artist SET Name=? WHERE ArtistId=?", null, 1L))
        .isInstanceOfSatisfying(
            SQLException.class,
            e -> {
              assertThat(e.getSQLState()).isEqualTo("23502");
              // By which its SQLite model tells a violated constraint.
              assertThat(e.getErrorCode()).isEqualTo(19);
            });
    assertThat(change("DELETE FROM Artist WHERE ArtistId=?", 1L)).isEqualTo(1);
  }

  private int change(String sql, Object... values) throws SQLException {
    try (PreparedStatement statement = main.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      statement.execute();
      return statement.getUpdateCount();
    }
  }

  /** It makes a temporary copy of the table, drops the table and makes it again. */
  @Test
  void changingAColumnIsRefusedAtItsFirstStep() throws Exception {
    for (String name : List.of("temp", "\"main\".temp")) {
      assertThatThrownBy(
              () -> change("CREATE TEMPORARY TABLE " + name + " AS SELECT Name FROM Genre"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).doesNotStartWith("08"));
    }
    assertThat(query("SELECT count(*) FROM Genre")).containsExactly("3");
  }

  @Test
  void aQueryIsStoppedByItsButton() throws Exception {
    try (Statement statement = main.createStatement()) {
      CompletableFuture<SQLException> failure =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  statement.execute(
                      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT"
                          + " count(*) FROM n");
                  return null;
                } catch (SQLException e) {
                  return e;
                }
              });
      // The button may be pressed before the query has begun, and then does nothing.
      await()
          .until(
              () -> {
                statement.cancel();
                return failure.isDone();
              });
      assertThat((Throwable) failure.get()).isNotNull();
      assertThat(failure.get().getSQLState()).isEqualTo("57014");
      assertThat(main.isValid(5)).isTrue();
    }
  }

  @Test
  void connectionsAreKeptAlive() throws Exception {
    for (Connection connection : connections) {
      assertThat(connection.isClosed()).isFalse();
      assertThat(connection.isValid(10)).isTrue();
      // What it does where isValid is not there.
      assertThat(
              read(
                  connection
                      .getMetaData()
                      .getTables(null, null, "DBEAVERFAKETABLENAMEFORPING", null),
                  "TABLE_NAME"))
          .isEmpty();
    }
  }

  @Test
  void aReadOnlyConnectionIsOneByItsProperty() throws Exception {
    Properties properties = new Properties();
    properties.setProperty("open_mode", "1");
    properties.setProperty("enable_load_extension", "true");
    try (Connection readOnly = open(properties);
        Statement statement = readOnly.createStatement()) {
      assertThat(readOnly.isReadOnly()).isTrue();
      assertThat(readOnly.getMetaData().isReadOnly()).isTrue();
      assertThatThrownBy(() -> statement.execute("DELETE FROM Genre"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("25006"));
      assertThat(statement.execute("SELECT count(*) FROM Genre")).isTrue();
    }
  }

  private static List<String> read(ResultSet result, String... columns) throws SQLException {
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
