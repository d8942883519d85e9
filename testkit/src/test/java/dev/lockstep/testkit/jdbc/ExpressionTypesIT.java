package dev.lockstep.testkit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.LocalCluster;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLSyntaxErrorException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The types of columns that are expressions, and of parameters, as applications see them. */
final class ExpressionTypesIT {
  private static final String REPORT =
      "SELECT count(*) AS n, sum(amount) AS s, max(due) AS d, avg(amount) AS a, min(name) AS m,"
          + " sum(id) AS i, coalesce(max(paid), 0) AS p, name || '!' AS t, id > 3 AS b,"
          + " json_extract(doc, '$.a') AS j FROM bill";

  @TempDir static Path directory;

  private static LocalCluster nodes;

  private Connection connection;

  @BeforeAll
  static void startNodes() throws Exception {
    nodes = LocalCluster.start(directory, 1);
    nodes.awaitLeader(Duration.ofSeconds(30));
  }

  @AfterAll
  static void stopNodes() {
    nodes.close();
  }

  @BeforeEach
  void connect() throws SQLException {
    connection = DriverManager.getConnection(nodes.jdbcUrl());
    update(
        "CREATE TABLE bill(id INTEGER PRIMARY KEY, name VARCHAR(40) NOT NULL,"
            + " amount DECIMAL(10, 2), due DATE, paid BOOLEAN, doc JSON, loose)");
  }

  @AfterEach
  void disconnect() throws SQLException {
    update("DROP TABLE IF EXISTS bill");
    connection.close();
  }

  private void update(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }

  /** Everything that depends on types and declarations. */
  private static List<String> shape(ResultSetMetaData columns) throws SQLException {
    List<String> shape = new ArrayList<>();
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      shape.add(
          columns.getColumnLabel(i)
              + " "
              + columns.getColumnType(i)
              + " "
              + columns.getColumnTypeName(i)
              + " "
              + columns.getColumnClassName(i)
              + " "
              + columns.getPrecision(i)
              + " "
              + columns.getScale(i)
              + " "
              + columns.getColumnDisplaySize(i)
              + " "
              + columns.isNullable(i)
              + " "
              + columns.isSigned(i)
              + " "
              + columns.isAutoIncrement(i)
              + " "
              + columns.isCaseSensitive(i));
    }
    return shape;
  }

  private List<String> shapeOf(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return shape(rows.getMetaData());
    }
  }

  private int[] types(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      ResultSetMetaData columns = rows.getMetaData();
      int[] types = new int[columns.getColumnCount()];
      for (int i = 0; i < types.length; i++) {
        types[i] = columns.getColumnType(i + 1);
      }
      return types;
    }
  }

  @Test
  void aReportHasTheTypesThatMappersGoBy() throws SQLException {
    assertThat(types(REPORT))
        .containsExactly(
            Types.BIGINT,
            Types.NUMERIC,
            Types.DATE,
            Types.DOUBLE,
            Types.VARCHAR,
            Types.BIGINT,
            Types.INTEGER,
            Types.VARCHAR,
            Types.INTEGER,
            Types.VARCHAR);
  }

  @Test
  void theShapeOfAResultDoesNotDependOnItsRows() throws SQLException {
    String grouped = REPORT + " GROUP BY id";
    List<String> whole = shapeOf(REPORT);
    List<String> empty = shapeOf(grouped);
    update("INSERT INTO bill VALUES (1, 'a', 1, '2024-02-29', 1, '{\"a\":1}', 1)");
    assertThat(shapeOf(REPORT)).isEqualTo(whole);
    assertThat(shapeOf(grouped)).isEqualTo(empty);
    update("INSERT INTO bill VALUES (2, 'b', 2.5, 'soon', 'yes', '{\"a\":\"x\"}', 'x')");
    update("UPDATE bill SET amount = 'none', name = x'00' WHERE id = 1");
    assertThat(shapeOf(REPORT)).isEqualTo(whole);
    assertThat(shapeOf(grouped)).isEqualTo(empty);
    assertThat(shapeOf("SELECT loose, max(loose), loose + 1 FROM bill WHERE id = 1"))
        .isEqualTo(shapeOf("SELECT loose, max(loose), loose + 1 FROM bill WHERE id = 2"))
        .isEqualTo(shapeOf("SELECT loose, max(loose), loose + 1 FROM bill WHERE id = 3"));
  }

  @Test
  void aPreparedStatementTellsBeforeWhatItsResultTellsAfter() throws SQLException {
    update("INSERT INTO bill(name, amount) VALUES ('a', 1.5)");
    for (String sql :
        List.of(
            REPORT,
            "SELECT * FROM bill",
            "SELECT b.id, c.id, c.name FROM bill b LEFT JOIN bill c ON c.id = b.id + 1",
            "SELECT 1, 2.5, 'a', x'00', NULL, ~id, name GLOB 'a*' FROM bill",
            "INSERT INTO bill(name) VALUES ('x') RETURNING id, upper(name), length(name) * 2")) {
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        List<String> before = shape(statement.getMetaData());
        try (ResultSet rows = statement.executeQuery()) {
          assertThat(shape(rows.getMetaData())).as(sql).isEqualTo(before);
        }
        assertThat(shape(statement.getMetaData())).as(sql).isEqualTo(before);
      }
    }
  }

  @Test
  void valuesAreOfTheClassesThatAreTold() throws Exception {
    update("INSERT INTO bill VALUES (1, 'a', 1.5, '2024-02-29', 1, '{\"a\":1}', 1)");
    update("INSERT INTO bill VALUES (5000000000, 'b', 3, NULL, NULL, NULL, x'00')");
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                REPORT
                    + " GROUP BY id UNION ALL SELECT 1, 2.5, NULL, 1.5, 'a', 7, 0, 'x', 1, 'y'")) {
      ResultSetMetaData columns = rows.getMetaData();
      while (rows.next()) {
        for (int i = 1; i <= columns.getColumnCount(); i++) {
          Object value = rows.getObject(i);
          if (value != null) {
            assertThat(value)
                .as(columns.getColumnLabel(i))
                .isInstanceOf(Class.forName(columns.getColumnClassName(i)));
          }
        }
      }
    }
  }

  @Test
  void joinsTellOfNullAndKeys() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT b.id AS x, b.name, c.name, b.amount FROM bill b LEFT JOIN bill c"
                    + " ON c.id = b.id")) {
      ResultSetMetaData columns = rows.getMetaData();
      assertThat(columns.isAutoIncrement(1)).isTrue();
      assertThat(columns.isAutoIncrement(2)).isFalse();
      assertThat(columns.isNullable(1)).isEqualTo(ResultSetMetaData.columnNoNulls);
      assertThat(columns.isNullable(2)).isEqualTo(ResultSetMetaData.columnNoNulls);
      assertThat(columns.isNullable(3)).isEqualTo(ResultSetMetaData.columnNullable);
      assertThat(columns.isNullable(4)).isEqualTo(ResultSetMetaData.columnNullable);
    }
  }

  @Test
  void definitionsOfTheOwnTransactionCount() throws SQLException {
    assertThat(types("SELECT max(amount) FROM bill")).containsExactly(Types.DECIMAL);
    connection.setAutoCommit(false);
    update("DROP TABLE bill");
    update("CREATE TABLE bill(id INTEGER PRIMARY KEY, amount REAL, name TEXT)");
    update("CREATE TABLE fresh(x BIGINT)");
    try {
      assertThat(types("SELECT max(amount), sum(amount) FROM bill"))
          .containsExactly(Types.DOUBLE, Types.DOUBLE);
      assertThat(types("SELECT sum(x), count(*) FROM fresh"))
          .containsExactly(Types.BIGINT, Types.BIGINT);
      try (PreparedStatement statement =
          connection.prepareStatement("INSERT INTO fresh VALUES (?)")) {
        assertThat(statement.getParameterMetaData().getParameterType(1)).isEqualTo(Types.BIGINT);
      }
      // Nobody else sees them, nor waits.
      try (Connection other = DriverManager.getConnection(nodes.jdbcUrl());
          PreparedStatement statement = other.prepareStatement("SELECT max(amount) FROM bill")) {
        assertThat(statement.getMetaData().getColumnType(1)).isEqualTo(Types.DECIMAL);
      }
    } finally {
      connection.rollback();
      connection.setAutoCommit(true);
    }
    assertThat(types("SELECT max(amount) FROM bill")).containsExactly(Types.DECIMAL);
  }

  @Test
  void anotherTypeAfterAnotherDefinition() throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("SELECT max(due) FROM bill")) {
      assertThat(statement.getMetaData().getColumnType(1)).isEqualTo(Types.DATE);
      try (Connection other = DriverManager.getConnection(nodes.jdbcUrl());
          Statement definition = other.createStatement()) {
        definition.executeUpdate("DROP TABLE bill");
        definition.executeUpdate("CREATE TABLE bill(due BIGINT)");
      }
      try (ResultSet rows = statement.executeQuery()) {
        assertThat(rows.getMetaData().getColumnType(1)).isEqualTo(Types.BIGINT);
      }
      assertThat(statement.getMetaData().getColumnType(1)).isEqualTo(Types.BIGINT);
    }
  }

  @Test
  void aResultWhoseTableIsGoneKeepsItsLabelsAndHasTypesOfNothing() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT count(*) AS n FROM bill")) {
      ResultSetMetaData columns = rows.getMetaData();
      update("DROP TABLE bill");
      assertThat(columns.getColumnLabel(1)).isEqualTo("n");
      assertThat(columns.getColumnType(1)).isEqualTo(Types.VARCHAR);
      assertThat(columns.getColumnTypeName(1)).isEqualTo("ANY");
    }
  }

  @Test
  void everyResultOfATextHasItsOwnTypes() throws SQLException {
    assertTypes("SELECT 'a' || 1 AS x; SELECT 2.5 AS x; SELECT 3 AS x");
    assertTypes("BEGIN; SELECT 'a' || 1 AS x; SELECT 2.5 AS x; SELECT 3 AS x; COMMIT");
  }

  private void assertTypes(String text) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      assertThat(statement.execute(text)).isTrue();
      List<Integer> found = new ArrayList<>();
      do {
        found.add(statement.getResultSet().getMetaData().getColumnType(1));
      } while (statement.getMoreResults());
      assertThat(found).containsExactly(Types.VARCHAR, Types.DOUBLE, Types.INTEGER);
    }
  }

  @Test
  void parametersHaveTheTypesOfWhatTheyMeet() throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "INSERT INTO bill(name, amount, due, paid, loose) VALUES (?, ?, ?, ?, ?)")) {
      ParameterMetaData parameters = statement.getParameterMetaData();
      assertThat(parameters.getParameterType(1)).isEqualTo(Types.VARCHAR);
      assertThat(parameters.getParameterTypeName(1)).isEqualTo("VARCHAR");
      assertThat(parameters.getPrecision(1)).isEqualTo(40);
      assertThat(parameters.isNullable(1)).isEqualTo(ParameterMetaData.parameterNoNulls);
      assertThat(parameters.getParameterType(2)).isEqualTo(Types.DECIMAL);
      assertThat(parameters.getPrecision(2)).isEqualTo(10);
      assertThat(parameters.getScale(2)).isEqualTo(2);
      assertThat(parameters.isSigned(2)).isTrue();
      assertThat(parameters.isNullable(2)).isEqualTo(ParameterMetaData.parameterNullable);
      assertThat(parameters.getParameterClassName(2)).isEqualTo("java.math.BigDecimal");
      assertThat(parameters.getParameterType(3)).isEqualTo(Types.DATE);
      assertThat(parameters.getParameterType(4)).isEqualTo(Types.BOOLEAN);
      assertThat(parameters.isSigned(4)).isFalse();
      assertThat(parameters.getParameterType(5)).isEqualTo(Types.VARCHAR);
      assertThat(parameters.getParameterTypeName(5)).isEqualTo("ANY");
      assertThat(parameters.getParameterClassName(5)).isEqualTo("java.lang.Object");
      assertThat(parameters.isNullable(5)).isEqualTo(ParameterMetaData.parameterNullableUnknown);
      assertThatThrownBy(() -> parameters.getParameterType(6)).isInstanceOf(SQLException.class);
    }
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT * FROM bill WHERE id = ? LIMIT ?")) {
      ParameterMetaData parameters = statement.getParameterMetaData();
      assertThat(parameters.getParameterType(1)).isEqualTo(Types.BIGINT);
      assertThat(parameters.getParameterType(2)).isEqualTo(Types.BIGINT);
      assertThat(parameters.getPrecision(2)).isEqualTo(19);
    }
    try (PreparedStatement statement = connection.prepareStatement("SELECT ? FROM nowhere")) {
      assertThat(statement.getParameterMetaData().getParameterCount()).isEqualTo(1);
      assertThatThrownBy(() -> statement.getParameterMetaData().getParameterType(1))
          .isInstanceOf(SQLSyntaxErrorException.class);
    }
  }
}
