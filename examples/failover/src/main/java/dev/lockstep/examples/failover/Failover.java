package dev.lockstep.examples.failover;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.lockstep.testkit.ProcessCluster;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** Writes go on while the leader is killed: the application sees a pause, and nothing is lost. */
public final class Failover {
  private static final int CASHIERS = 4;
  private static final int SALES = 200;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private Failover() {}

  /**
   * @param args a directory for the nodes' data
   */
  public static void main(String[] args) throws Exception {
    run(Path.of(args[0]), System.out);
  }

  static void run(Path directory, PrintStream out) throws Exception {
    try (ProcessCluster cluster = ProcessCluster.start(directory, 3)) {
      out.println("Started three nodes; " + cluster.awaitLeader(PATIENCE) + " leads");
      try (HikariDataSource pool = pool(cluster.jdbcUrl());
          Cashiers cashiers = open(pool)) {
        cashiers.awaitSales(SALES);

        String leader = cluster.awaitLeader(PATIENCE);
        cluster.kill(leader);
        out.println("Killed the leader " + leader + " with SIGKILL after " + SALES + " sales");
        cashiers.awaitSales(SALES);
        out.println(SALES + " more sales; " + cluster.awaitLeader(PATIENCE) + " leads");

        cluster.start(leader);
        out.println("Started " + leader + " again");
        cashiers.awaitSales(SALES);
        cashiers.stop();
        report(cashiers, readSales(pool), out);
      }
    }
  }

  private static HikariDataSource pool(String url) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setMaximumPoolSize(CASHIERS);
    return new HikariDataSource(config);
  }

  /** The table lets a receipt be there twice, so that it would be seen. */
  private static Cashiers open(DataSource dataSource) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      statement.executeUpdate("CREATE TABLE sale (id INTEGER PRIMARY KEY, receipt TEXT NOT NULL)");
    }
    return new Cashiers(dataSource, CASHIERS);
  }

  private static List<String> readSales(DataSource dataSource) throws SQLException {
    List<String> receipts = new ArrayList<>();
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT receipt FROM sale ORDER BY receipt")) {
      while (rows.next()) {
        receipts.add(rows.getString("receipt"));
      }
    }
    return receipts;
  }

  private static void report(Cashiers cashiers, List<String> stored, PrintStream out) {
    List<String> acknowledged = cashiers.receipts().stream().sorted().toList();
    out.println("Longest pause: " + cashiers.longestPause().toMillis() + " ms");
    out.println("Sales acknowledged: " + acknowledged.size() + ", in the table: " + stored.size());
    if (!stored.equals(acknowledged)) {
      throw new IllegalStateException("the table differs from what was acknowledged");
    }
    out.println("Every acknowledged sale is there once");
  }
}
