package dev.lockstep.spring.boot;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Up while the cluster answers, with what each node does: the application is served as long as a
 * majority of the nodes is there, and whoever watches it should know of those that are not.
 */
final class LockstepHealthIndicator extends AbstractHealthIndicator {
  /** Less than most who ask for an application's health wait; an election takes about one. */
  private static final int TIMEOUT_SECONDS = 5;

  private static final String NODES =
      "SELECT node_id, coalesce(role, 'unreachable') AS role, fault FROM lockstep.nodes";

  private final DataSource dataSource;

  LockstepHealthIndicator(DataSource dataSource) {
    super("the cluster does not answer");
    this.dataSource = dataSource;
  }

  @Override
  protected void doHealthCheck(Health.Builder builder) throws SQLException {
    Map<String, String> nodes = new TreeMap<>();
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(TIMEOUT_SECONDS);
      try (ResultSet rows = statement.executeQuery(NODES)) {
        while (rows.next()) {
          nodes.put(rows.getString("node_id"), state(rows));
        }
      }
    }
    builder.up().withDetail("nodes", nodes);
  }

  private static String state(ResultSet node) throws SQLException {
    String fault = node.getString("fault");
    String role = node.getString("role");
    return fault == null || fault.isEmpty() ? role : role + ": " + fault;
  }
}
