package dev.lockstep.examples.jdbc;

import java.io.PrintStream;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** JDBC as with any other database: only the URL knows that it is a cluster. */
public final class PlainJdbc {
  private PlainJdbc() {}

  /**
   * @param args the URL
   */
  public static void main(String[] args) throws SQLException {
    run(args[0], System.out);
  }

  static void run(String url, PrintStream out) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url)) {
      createTables(connection);

      long artist = insertArtist(connection, "Miles Davis");
      out.println("Inserted an artist; the database gave it the id " + artist);

      List<Long> albums =
          insertAlbums(connection, artist, List.of("Kind of Blue", "Sketches of Spain"));
      out.println("Inserted two albums in one transaction; their ids are " + albums);

      printStock(connection, artist, out);

      long album = albums.get(0);
      int attempts = sellWhileAnotherCustomerBuys(connection, url, album);
      out.println("Sold an album; the transaction was run " + attempts + " times");
      printStock(connection, artist, out);
    }
  }

  private static void createTables(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(
          "CREATE TABLE IF NOT EXISTS artist (id INTEGER PRIMARY KEY, name TEXT NOT NULL)");
      statement.executeUpdate(
          "CREATE TABLE IF NOT EXISTS album (id INTEGER PRIMARY KEY, title TEXT NOT NULL,"
              + " artist_id INTEGER NOT NULL REFERENCES artist (id),"
              + " stock INTEGER NOT NULL CHECK (stock >= 0))");
    }
  }

  /** In autocommit mode: when this returns, a majority of the nodes has the row on disk. */
  private static long insertArtist(Connection connection, String name) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO artist (name) VALUES (?)", Statement.RETURN_GENERATED_KEYS)) {
      insert.setString(1, name);
      insert.executeUpdate();
      return generatedKeys(insert).get(0);
    }
  }

  private static List<Long> insertAlbums(Connection connection, long artist, List<String> titles)
      throws SQLException {
    return Transaction.run(
        connection,
        () -> {
          try (PreparedStatement insert =
              connection.prepareStatement(
                  "INSERT INTO album (title, artist_id, stock) VALUES (?, ?, 10)",
                  Statement.RETURN_GENERATED_KEYS)) {
            for (String title : titles) {
              insert.setString(1, title);
              insert.setLong(2, artist);
              insert.addBatch();
            }
            insert.executeBatch();
            return generatedKeys(insert);
          }
        });
  }

  private static List<Long> generatedKeys(Statement statement) throws SQLException {
    List<Long> ids = new ArrayList<>();
    try (ResultSet keys = statement.getGeneratedKeys()) {
      while (keys.next()) {
        ids.add(keys.getLong(1));
      }
    }
    return ids;
  }

  private static void printStock(Connection connection, long artist, PrintStream out)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT name, title, stock FROM album JOIN artist ON artist.id = artist_id"
                + " WHERE artist_id = ? ORDER BY title")) {
      select.setLong(1, artist);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          out.printf(
              "  %s, %s: %d in stock%n",
              rows.getString("name"), rows.getString("title"), rows.getInt("stock"));
        }
      }
    }
  }

  /**
   * Between our read and our write another customer buys the same album, so that the first attempt
   * cannot be committed.
   *
   * @return how many times the transaction was run
   */
  private static int sellWhileAnotherCustomerBuys(Connection connection, String url, long album)
      throws SQLException {
    List<Integer> stocksSeen = new ArrayList<>();
    Transaction.run(
        connection,
        () -> {
          int stock = readStock(connection, album);
          stocksSeen.add(stock);
          if (stocksSeen.size() == 1) {
            try (Connection other = DriverManager.getConnection(url)) {
              writeStock(other, album, stock - 1);
            }
          }
          writeStock(connection, album, stock - 1);
          return null;
        });
    return stocksSeen.size();
  }

  private static int readStock(Connection connection, long album) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT stock FROM album WHERE id = ?")) {
      select.setLong(1, album);
      try (ResultSet row = select.executeQuery()) {
        row.next();
        return row.getInt("stock");
      }
    }
  }

  private static void writeStock(Connection connection, long album, int stock) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE album SET stock = ? WHERE id = ?")) {
      update.setInt(1, stock);
      update.setLong(2, album);
      update.executeUpdate();
    }
  }
}
