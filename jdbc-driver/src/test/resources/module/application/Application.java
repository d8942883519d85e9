package application;

import dev.lockstep.jdbc.LockstepDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Connects by the driver's URL, and by its data source. */
final class Application {
  private Application() {}

  public static void main(String[] arguments) throws SQLException {
    try (Connection connection = DriverManager.getConnection(arguments[0])) {
      print(connection);
    }
    LockstepDataSource source = new LockstepDataSource();
    source.setUrl(arguments[0]);
    try (Connection connection = source.getConnection()) {
      print(connection);
    }
    System.out.println(LockstepDataSource.class.getModule().getDescriptor().isAutomatic());
  }

  private static void print(Connection connection) throws SQLException {
    try (ResultSet rows = connection.createStatement().executeQuery("SELECT 1")) {
      rows.next();
      System.out.println(rows.getString(2));
    }
  }
}
