package dev.lockstep.examples.flyway;

import java.io.PrintStream;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.flywaydb.core.Flyway;

/** Two instances of an application migrate when they start; each migration is applied once. */
public final class Migrations {
  private static final int PATIENCE_MINUTES = 2;
  private static final Logger FLYWAY_LOG = Logger.getLogger("org.flywaydb");

  private Migrations() {}

  /**
   * @param args the URL
   */
  public static void main(String[] args) throws Exception {
    FLYWAY_LOG.setLevel(Level.WARNING);
    run(args[0], System.out);
  }

  static void run(String url, PrintStream out)
      throws ExecutionException, InterruptedException, SQLException {
    out.println("Two instances, started at once, have applied " + migrateTwiceAtOnce(url));
    out.println("An instance started later has applied " + migrate(url));
    print(
        url,
        "SELECT coalesce(version, 'R'), description FROM flyway_schema_history ORDER BY"
            + " installed_rank",
        out);
    print(url, "SELECT artist, albums, from_price FROM price_list ORDER BY artist", out);
  }

  /** What an application does when it starts, by whatever number of instances. */
  private static int migrate(String url) {
    return Flyway.configure().dataSource(url, null, null).load().migrate().migrationsExecuted;
  }

  /**
   * @return how many migrations both have applied together
   */
  private static int migrateTwiceAtOnce(String url)
      throws ExecutionException, InterruptedException {
    Callable<Integer> instance = () -> migrate(url);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      int applied = 0;
      for (Future<Integer> each :
          threads.invokeAll(List.of(instance, instance), PATIENCE_MINUTES, TimeUnit.MINUTES)) {
        applied += each.get();
      }
      return applied;
    } finally {
      threads.shutdownNow();
    }
  }

  private static void print(String url, String query, PrintStream out) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      int columns = rows.getMetaData().getColumnCount();
      out.println();
      while (rows.next()) {
        for (int column = 1; column <= columns; column++) {
          out.print((column == 1 ? "  " : " | ") + rows.getString(column));
        }
        out.println();
      }
    }
  }
}
