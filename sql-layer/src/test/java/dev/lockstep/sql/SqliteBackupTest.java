package dev.lockstep.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SqliteBackupTest {
  private static final int ROWS = 2_000;

  @TempDir Path directory;
  private Path file;
  private Path copy;
  private SqliteWriter writer;

  @BeforeEach
  void open() throws Exception {
    file = directory.resolve("data.db");
    copy = directory.resolve("copy.db");
    writer = SqliteWriter.open(file);
    writer.execute("CREATE TABLE t(a, b)");
    writer.execute("CREATE INDEX i ON t(a)");
    writer.execute("BEGIN");
    for (int i = 0; i < ROWS; i++) {
      insert(i);
    }
    // Rowids with gaps, which VACUUM INTO would close.
    writer.execute("DELETE FROM t WHERE rowid % 2 = 0");
    writer.execute("COMMIT");
    writer.execute("PRAGMA user_version = 77");
  }

  @AfterEach
  void close() throws Exception {
    writer.close();
  }

  private void insert(long number) throws SQLException {
    PreparedStatement insert = writer.prepare("INSERT INTO t VALUES (?, zeroblob(900))");
    insert.setLong(1, number);
    insert.execute();
  }

  private static String content(Path database) throws SQLException {
    try (SqliteReader reader = SqliteReader.open(database);
        ResultSet row =
            reader
                .prepare("SELECT count(*) || ' ' || sum(rowid * a) || ' ' || max(rowid) FROM t")
                .executeQuery()) {
      return row.getString(1);
    }
  }

  @Test
  void holdsExactlyThePinnedStateWhileAWriterCommits() throws Exception {
    String before = content(file);
    AtomicLong commits = new AtomicLong();
    AtomicBoolean copied = new AtomicBoolean();
    try (SqliteBackup backup = SqliteBackup.begin(file)) {
      insert(1_000_000);
      writer.execute("ALTER TABLE t ADD COLUMN late");
      Thread copying =
          new Thread(
              () -> {
                try {
                  backup.copyTo(copy);
                } catch (Exception failure) {
                  throw new AssertionError(failure);
                } finally {
                  copied.set(true);
                }
              });
      copying.start();
      do {
        writer.execute("UPDATE t SET a = a + 1 WHERE rowid % 5 = 1");
        commits.incrementAndGet();
      } while (!copied.get());
      copying.join();
    }

    assertThat(commits).hasPositiveValue();
    assertThat(content(copy)).isEqualTo(before).isNotEqualTo(content(file));
    try (SqliteWriter restored = SqliteWriter.open(copy);
        ResultSet check = restored.prepare("PRAGMA integrity_check").executeQuery()) {
      assertThat(check.getString(1)).isEqualTo("ok");
    }
  }

  /** Else a copy that is slowed down would begin anew with every commit, and never end. */
  @Test
  void goesOnWhereItWasWhenTheWriterCommitsAndCheckpointsBetweenTwoSteps() throws Exception {
    for (int i = 0; i < ROWS; i++) {
      writer.execute("INSERT INTO t VALUES (-1, zeroblob(4000))");
    }
    String before = content(file);
    List<Long> steps = new ArrayList<>();
    try (SqliteBackup backup = SqliteBackup.begin(file)) {
      long sizeBytes = backup.sizeBytes();
      backup.copyTo(
          copy,
          bytes -> {
            steps.add(bytes);
            try {
              writer.execute("UPDATE t SET a = a + 1");
              SqliteCheckpoint.run(writer);
              content(file);
            } catch (SQLException e) {
              throw new java.io.IOException(e);
            }
          });
      assertThat(steps.stream().mapToLong(Long::longValue).sum())
          .isEqualTo(sizeBytes)
          .isEqualTo(Files.size(copy));
    }

    assertThat(steps).hasSizeGreaterThan(5).allMatch(step -> step <= SqliteBackup.STEP_BYTES);
    assertThat(content(copy)).isEqualTo(before).isNotEqualTo(content(file));
  }

  @Test
  void endsTheCopyAndRemovesItWhenItsProgressFails() throws Exception {
    try (SqliteBackup backup = SqliteBackup.begin(file)) {
      assertThatThrownBy(
              () ->
                  backup.copyTo(
                      copy,
                      bytes -> {
                        throw new java.io.IOException("no room");
                      }))
          .hasRootCauseMessage("no room");
      assertThat(copy).doesNotExist();
      backup.copyTo(copy);
    }
    assertThat(content(copy)).isEqualTo(content(file));
  }

  /** While a copy pins the state, the WAL cannot begin anew and grows. */
  @Test
  void theWalShrinksAfterACopy() throws Exception {
    Path wal = directory.resolve("data.db-wal");
    writer.execute("PRAGMA wal_autocheckpoint = 0");
    try (SqliteBackup backup = SqliteBackup.begin(file)) {
      for (int i = 0; Files.size(wal) < 80L << 20; i++) {
        writer.execute("UPDATE t SET b = zeroblob(" + (900 + i % 2) + ")");
        SqliteCheckpoint.run(writer);
      }
      backup.copyTo(copy);
    }
    SqliteCheckpoint.run(writer);
    insert(1);
    assertThat(Files.size(wal)).isLessThanOrEqualTo(64L << 20);
  }

  @Test
  void copiesPagesExactlyWithTheirNumbers() throws Exception {
    int schemaVersion = writer.schemaVersion();
    try (SqliteBackup backup = SqliteBackup.begin(file)) {
      backup.copyTo(copy);
    }
    writer.execute("PRAGMA wal_checkpoint(TRUNCATE)");
    byte[] original = Files.readAllBytes(file);
    byte[] copied = Files.readAllBytes(copy);

    // The header's change counters (bytes 24 to 27 and 92 to 99) are the file's own.
    assertThat(copied).hasSameSizeAs(original);
    for (int i = 0; i < original.length; i++) {
      if ((i < 24 || i > 27) && (i < 92 || i > 99)) {
        assertThat(copied[i]).as("byte " + i).isEqualTo(original[i]);
      }
    }
    try (SqliteWriter restored = SqliteWriter.open(copy)) {
      assertThat(restored.schemaVersion()).isEqualTo(schemaVersion);
    }
  }

  @Test
  void releasesThePinnedState() throws Exception {
    SqliteBackup backup = SqliteBackup.begin(file);
    insert(1);
    assertThat(checkpointedAll()).isFalse();
    backup.close();
    backup.close();
    assertThat(checkpointedAll()).isTrue();
  }

  /** A pinned state keeps the WAL from being truncated. */
  private boolean checkpointedAll() throws SQLException {
    writer.execute("PRAGMA busy_timeout = 1");
    try (ResultSet row = writer.prepare("PRAGMA wal_checkpoint(TRUNCATE)").executeQuery()) {
      return row.getInt(1) == 0;
    }
  }

  @Test
  void doesNotOverwriteAndLeavesNothingWhenItFails() throws Exception {
    Files.writeString(copy, "precious");
    try (SqliteBackup backup = SqliteBackup.begin(file)) {
      assertThatThrownBy(() -> backup.copyTo(copy)).isInstanceOf(java.io.IOException.class);
      assertThat(copy).hasContent("precious");
      Path nowhere = directory.resolve("missing").resolve("copy.db");
      assertThatThrownBy(() -> backup.copyTo(nowhere)).isInstanceOf(SQLException.class);
      assertThat(nowhere).doesNotExist();
    }
  }
}
