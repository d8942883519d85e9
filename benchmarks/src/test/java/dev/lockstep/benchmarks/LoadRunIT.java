package dev.lockstep.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sqlite.SQLiteConfig;

/** The load program itself, on a plain SQLite file. */
final class LoadRunIT {
  private static final int ROWS = 500;
  private static final CpuClock CPU = CpuClock.ofThisAnd(List.of());

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(Workload.class)
  void workloadRunsWithoutErrorsAndCountsWhatItDid(Workload workload) throws Exception {
    LoadResult result = new LoadRun(this::open, workload, 2, ROWS, CPU).run(0.1, 0.3);

    assertThat(result.firstError()).isEmpty();
    assertThat(result.errors()).isZero();
    assertThat(result.operations()).isPositive();
    assertThat(result.micros().getTotalCount()).isEqualTo(result.operations());
    assertThat(result.cpuMicrosEach()).isPositive();
    assertThat(result.describe()).startsWith(workload.label() + ", 2 threads");
  }

  @Test
  void serverThatHasGoneIsReported() throws Exception {
    AtomicBoolean tablesMade = new AtomicBoolean();
    LoadRun run =
        new LoadRun(
            () -> {
              if (tablesMade.getAndSet(true)) {
                throw new SQLException("the server has gone", "08001");
              }
              return open();
            },
            Workload.READ,
            1,
            ROWS,
            CPU);

    assertThatThrownBy(() -> run.run(0, 0.1)).hasMessage("the server has gone");
  }

  @Test
  void lostRowsAreNoticed() {
    LoadRun run = new LoadRun(this::openThatLosesRows, Workload.INSERT, 1, ROWS, CPU);

    assertThatThrownBy(() -> run.run(0, 0.3))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("rows inserted");
  }

  private Connection openThatLosesRows() throws SQLException {
    Connection connection = open();
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TEMP TRIGGER IF NOT EXISTS lose AFTER INSERT ON main.bench_entry"
              + " WHEN new.id % 10 = 3 BEGIN DELETE FROM bench_entry WHERE id = new.id; END");
    } catch (SQLException e) {
      // The table is not there yet.
    }
    return connection;
  }

  private Connection open() throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.OFF);
    config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
    config.setBusyTimeout(60_000);
    return config.createConnection("jdbc:sqlite:" + directory.resolve("load.db"));
  }
}
