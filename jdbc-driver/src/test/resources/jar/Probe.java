import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;

/** An application that has nothing but the driver's jar. */
final class Probe {
  public static void main(String[] arguments) throws Exception {
    try (Connection connection = DriverManager.getConnection(arguments[0])) {
      try (PreparedStatement insert = connection.prepareStatement("INSERT ?")) {
        insert.setInt(1, 1);
        insert.executeUpdate();
      }
      try (ResultSet rows = connection.createStatement().executeQuery("SELECT 1")) {
        rows.next();
        System.out.println(rows.getString(2));
      }
      System.out.println(connection.getClass().getModule().getName());
    }
  }
}
