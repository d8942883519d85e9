package dev.lockstep.examples.shop;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Collections;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.flywaydb.core.api.migration.BaseJavaMigration;
import org.flywaydb.core.api.migration.Context;

/**
 * Loads the Chinook sample data from CSV files on the class path. A migration in Java, because SQL
 * cannot read them; Flyway gives it a transaction, so the data is there as a whole or not at all.
 */
@SuppressWarnings("checkstyle:TypeName") // The name tells Flyway version and description.
public final class V2__Load_chinook extends BaseJavaMigration {
  /** Every table after those it refers to. */
  static final List<String> TABLES =
      List.of(
          "Artist",
          "Album",
          "MediaType",
          "Genre",
          "Track",
          "Playlist",
          "PlaylistTrack",
          "Employee",
          "Customer",
          "Invoice",
          "InvoiceLine");

  /** Rows in one JDBC batch, which is one message to the cluster. */
  private static final int BATCH_ROWS = 1_000;

  private static final CSVFormat FORMAT =
      CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).setNullString("\\N").get();

  @Override
  public void migrate(Context context) throws IOException, SQLException {
    for (String table : TABLES) {
      load(context.getConnection(), table);
    }
  }

  private static void load(Connection connection, String table) throws IOException, SQLException {
    String file = "/chinook/" + table + ".csv";
    try (InputStream bytes = V2__Load_chinook.class.getResourceAsStream(file)) {
      if (bytes == null) {
        throw new IOException(file + " is not on the class path");
      }
      Reader text = new InputStreamReader(bytes, StandardCharsets.UTF_8);
      try (CSVParser rows = CSVParser.parse(text, FORMAT)) {
        insert(connection, table, rows);
      }
    }
  }

  private static void insert(Connection connection, String table, CSVParser rows)
      throws SQLException {
    List<String> columns = rows.getHeaderNames();
    String sql =
        "INSERT INTO %s (%s) VALUES (%s)"
            .formatted(
                table,
                String.join(", ", columns),
                String.join(", ", Collections.nCopies(columns.size(), "?")));
    try (PreparedStatement insert = connection.prepareStatement(sql)) {
      int waiting = 0;
      for (CSVRecord row : rows) {
        bind(insert, row);
        insert.addBatch();
        if (++waiting == BATCH_ROWS) {
          insert.executeBatch();
          waiting = 0;
        }
      }
      if (waiting > 0) {
        insert.executeBatch();
      }
    }
  }

  /** All values are bound as text: the types of the columns make numbers of what looks like one. */
  private static void bind(PreparedStatement insert, CSVRecord row) throws SQLException {
    for (int i = 0; i < row.size(); i++) {
      String value = row.get(i);
      if (value == null) {
        insert.setNull(i + 1, Types.VARCHAR);
      } else {
        insert.setString(i + 1, value);
      }
    }
  }
}
