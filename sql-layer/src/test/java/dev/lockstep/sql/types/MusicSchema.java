package dev.lockstep.sql.types;

import dev.lockstep.sql.SqliteWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The tables and rows of the music shop of the examples, and some that are odder. */
final class MusicSchema {
  private static final Path RESOURCES = Path.of("../examples/shop/src/main/resources");
  private static final Path TABLES = RESOURCES.resolve("db/migration/V1__tables.sql");
  private static final int ROWS_MAX = 300;

  private static final String ODD =
      "CREATE TABLE Odd(value INTEGER PRIMARY KEY, \"order\" BIGINT, Flag BOOLEAN, Doc JSON,"
          + " Whatever, Day DATE, Data BLOB, Ratio DOUBLE, Label TEXT NOT NULL DEFAULT '',"
          + " Twofold INTEGER AS (\"order\" * 2));"
          + "CREATE TABLE Numbers(n INTEGER);"
          + "CREATE VIRTUAL TABLE Notes USING fts5(Body);"
          + "CREATE VIEW AlbumSize(Album, Tracks, Price) AS SELECT a.AlbumId, count(*),"
          + " sum(UnitPrice) FROM Album a JOIN Track t ON t.AlbumId = a.AlbumId GROUP BY a.AlbumId;"
          + "CREATE VIEW Twice AS SELECT Tracks * 2 AS Doubled FROM AlbumSize;"
          + "INSERT INTO Odd(value, \"order\", Flag, Doc, Whatever, Day, Data, Ratio) VALUES"
          + " (1, 10000000000, 1, '{\"a\":[1]}', 'x', '2024-02-29', x'00ff', 2),"
          + " (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL),"
          + " (3, 7, 0, '7', 1.5, '2025-01-01', x'', 0.5);"
          + "INSERT INTO Numbers VALUES (1), (NULL);"
          + "INSERT INTO Notes VALUES ('a b c'), ('b a')";

  /** Parents before children. */
  private static final List<String> FILES =
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

  private MusicSchema() {}

  static void create(SqliteWriter writer) throws Exception {
    for (String statement : (Files.readString(TABLES) + ODD).split(";")) {
      if (!statement.isBlank()) {
        writer.execute(statement);
      }
    }
  }

  /** Puts the first rows of the shop into the tables. */
  static void fill(Connection connection) throws IOException, SQLException {
    connection.setAutoCommit(false);
    for (String table : FILES) {
      List<String> lines = Files.readAllLines(RESOURCES.resolve("chinook/" + table + ".csv"));
      int columns = cells(lines.get(0)).size();
      try (PreparedStatement insert =
          connection.prepareStatement(
              "INSERT INTO " + table + " VALUES (" + "?, ".repeat(columns - 1) + "?)")) {
        for (String line : lines.subList(1, Math.min(lines.size(), ROWS_MAX))) {
          List<String> cells = cells(line);
          for (int i = 0; i < columns; i++) {
            insert.setString(i + 1, cells.get(i).equals("\\N") ? null : cells.get(i));
          }
          insert.executeUpdate();
        }
      }
    }
    connection.commit();
    connection.setAutoCommit(true);
  }

  private static List<String> cells(String line) {
    List<String> cells = new ArrayList<>();
    StringBuilder cell = new StringBuilder();
    boolean quoted = false;
    for (char c : line.toCharArray()) {
      if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        cells.add(cell.toString());
        cell.setLength(0);
      } else {
        cell.append(c);
      }
    }
    cells.add(cell.toString());
    return cells;
  }
}
