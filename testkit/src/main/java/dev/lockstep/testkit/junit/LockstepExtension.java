package dev.lockstep.testkit.junit;

import dev.lockstep.jdbc.LockstepDataSource;
import dev.lockstep.server.node.NodeStartException;
import dev.lockstep.testkit.LocalCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives a test class, with its nested ones, a cluster inside this JVM:
 *
 * <pre>{@code
 * @RegisterExtension
 * static final LockstepExtension LOCKSTEP =
 *     LockstepExtension.threeNodes()
 *         .withSchema(pool -> Flyway.configure().dataSource(pool).load().migrate());
 *
 * @Test
 * void accountsAreStored(DataSource pool) {
 *   // ...
 * }
 * }</pre>
 *
 * <p>Before each test the nodes that a test has killed are started again, and the database is
 * emptied and gets its schema. Test methods and their callbacks may have a {@link DataSource} as a
 * parameter, or a {@link Connection}, which is closed after the test. When the class is done the
 * nodes are stopped and their data is deleted.
 *
 * <p>Must be registered in a static field. The tests of a class must not run in parallel.
 */
public final class LockstepExtension
    implements BeforeAllCallback,
        BeforeEachCallback,
        AfterEachCallback,
        AfterAllCallback,
        ParameterResolver {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final int NODES = 3;

  private final int nodeCount;
  private final List<Schema> schemas = new ArrayList<>();
  private final List<Connection> connections = new ArrayList<>();
  private boolean keepsData;

  /** Test classes, one within the other, that are being run. */
  private int depth;

  private Path directory;
  private LocalCluster cluster;
  private LockstepDataSource dataSource;

  /** Makes tables, and rows that all tests start with. */
  @FunctionalInterface
  public interface Schema {
    void create(DataSource dataSource) throws Exception;
  }

  private LockstepExtension(int nodeCount) {
    this.nodeCount = nodeCount;
  }

  /** Enough for an application that is to find its database; starts soonest. */
  public static LockstepExtension oneNode() {
    return new LockstepExtension(1);
  }

  /** For tests that look at what the application does when the leader is lost. */
  public static LockstepExtension threeNodes() {
    return new LockstepExtension(NODES);
  }

  /** Has this done before each test, after the database was emptied; several are done in order. */
  public LockstepExtension withSchema(Schema schema) {
    schemas.add(schema);
    return this;
  }

  /** Empties nothing between tests: what one has written the next one finds. */
  public LockstepExtension keepingData() {
    keepsData = true;
    return this;
  }

  /** A URL with the addresses of all nodes. */
  public String jdbcUrl() {
    return started().jdbcUrl();
  }

  /** Makes a new connection each time; put a pool before it if your application does. */
  public DataSource dataSource() {
    started();
    return dataSource;
  }

  /** The ids of the nodes that run: {@code n1}, {@code n2}, {@code n3}. */
  public List<String> running() {
    return started().running();
  }

  /** Waits for a leader; gives its node's id. */
  public String leader() {
    return started().awaitLeader(PATIENCE);
  }

  /** Ends the node that leads, as if its process was killed; gives its id. */
  public String killLeader() {
    String leader = leader();
    kill(leader);
    return leader;
  }

  /** Ends a node, as if its process was killed. */
  public void kill(String node) {
    started().kill(node);
  }

  /** Starts a node that was killed, with the data it had. */
  public void start(String node) {
    try {
      started().start(node);
    } catch (NodeStartException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  private LocalCluster started() {
    if (cluster == null) {
      throw new IllegalStateException(
          "the cluster runs from before the first test of the class to after the last one;"
              + " the extension must be registered in a static field");
    }
    return cluster;
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    depth++;
    if (depth > 1) {
      return;
    }
    try {
      directory = Files.createTempDirectory("lockstep-test-");
      cluster = LocalCluster.start(directory, nodeCount);
      cluster.awaitLeader(PATIENCE);
      dataSource = new LockstepDataSource();
      dataSource.setUrl(cluster.jdbcUrl());
      if (keepsData) {
        createSchema();
      }
    } catch (Exception | Error e) {
      // At once; afterAll, which JUnit calls nevertheless, then finds nothing to give back.
      depth--;
      stop();
      throw e;
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) throws Exception {
    List<String> running = started().running();
    IntStream.rangeClosed(1, nodeCount)
        .mapToObj(number -> "n" + number)
        .filter(node -> !running.contains(node))
        .forEach(this::start);
    if (!keepsData) {
      DatabaseReset.run(dataSource);
      createSchema();
    }
  }

  private void createSchema() throws Exception {
    for (Schema schema : schemas) {
      schema.create(dataSource);
    }
  }

  @Override
  public void afterEach(ExtensionContext context) throws SQLException {
    SQLException failure = null;
    for (Connection connection : connections) {
      try {
        connection.close();
      } catch (SQLException e) {
        failure = e;
      }
    }
    connections.clear();
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    if (depth == 0) {
      return;
    }
    depth--;
    if (depth == 0) {
      // Those of methods that run before or after all tests.
      try {
        afterEach(context);
      } finally {
        stop();
      }
    }
  }

  private void stop() throws IOException {
    try {
      if (cluster != null) {
        cluster.close();
      }
    } finally {
      cluster = null;
      dataSource = null;
      if (directory != null) {
        delete(directory);
        directory = null;
      }
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      files
          .sorted(Comparator.reverseOrder())
          .forEach(
              file -> {
                try {
                  Files.delete(file);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == DataSource.class || type == Connection.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    if (parameter.getParameter().getType() == DataSource.class) {
      return dataSource();
    }
    try {
      Connection connection = dataSource().getConnection();
      connections.add(connection);
      return connection;
    } catch (SQLException e) {
      throw new IllegalStateException("no connection to the cluster: " + e.getMessage(), e);
    }
  }
}
