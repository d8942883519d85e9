package dev.lockstep.examples.shop;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Who may buy what, read from the database once; makes up orders from it. */
record Catalogue(List<Integer> customers, List<Integer> tracks) {
  private static final int LINES_MAX = 5;
  private static final int QUANTITY_MAX = 3;

  Catalogue {
    customers = List.copyOf(customers);
    tracks = List.copyOf(tracks);
  }

  static Catalogue read(Connection connection) throws SQLException {
    return new Catalogue(
        ids(connection, "SELECT CustomerId FROM Customer ORDER BY CustomerId"),
        ids(connection, "SELECT TrackId FROM Track ORDER BY TrackId"));
  }

  Order randomOrder(String reference, RandomGenerator random) {
    List<Order.Line> lines = new ArrayList<>();
    for (int left = 1 + random.nextInt(LINES_MAX); left > 0; left--) {
      lines.add(new Order.Line(pick(tracks, random), 1 + random.nextInt(QUANTITY_MAX)));
    }
    return new Order(reference, pick(customers, random), lines);
  }

  private static int pick(List<Integer> ids, RandomGenerator random) {
    return ids.get(random.nextInt(ids.size()));
  }

  private static List<Integer> ids(Connection connection, String sql) throws SQLException {
    List<Integer> ids = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        ids.add(rows.getInt(1));
      }
    }
    return ids;
  }
}
