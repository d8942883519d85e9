package dev.lockstep.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.jdbc.metadata.LockstepDatabaseMetaData;
import dev.lockstep.jdbc.metadata.MetaDataSource;
import dev.lockstep.protocol.Column;
import dev.lockstep.protocol.RowBatch;
import dev.lockstep.protocol.StatementResult.RowSet;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** By which names tools may ask for the one schema, and that they get nothing by others. */
final class SchemaNamesTest {
  private final DatabaseMetaData metaData = new LockstepDatabaseMetaData(new NoDatabase());

  @ParameterizedTest
  @CsvSource(
      nullValues = "null",
      value = {
        "null, null",
        "'', ''",
        "null, main",
        "null, MAIN",
        "null, %",
        "null, ma_n",
        "main, null",
        "main, main",
        "MAIN, MAIN",
      })
  void itIsFound(String catalog, String schemaPattern) throws SQLException {
    try (ResultSet schemas = metaData.getSchemas(catalog, schemaPattern)) {
      assertThat(schemas.next()).isTrue();
      assertThat(schemas.getString("TABLE_SCHEM")).isEqualTo("main");
      assertThat(schemas.getString("TABLE_CATALOG")).isNull();
      assertThat(schemas.next()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"temp", "mains", "%", "m_in"})
  void otherCatalogsHaveNothing(String catalog) throws SQLException {
    assertThat(metaData.getSchemas(catalog, null).next()).isFalse();
    assertThat(metaData.getTables(catalog, null, "%", null).next()).isFalse();
    assertThat(metaData.getColumns(catalog, null, "%", "%").next()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"temp", "mai", "ma\\_n"})
  void otherSchemasHaveNothing(String schema) throws SQLException {
    assertThat(metaData.getSchemas(null, schema).next()).isFalse();
    assertThat(metaData.getTables("main", schema, "%", null).next()).isFalse();
    assertThat(metaData.getIndexInfo(null, schema, "t", false, true).next()).isFalse();
  }

  @Test
  void noCatalogIsListed() throws SQLException {
    assertThat(metaData.getCatalogs().next()).isFalse();
  }

  /** Has no connection: whatever asks the database fails. */
  static final class NoDatabase implements MetaDataSource {
    @Override
    public Connection connection() {
      return null;
    }

    @Override
    public String url() {
      return "jdbc:lockstep://db1/shop";
    }

    @Override
    public String user() {
      return "";
    }

    @Override
    public String productName() {
      return "SQLite";
    }

    @Override
    public String sqliteVersion() {
      return "3.54.1";
    }

    @Override
    public String driverVersion() {
      return DriverVersion.TEXT;
    }

    @Override
    public ResultSet resultOf(List<Column> columns, List<Object[]> rows) throws SQLException {
      RowSet set = new RowSet(false, columns, RowBatch.of(rows), 0);
      return new LockstepResultSet(
          null, new RowStream(set, null, null), 0, MomentFormat.text(ZoneOffset.UTC));
    }
  }
}
