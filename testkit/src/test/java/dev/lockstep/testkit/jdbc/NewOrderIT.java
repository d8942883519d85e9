package dev.lockstep.testkit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.ProcessCluster;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An application that knows nothing of 40001: TPC-C's New-Order (revision 5.11, clause 2.4) by
 * eight clients on one warehouse, with the default settings. {@code -Dlockstep.neworders=N} has
 * each client place more orders.
 */
final class NewOrderIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int CLIENTS = 8;
  private static final int ORDERS = Integer.getInteger("lockstep.neworders", 60);
  private static final int DISTRICTS = 10;
  private static final int CUSTOMERS = 100;
  private static final int ITEMS = 1_000;

  @TempDir private Path directory;
  private ProcessCluster cluster;
  private final ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
  private final AtomicInteger lost = new AtomicInteger();

  @BeforeEach
  void load() throws Exception {
    cluster = ProcessCluster.start(directory, 3);
    cluster.awaitLeader(PATIENCE);
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(
          """
          CREATE TABLE warehouse (w_id INTEGER PRIMARY KEY, w_tax REAL NOT NULL);
          CREATE TABLE district (d_id INTEGER PRIMARY KEY, d_tax REAL NOT NULL,
            d_next_o_id INTEGER NOT NULL);
          CREATE TABLE customer (c_d_id INTEGER, c_id INTEGER, c_discount REAL NOT NULL,
            PRIMARY KEY (c_d_id, c_id)) WITHOUT ROWID;
          CREATE TABLE item (i_id INTEGER PRIMARY KEY, i_price REAL NOT NULL);
          CREATE TABLE stock (s_i_id INTEGER PRIMARY KEY REFERENCES item,
            s_quantity INTEGER NOT NULL, s_ytd INTEGER NOT NULL, s_order_cnt INTEGER NOT NULL);
          CREATE TABLE orders (o_d_id INTEGER REFERENCES district, o_id INTEGER,
            o_c_id INTEGER NOT NULL, o_entry_d TEXT DEFAULT CURRENT_TIMESTAMP,
            o_ol_cnt INTEGER NOT NULL, PRIMARY KEY (o_d_id, o_id),
            FOREIGN KEY (o_d_id, o_c_id) REFERENCES customer) WITHOUT ROWID;
          CREATE TABLE new_order (no_d_id INTEGER, no_o_id INTEGER, PRIMARY KEY (no_d_id, no_o_id),
            FOREIGN KEY (no_d_id, no_o_id) REFERENCES orders) WITHOUT ROWID;
          CREATE TABLE order_line (ol_d_id INTEGER, ol_o_id INTEGER, ol_number INTEGER,
            ol_i_id INTEGER NOT NULL REFERENCES item, ol_quantity INTEGER NOT NULL,
            ol_amount REAL NOT NULL, PRIMARY KEY (ol_d_id, ol_o_id, ol_number),
            FOREIGN KEY (ol_d_id, ol_o_id) REFERENCES orders) WITHOUT ROWID;
          INSERT INTO warehouse VALUES (1, 0.1);
          """);
      statement.execute("INSERT INTO district SELECT value, 0.05, 1 " + upTo(DISTRICTS));
      statement.execute(
          "INSERT INTO customer SELECT d_id, value, 0.01 " + upTo(CUSTOMERS) + ", district");
      statement.execute("INSERT INTO item SELECT value, 1.0 + value % 100 " + upTo(ITEMS));
      statement.execute("INSERT INTO stock SELECT i_id, 50, 0, 0 FROM item");
    }
  }

  private static String upTo(int last) {
    return "FROM (WITH RECURSIVE n(value) AS (VALUES (1) UNION ALL SELECT value + 1 FROM n WHERE"
        + " value < "
        + last
        + ") SELECT value FROM n)";
  }

  @AfterEach
  void stop() throws InterruptedException {
    threads.shutdownNow();
    assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    cluster.close();
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(cluster.jdbcUrl());
  }

  @Test
  void fewerThanOneInAThousandIsLost() throws Exception {
    List<Future<Integer>> clients = new ArrayList<>();
    for (int client = 0; client < CLIENTS; client++) {
      Random random = new Random(client);
      clients.add(threads.submit(() -> placeOrders(random)));
    }
    int placed = 0;
    for (Future<Integer> client : clients) {
      placed += client.get(10, TimeUnit.MINUTES);
    }

    System.out.printf("%d orders placed, %d lost with 40001%n", placed, lost.get());
    assertThat(lost.get()).isLessThanOrEqualTo(CLIENTS * ORDERS / 1_000);
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      assertThat(number(statement, "SELECT count(*) FROM orders")).isEqualTo(placed);
      assertThat(number(statement, "SELECT sum(d_next_o_id - 1) FROM district")).isEqualTo(placed);
      assertThat(number(statement, "SELECT sum(o_ol_cnt) FROM orders"))
          .isEqualTo(number(statement, "SELECT count(*) FROM order_line"))
          .isEqualTo(number(statement, "SELECT sum(s_order_cnt) FROM stock"));
      assertThat(number(statement, "SELECT sum(s_ytd) FROM stock"))
          .isEqualTo(number(statement, "SELECT sum(ol_quantity) FROM order_line"));
    }
  }

  private static int number(Statement statement, String sql) throws SQLException {
    try (ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getInt(1);
    }
  }

  /** Gives how many it has placed: not those with an unknown item, and not those that are lost. */
  private int placeOrders(Random random) throws SQLException {
    int placed = 0;
    try (Connection connection = connect();
        NewOrder newOrder = new NewOrder(connection)) {
      connection.setAutoCommit(false);
      for (int i = 0; i < ORDERS; i++) {
        int items = 5 + random.nextInt(11);
        int[] order = random.ints(items, 1, ITEMS + 1).distinct().toArray();
        if (random.nextInt(100) == 0) {
          order[order.length - 1] = ITEMS + 1;
        }
        try {
          if (newOrder.place(1 + random.nextInt(DISTRICTS), 1 + random.nextInt(CUSTOMERS), order)) {
            placed++;
          }
        } catch (SQLException e) {
          if (!"40001".equals(e.getSQLState())) {
            throw e;
          }
          lost.incrementAndGet();
        }
      }
    }
    return placed;
  }

  /** The transaction, a statement for each step of the clause. */
  private static final class NewOrder implements AutoCloseable {
    private final Connection connection;
    private final List<PreparedStatement> prepared = new ArrayList<>();
    private final PreparedStatement warehouse;
    private final PreparedStatement district;
    private final PreparedStatement nextId;
    private final PreparedStatement customer;
    private final PreparedStatement order;
    private final PreparedStatement newOrder;
    private final PreparedStatement item;
    private final PreparedStatement stock;
    private final PreparedStatement newStock;
    private final PreparedStatement line;

    NewOrder(Connection connection) throws SQLException {
      this.connection = connection;
      warehouse = prepare("SELECT w_tax FROM warehouse WHERE w_id = 1");
      district = prepare("SELECT d_tax, d_next_o_id FROM district WHERE d_id = ?");
      nextId = prepare("UPDATE district SET d_next_o_id = ? WHERE d_id = ?");
      customer = prepare("SELECT c_discount FROM customer WHERE c_d_id = ? AND c_id = ?");
      order = prepare("INSERT INTO orders (o_d_id, o_id, o_c_id, o_ol_cnt) VALUES (?, ?, ?, ?)");
      newOrder = prepare("INSERT INTO new_order VALUES (?, ?)");
      item = prepare("SELECT i_price FROM item WHERE i_id = ?");
      stock = prepare("SELECT s_quantity FROM stock WHERE s_i_id = ?");
      newStock =
          prepare(
              "UPDATE stock SET s_quantity = ?, s_ytd = s_ytd + ?, s_order_cnt = s_order_cnt + 1"
                  + " WHERE s_i_id = ?");
      line = prepare("INSERT INTO order_line VALUES (?, ?, ?, ?, ?, ?)");
    }

    private PreparedStatement prepare(String sql) throws SQLException {
      PreparedStatement statement = connection.prepareStatement(sql);
      prepared.add(statement);
      return statement;
    }

    boolean place(int districtId, int customerId, int[] items) throws SQLException {
      double tax = (double) one(warehouse);
      int id = nextOrderId(districtId);
      double discount = (double) one(customer, districtId, customerId);
      update(order, districtId, id, customerId, items.length);
      update(newOrder, districtId, id);
      for (int number = 1; number <= items.length; number++) {
        int itemId = items[number - 1];
        Object price = one(item, itemId);
        if (price == null) {
          connection.rollback();
          return false;
        }
        int quantity = 1 + (id + number) % 10;
        int left = ((Number) one(stock, itemId)).intValue() - quantity;
        update(newStock, left < 10 ? left + 91 : left, quantity, itemId);
        double amount = quantity * (double) price * (1 + tax) * (1 - discount);
        update(line, districtId, id, number, itemId, quantity, amount);
      }
      connection.commit();
      return true;
    }

    private int nextOrderId(int districtId) throws SQLException {
      district.setInt(1, districtId);
      int id;
      try (ResultSet rows = district.executeQuery()) {
        rows.next();
        id = rows.getInt(2);
      }
      update(nextId, id + 1, districtId);
      return id;
    }

    private static Object one(PreparedStatement query, Object... values) throws SQLException {
      set(query, values);
      try (ResultSet rows = query.executeQuery()) {
        return rows.next() ? rows.getObject(1) : null;
      }
    }

    private static void update(PreparedStatement statement, Object... values) throws SQLException {
      set(statement, values);
      assertThat(statement.executeUpdate()).isEqualTo(1);
    }

    private static void set(PreparedStatement statement, Object... values) throws SQLException {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
    }

    @Override
    public void close() throws SQLException {
      for (PreparedStatement statement : prepared) {
        statement.close();
      }
    }
  }
}
