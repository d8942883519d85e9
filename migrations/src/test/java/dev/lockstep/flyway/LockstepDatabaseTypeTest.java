package dev.lockstep.flyway;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.util.ServiceLoader;
import org.flywaydb.core.api.configuration.ClassicConfiguration;
import org.flywaydb.core.extensibility.Plugin;
import org.flywaydb.core.internal.database.DatabaseTypeRegister;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LockstepDatabaseTypeTest {
  private final LockstepDatabaseType type = new LockstepDatabaseType();

  @Test
  void flywayFindsThePlugInByItsServiceFile() {
    assertThat(ServiceLoader.load(Plugin.class).stream().map(ServiceLoader.Provider::type))
        .contains(LockstepDatabaseType.class);
  }

  @Test
  void urlsOfLockstepAreRecognised() {
    assertThat(type.handlesJDBCUrl("jdbc:lockstep://a:7400,b:7400/shop")).isTrue();
    assertThat(type.handlesJDBCUrl("jdbc:p6spy:lockstep://a:7400/shop")).isTrue();
    assertThat(type.handlesJDBCUrl("jdbc:sqlite:shop.db")).isFalse();
    assertThat(type.handlesJDBCUrl("jdbc:lockstepper:x")).isFalse();
  }

  @Test
  void connectionOfLockstepIsRecognisedThoughItsProductIsSqlite(@TempDir Path directory)
      throws Exception {
    try (Connection connection = new FakeLockstep(directory.resolve("a.db")).getConnection()) {
      assertThat(connection.getMetaData().getDatabaseProductName()).isEqualTo("SQLite");
      assertThat(
              DatabaseTypeRegister.getDatabaseTypeForConnection(
                  connection, new ClassicConfiguration()))
          .isInstanceOf(LockstepDatabaseType.class);
    }
  }

  @Test
  void sqliteFilesAreLeftToFlywaysOwnType(@TempDir Path directory) throws Exception {
    try (Connection connection =
        java.sql.DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("a.db"))) {
      assertThat(
              DatabaseTypeRegister.getDatabaseTypeForConnection(
                  connection, new ClassicConfiguration()))
          .isNotInstanceOf(LockstepDatabaseType.class);
    }
  }
}
