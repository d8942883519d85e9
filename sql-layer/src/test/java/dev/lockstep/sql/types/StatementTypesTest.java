package dev.lockstep.sql.types;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.sql.DescribedStatement;
import dev.lockstep.sql.SchemaDescriber;
import dev.lockstep.sql.SqliteWriter;
import dev.lockstep.sql.StatementAnalyzer;
import dev.lockstep.sql.StatementKind;
import dev.lockstep.sql.types.StatementTypes.ResultColumn;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Types of result columns and parameters against tables of statements, and against values. */
final class StatementTypesTest {
  @TempDir Path directory;
  private Path file;
  private SqliteWriter writer;
  private StatementAnalyzer analyzer;

  @BeforeEach
  void open() throws Exception {
    file = directory.resolve("data.db");
    writer = SqliteWriter.open(file);
    MusicSchema.create(writer);
    analyzer = StatementAnalyzer.open(file);
  }

  @AfterEach
  void close() throws Exception {
    analyzer.close();
    writer.close();
  }

  @Test
  void columnsHaveTheTypesOfTheTable() throws Exception {
    List<TypeTable> lines = TypeTable.read("expressions.txt");
    List<String> found = new ArrayList<>();
    for (TypeTable line : lines) {
      found.add(columns(analyzer.describe(line.sql(), 0)) + " | " + line.sql());
    }
    assertThat(lines).hasSizeGreaterThan(200);
    assertThat(String.join("\n", found)).isEqualTo(expected(lines));
  }

  @Test
  void parametersHaveTheTypesOfTheTable() throws Exception {
    List<TypeTable> lines = TypeTable.read("parameters.txt");
    List<String> found = new ArrayList<>();
    for (TypeTable line : lines) {
      found.add(parameters(analyzer.describe(line.sql(), 0)) + " | " + line.sql());
    }
    assertThat(lines).hasSizeGreaterThan(80);
    assertThat(String.join("\n", found)).isEqualTo(expected(lines));
  }

  private static String columns(DescribedStatement described) {
    return described.types().columns().stream()
        .map(column -> TypeTable.text(column.type(), column.nullability()))
        .collect(Collectors.joining(", "));
  }

  private static String parameters(DescribedStatement described) {
    return described.types().parameters().stream()
        .map(parameter -> TypeTable.text(parameter.type(), parameter.nullability()))
        .collect(Collectors.joining(", "));
  }

  private static String expected(List<TypeTable> lines) {
    return lines.stream()
        .map(line -> line.expected() + " | " + line.sql())
        .collect(Collectors.joining("\n"));
  }

  @Test
  void everyValueOfEveryQueryIsOfThePromisedType() throws Exception {
    List<String> broken = new ArrayList<>();
    int values = 0;
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      MusicSchema.fill(connection);
      for (TypeTable line : TypeTable.read("expressions.txt")) {
        DescribedStatement described = analyzer.describe(line.sql(), 0);
        if (described.statement().kind() == StatementKind.QUERY
            && described.statement().parameterCount() == 0) {
          try (ResultSet rows = statement.executeQuery(described.statement().sql())) {
            values += check(rows, described.types().columns(), line.sql(), broken);
          }
        }
      }
    }
    assertThat(broken).isEmpty();
    assertThat(values).isGreaterThan(10_000);
  }

  private static int check(
      ResultSet rows, List<ResultColumn> columns, String sql, List<String> broken)
      throws SQLException {
    int values = 0;
    while (rows.next()) {
      for (int i = 0; i < columns.size(); i++) {
        Object value = rows.getObject(i + 1);
        values++;
        boolean fits =
            value == null
                ? columns.get(i).nullability() != Nullability.NEVER
                : fits(columns.get(i).type(), value);
        if (!fits && broken.size() < 100) {
          broken.add(columns.get(i) + " " + value + " | " + sql);
        }
      }
    }
    return values;
  }

  private static boolean fits(ValueType type, Object value) {
    boolean integer = value instanceof Integer || value instanceof Long;
    return switch (type.family()) {
      case NULL -> false;
      case BOOLEAN -> integer;
      case INTEGER -> value instanceof Integer || integer && type.equals(ValueType.BIGINT);
      case NUMERIC -> integer || value instanceof Double;
      case REAL -> value instanceof Double;
      case TEXT, TEMPORAL -> value instanceof String;
      case BLOB -> value instanceof byte[];
      case ANY -> true;
    };
  }

  @Test
  void theSameQueryHasOtherTypesAfterTheSchemaHasChanged() throws Exception {
    String sql = "SELECT max(n) FROM Numbers";
    assertThat(columns(analyzer.describe(sql, 0))).isEqualTo("INTEGER");

    writer.execute("DROP TABLE Numbers");
    writer.execute("CREATE TABLE Numbers(n VARCHAR(20))");
    analyzer.schemaChanged(writer.schemaVersion());

    assertThat(columns(analyzer.describe(sql, 0))).isEqualTo("VARCHAR(20)");
  }

  @Test
  void aWriterSeesItsOwnDefinitions() throws Exception {
    writer.execute("BEGIN");
    writer.execute("CREATE TABLE Later(d DATE)");
    try (SchemaDescriber describer =
        analyzer.describerWith(writer, "SELECT max(d), ~1, \"x\" FROM Later")) {
      writer.execute("DROP TABLE Later");
      assertThat(columns(describer.describe(0))).isEqualTo("ANY?, ANY?, ANY?");
    }
    writer.execute("CREATE TABLE Later(d DATE)");
    try (SchemaDescriber describer =
        analyzer.describerWith(writer, "SELECT max(d), ~1 FROM Later")) {
      assertThat(columns(describer.describe(0))).isEqualTo("DATE, INTEGER!");
      assertThat(describer.describe(1)).isNull();
    }
    writer.execute("ROLLBACK");
  }

  @Test
  void eachStatementOfATextHasItsTypes() throws Exception {
    String text = "SELECT 1; SELECT count(*) FROM Track; CREATE TABLE z(x); SELECT count(*) FROM z";
    assertThat(columns(analyzer.describe(text, 0))).isEqualTo("INTEGER!");
    assertThat(columns(analyzer.describe(text, 1))).isEqualTo("BIGINT!");
    assertThat(columns(analyzer.describe(text, 2))).isEmpty();
    assertThat(columns(analyzer.describe(text, 3))).isEqualTo("ANY?");
    assertThat(analyzer.describe(text, 4)).isNull();
  }

  @Test
  void rowidsAreTold() throws Exception {
    DescribedStatement described =
        analyzer.describe("SELECT t.TrackId AS x, a.AlbumId, t.Name FROM Track t, Album a", 0);
    assertThat(described.types().columns())
        .extracting(ResultColumn::rowid)
        .containsExactly(true, true, false);
    assertThat(analyzer.describe("SELECT PlaylistId FROM PlaylistTrack", 0).types().columns())
        .extracting(ResultColumn::rowid)
        .containsExactly(false);
  }

  /** Of SQLite's and Lockstep's own, as the documentation lists them. */
  @Test
  void everyFunctionHasAType() throws Exception {
    List<String> unknown = new ArrayList<>();
    int known = 0;
    for (String line : Files.readAllLines(Path.of("../docs/DETERMINISM.md"))) {
      Matcher row = Pattern.compile("\\| `([^`]+)` \\| [-0-9, ]+ \\|.*").matcher(line);
      if (row.matches()) {
        known++;
        if (!FunctionType.knows(row.group(1))) {
          unknown.add(row.group(1));
        }
      }
    }
    assertThat(unknown).isEmpty();
    assertThat(known).isGreaterThan(180);
  }
}
