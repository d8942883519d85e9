package dev.lockstep.examples.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.junit.LockstepExtension;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class PlainJdbcIT {
  @RegisterExtension static final LockstepExtension LOCKSTEP = LockstepExtension.threeNodes();

  @Test
  void programPrintsWhatTheReadmeSays() throws Exception {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    PlainJdbc.run(LOCKSTEP.jdbcUrl(), new PrintStream(output, true, StandardCharsets.UTF_8));

    assertThat(output.toString(StandardCharsets.UTF_8)).contains("was run 2 times");
    assertThat(Files.readString(Path.of("README.md")))
        .contains(output.toString(StandardCharsets.UTF_8));
  }

  @Test
  void transactionThatFailsLeavesNothing(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate("CREATE TABLE t (x INTEGER CHECK (x > 0))");

      assertThatThrownBy(
              () ->
                  Transaction.run(
                      connection,
                      () -> {
                        statement.executeUpdate("INSERT INTO t VALUES (1)");
                        return statement.executeUpdate("INSERT INTO t VALUES (0)");
                      }))
          .hasFieldOrPropertyWithValue("SQLState", "23514");

      assertThatThrownBy(
              () ->
                  Transaction.run(
                      connection,
                      () -> {
                        statement.executeUpdate("INSERT INTO t VALUES (1)");
                        throw new IllegalStateException();
                      }))
          .isInstanceOf(IllegalStateException.class);

      assertThat(connection.getAutoCommit()).isTrue();
      assertThat(statement.executeQuery("SELECT * FROM t").next()).isFalse();
    }
  }
}
