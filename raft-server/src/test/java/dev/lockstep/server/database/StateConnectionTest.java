package dev.lockstep.server.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lockstep's own tables in a SQLite file. */
final class StateConnectionTest {
  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void create() throws SQLException {
    file = directory.resolve("data.db");
    StateConnection.create(file, "c1", "shop");
  }

  private void change(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void ownTablesSurviveReopeningAndVacuumAndAreConsistent() throws SQLException {
    change("CREATE TABLE t(a)");
    change("VACUUM");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      assertThat(TestReplica.query(statement, "PRAGMA integrity_check")).containsExactly("ok");
    }
    try (StateConnection connection = StateConnection.open(file, "c1", "shop")) {
      assertThat(connection.readApplied()).isEqualTo(AppliedState.NONE);
    }
  }

  @Test
  void sqliteRefusesToDropOrChangeOwnTables() {
    for (String table : List.of("sqlite_lockstep_state", "sqlite_lockstep_session")) {
      assertThatThrownBy(() -> change("DROP TABLE " + table))
          .hasMessageContaining("may not be dropped");
      assertThatThrownBy(() -> change("ALTER TABLE " + table + " ADD COLUMN x"))
          .hasMessageContaining("may not be altered");
      assertThatThrownBy(() -> change("CREATE INDEX i ON " + table + "(1)"))
          .hasMessageContaining("may not be indexed");
    }
    assertThatThrownBy(() -> change("CREATE TABLE sqlite_lockstep_mine(a)"))
        .hasMessageContaining("reserved");
  }

  @Test
  void stateOfAnotherClusterIsRefused() {
    assertThatThrownBy(() -> StateConnection.open(file, "c2", "shop"))
        .isInstanceOf(StateException.class)
        .hasMessage(file + " belongs to cluster c1, not to cluster c2");
  }

  @Test
  void stateOfAnotherDatabaseIsRefused() {
    assertThatThrownBy(() -> StateConnection.open(file, "c1", "crm"))
        .isInstanceOf(StateException.class)
        .hasMessage(file + " belongs to database shop, not to database crm");
  }

  @Test
  void newerFormatIsRefused() throws SQLException {
    change("UPDATE sqlite_lockstep_state SET format = 2");
    assertThatThrownBy(() -> StateConnection.open(file, "c1", "shop"))
        .isInstanceOf(StateException.class)
        .hasMessage(file + " is of format version 2; this Lockstep reads version 1");
  }

  @Test
  void anyOtherDatabaseIsRefused() throws SQLException {
    file = directory.resolve("other.db");
    change("CREATE TABLE t(a)");
    assertThatThrownBy(() -> StateConnection.open(file, "c1", "shop"))
        .isInstanceOf(StateException.class)
        .hasMessage(file + " is a database, but not one of Lockstep");
  }

  @Test
  void fileThatIsNoDatabaseIsRefusedInWordsForAPerson() throws Exception {
    Path place = directory.resolve("state");
    new TestReplica(place).close();
    java.nio.file.Files.writeString(place.resolve("1/data.db"), "no database".repeat(100));
    assertThatThrownBy(() -> Replica.open(TestReplica.options(place)))
        .isInstanceOf(StateException.class)
        .hasMessageContaining("file is not a database");
  }
}
