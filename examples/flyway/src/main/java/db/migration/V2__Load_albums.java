package db.migration;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.flywaydb.core.api.migration.BaseJavaMigration;
import org.flywaydb.core.api.migration.Context;

/**
 * Loads a file that SQL cannot read. Flyway finds the class by its package and its name, and gives
 * it a transaction: the rows are there as a whole or not at all.
 */
@SuppressWarnings("checkstyle:TypeName") // The name tells Flyway version and description.
public final class V2__Load_albums extends BaseJavaMigration {
  private static final String FILE = "/chinook/albums.tsv";

  @Override
  public void migrate(Context context) throws IOException, SQLException {
    Connection connection = context.getConnection();
    try (BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(
                    getClass().getResourceAsStream(FILE), StandardCharsets.UTF_8));
        PreparedStatement artist =
            connection.prepareStatement(
                "INSERT INTO artist (name) VALUES (?) ON CONFLICT (name) DO NOTHING");
        PreparedStatement album =
            connection.prepareStatement(
                "INSERT INTO album (title, artist_id) SELECT ?, id FROM artist WHERE name = ?")) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] fields = line.split("\t", -1);
        artist.setString(1, fields[0]);
        artist.addBatch();
        album.setString(1, fields[1]);
        album.setString(2, fields[0]);
        album.addBatch();
      }
      artist.executeBatch();
      album.executeBatch();
    }
  }
}
