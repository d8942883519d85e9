package dev.lockstep.testkit.history;

import dev.lockstep.testkit.history.ListTransaction.Outcome;
import dev.lockstep.testkit.history.Micro.Append;
import dev.lockstep.testkit.history.Micro.Read;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs random transactions over lists and writes down what it saw. The lists with even keys are
 * texts in one row, the others have a row for each value, so that a read is one of a range.
 */
final class ListClient implements Clients.Client {
  private static final int STEPS_MAX = 4;

  /** What the clients of one history share. */
  static final class Lists {
    private final String url;
    private final int keys;
    private final Clients clients;
    private final AtomicInteger lastTransaction = new AtomicInteger();
    private final AtomicInteger lastValue = new AtomicInteger();
    private final Queue<ListTransaction> history = new ConcurrentLinkedQueue<>();

    Lists(String url, int keys, Clients clients) {
      this.url = url;
      this.keys = keys;
      this.clients = clients;
    }

    void createTables() throws SQLException {
      try (Connection connection = DriverManager.getConnection(url);
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE TABLE list_text (k INTEGER PRIMARY KEY, v TEXT NOT NULL)");
        statement.execute(
            "CREATE TABLE list_row (k INTEGER, position INTEGER, v INTEGER NOT NULL,"
                + " PRIMARY KEY (k, position)) WITHOUT ROWID");
      }
    }

    /** Reads all lists, as the last transaction, and gives the whole history. */
    List<ListTransaction> finish() throws SQLException {
      try (ListClient last = new ListClient(this, new Random(0), "")) {
        last.readAll();
      }
      return new ArrayList<>(history);
    }
  }

  private final Lists lists;
  private final Random random;
  private final String properties;
  private Connection connection;

  /**
   * @param properties of the connection, as they stand in a URL behind the question mark
   */
  ListClient(Lists lists, Random random, String properties) throws SQLException {
    this.lists = lists;
    this.random = random;
    this.properties = properties;
    connect();
  }

  private void connect() throws SQLException {
    String query = properties.isEmpty() ? "" : "?" + properties;
    connection = DriverManager.getConnection(lists.url + query);
  }

  @Override
  public void act() throws SQLException {
    switch (random.nextInt(5)) {
      case 0 -> run(true, false, 1);
      case 1 -> run(false, true, 1 + random.nextInt(STEPS_MAX));
      default -> run(false, false, 1 + random.nextInt(STEPS_MAX));
    }
  }

  private void run(boolean autoCommit, boolean readOnly, int stepCount) throws SQLException {
    List<Micro> steps = new ArrayList<>();
    long invoked = System.nanoTime();
    Outcome outcome;
    try {
      connection.setReadOnly(readOnly);
      connection.setAutoCommit(autoCommit);
      for (int i = 0; i < stepCount; i++) {
        int key = random.nextInt(lists.keys);
        if (readOnly || random.nextBoolean()) {
          steps.add(read(key));
        } else {
          append(key, steps, !autoCommit);
        }
      }
      outcome = Outcome.COMMITTED;
      if (!autoCommit && random.nextInt(10) == 0) {
        connection.rollback();
        outcome = Outcome.ROLLED_BACK;
      } else if (!autoCommit) {
        connection.commit();
      }
    } catch (SQLException e) {
      outcome = lists.clients.outcomeOf(e);
    }
    record(invoked, outcome, steps);
    if (connection.isClosed()) {
      connect();
    } else if (!autoCommit) {
      connection.rollback();
      connection.setAutoCommit(true);
    }
  }

  private void record(long invoked, Outcome outcome, List<Micro> steps) {
    lists.history.add(
        new ListTransaction(
            lists.lastTransaction.incrementAndGet(), invoked, System.nanoTime(), outcome, steps));
  }

  private void readAll() throws SQLException {
    List<Micro> steps = new ArrayList<>();
    long invoked = System.nanoTime();
    connection.setAutoCommit(false);
    for (int key = 0; key < lists.keys; key++) {
      steps.add(read(key));
    }
    connection.commit();
    record(invoked, Outcome.COMMITTED, steps);
  }

  private void append(int key, List<Micro> steps, boolean inTransaction) throws SQLException {
    if (inTransaction && random.nextInt(8) == 0) {
      // Not in the history: whoever sees it sees something that nobody appended.
      Savepoint savepoint = connection.setSavepoint();
      append(key, lists.lastValue.incrementAndGet());
      connection.rollback(savepoint);
    }
    Append step = new Append(key, lists.lastValue.incrementAndGet());
    // Before it is done: if there is no answer, it may be done.
    steps.add(step);
    append(step.key(), step.value());
  }

  private void append(int key, int value) throws SQLException {
    String sql =
        key % 2 == 0
            ? "INSERT INTO list_text VALUES (?1, ?2)"
                + " ON CONFLICT (k) DO UPDATE SET v = v || ',' || excluded.v"
            : "INSERT INTO list_row SELECT ?1, coalesce(max(position), 0) + 1, ?2 FROM list_row"
                + " WHERE k = ?1";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setInt(1, key);
      statement.setInt(2, value);
      statement.executeUpdate();
    }
  }

  private Read read(int key) throws SQLException {
    String sql =
        key % 2 == 0
            ? "SELECT v FROM list_text WHERE k = ?"
            : "SELECT v FROM list_row WHERE k = ? ORDER BY position";
    List<Integer> values = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setInt(1, key);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          Arrays.stream(rows.getString(1).split(",")).map(Integer::valueOf).forEach(values::add);
        }
      }
    }
    return new Read(key, values);
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
