package dev.lockstep.testkit.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the extension gives back. */
class LockstepExtensionLifeTest {
  private static Set<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("lockstep-"))
        // The driver's, which ends when it has had nothing to do for a while.
        .filter(name -> !name.equals("lockstep-probe"))
        .collect(Collectors.toSet());
  }

  @Test
  void nothingRunsAfterTheLastTest() throws Exception {
    LockstepExtension extension = LockstepExtension.oneNode();
    extension.beforeAll(null);
    String url = extension.jdbcUrl();
    extension.beforeEach(null);
    extension.afterEach(null);
    extension.afterAll(null);

    assertThatThrownBy(() -> DriverManager.getConnection(url + "?loginTimeout=1"))
        .isInstanceOf(SQLException.class);
    assertThat(threads()).isEmpty();
    assertThatIllegalStateException()
        .isThrownBy(extension::jdbcUrl)
        .withMessageContaining("static field");
  }

  @Test
  void schemaThatFailsGivesEverythingBack() {
    LockstepExtension extension =
        LockstepExtension.oneNode()
            .keepingData()
            .withSchema(
                dataSource -> {
                  throw new IllegalStateException("no such migration");
                });

    assertThatIllegalStateException()
        .isThrownBy(() -> extension.beforeAll(null))
        .withMessage("no such migration");
    assertThat(threads()).isEmpty();
    assertThatIllegalStateException().isThrownBy(extension::dataSource);
  }

  /** JUnit calls afterAll of an extension whose beforeAll has failed, too. */
  @Test
  void classThatIsRunAgainAfterItsStartFailedGivesEverythingBack() throws Exception {
    AtomicInteger starts = new AtomicInteger();
    LockstepExtension extension =
        LockstepExtension.oneNode()
            .keepingData()
            .withSchema(
                dataSource -> {
                  if (starts.incrementAndGet() == 1) {
                    throw new IllegalStateException("no such migration");
                  }
                });
    assertThatIllegalStateException().isThrownBy(() -> extension.beforeAll(null));
    extension.afterAll(null);

    extension.beforeAll(null);
    extension.afterAll(null);
    assertThat(threads()).isEmpty();
    assertThatIllegalStateException().isThrownBy(extension::dataSource);
  }

  @Test
  void dataIsKeptIfAskedFor() throws Exception {
    LockstepExtension extension =
        LockstepExtension.oneNode()
            .keepingData()
            .withSchema(dataSource -> execute(dataSource.getConnection(), "CREATE TABLE t (a)"));
    extension.beforeAll(null);
    try {
      extension.beforeEach(null);
      execute(extension.dataSource().getConnection(), "INSERT INTO t VALUES (1)");
      extension.afterEach(null);
      extension.beforeEach(null);
      execute(extension.dataSource().getConnection(), "UPDATE t SET a = 2");
      extension.afterEach(null);
    } finally {
      extension.afterAll(null);
    }
  }

  /** And closes the connection. */
  private static void execute(Connection connection, String sql) throws SQLException {
    try (connection;
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
      if (!sql.startsWith("CREATE")) {
        assertThat(statement.getUpdateCount()).isEqualTo(1);
      }
    }
  }
}
