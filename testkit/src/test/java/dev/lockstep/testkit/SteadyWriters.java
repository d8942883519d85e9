package dev.lockstep.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Applications that insert rows all the time, and must see no exception. */
final class SteadyWriters implements AutoCloseable {
  private static final String TABLE = "steady";

  private final String url;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Future<Long>> writers = new ArrayList<>();
  private final AtomicLong written = new AtomicLong();
  private volatile boolean ending;

  private SteadyWriters(String url) {
    this.url = url;
  }

  static SteadyWriters start(String url, int count) throws SQLException {
    SteadyWriters steady = new SteadyWriters(url);
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE " + TABLE + " (id INTEGER PRIMARY KEY, writer INTEGER, note TEXT)");
    }
    for (int i = 0; i < count; i++) {
      int writer = i;
      steady.writers.add(steady.threads.submit(() -> steady.write(writer)));
    }
    return steady;
  }

  private long write(int writer) throws SQLException {
    long rows = 0;
    try (Connection connection = DriverManager.getConnection(url);
        PreparedStatement insert =
            connection.prepareStatement("INSERT INTO " + TABLE + " (writer, note) VALUES (?, ?)")) {
      while (!ending) {
        insert.setInt(1, writer);
        insert.setString(2, "row " + rows + " of writer " + writer);
        assertThat(insert.executeUpdate()).isEqualTo(1);
        rows++;
        written.incrementAndGet();
      }
    }
    return rows;
  }

  /** Rows that were acknowledged so far. */
  long written() {
    return written.get();
  }

  /** Ends the writers; each acknowledged row must be there, once. */
  void endAndCheck() throws Exception {
    ending = true;
    long total = 0;
    for (Future<Long> writer : writers) {
      total += writer.get(60, TimeUnit.SECONDS);
    }
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT count(*) FROM " + TABLE)) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getLong(1)).isEqualTo(total);
    }
  }

  @Override
  public void close() throws InterruptedException {
    ending = true;
    threads.shutdownNow();
    assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
  }
}
