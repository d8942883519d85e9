package dev.lockstep.testkit.history;

import dev.lockstep.testkit.history.RegisterChecker.Action;
import dev.lockstep.testkit.history.RegisterChecker.Operation;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Reads, writes, and compares and sets registers in autocommit mode. */
final class RegisterClient implements Clients.Client {
  private static final int VALUES = 5;

  /** What the clients of one history share: registers with numbers from 0, first 0 each. */
  static final class Registers {
    private final String url;
    private final Clients clients;
    private final List<Queue<Operation>> histories = new ArrayList<>();

    Registers(String url, int count, Clients clients) {
      this.url = url;
      this.clients = clients;
      for (int i = 0; i < count; i++) {
        histories.add(new ConcurrentLinkedQueue<>());
      }
    }

    void create() throws SQLException {
      try (Connection connection = DriverManager.getConnection(url);
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE TABLE register (id INTEGER PRIMARY KEY, value INTEGER)");
        for (int i = 0; i < histories.size(); i++) {
          statement.execute("INSERT INTO register VALUES (" + i + ", 0)");
        }
      }
    }

    /** The numbers of the registers whose histories are not linearizable. */
    List<Integer> wrong() {
      List<Integer> wrong = new ArrayList<>();
      for (int i = 0; i < histories.size(); i++) {
        if (!RegisterChecker.isLinearizable(0, List.copyOf(histories.get(i)))) {
          wrong.add(i);
        }
      }
      return wrong;
    }
  }

  private final Registers registers;
  private final Random random;
  private final String properties;
  private Connection connection;

  RegisterClient(Registers registers, Random random, String properties) throws SQLException {
    this.registers = registers;
    this.random = random;
    this.properties = properties;
    connect();
  }

  private void connect() throws SQLException {
    String query = properties.isEmpty() ? "" : "?" + properties;
    connection = DriverManager.getConnection(registers.url + query);
  }

  @Override
  public void act() throws SQLException {
    int register = random.nextInt(registers.histories.size());
    Queue<Operation> history = registers.histories.get(register);
    int expected = random.nextInt(VALUES);
    int value = random.nextInt(VALUES);
    long called = System.nanoTime();
    Action ifUnknown = null;
    try {
      Action action;
      switch (random.nextInt(4)) {
        case 0 -> {
          ifUnknown = new Action.Write(value);
          update("UPDATE register SET value = ?2 WHERE id = ?1", register, value, 0);
          action = ifUnknown;
        }
        case 1 -> {
          ifUnknown = new Action.CompareAndSet(expected, value, true);
          int rows =
              update(
                  "UPDATE register SET value = ?2 WHERE id = ?1 AND value = ?3",
                  register,
                  value,
                  expected);
          action = new Action.CompareAndSet(expected, value, rows == 1);
        }
        default -> action = new Action.Read(read(register));
      }
      history.add(new Operation(called, System.nanoTime(), action));
    } catch (SQLException e) {
      registers.clients.outcomeOf(e);
      if (ifUnknown != null) {
        history.add(new Operation(called, Long.MAX_VALUE, ifUnknown));
      }
      if (connection.isClosed()) {
        connect();
      }
    }
  }

  private int update(String sql, int register, int value, int expected) throws SQLException {
    connection.setReadOnly(false);
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setInt(1, register);
      statement.setInt(2, value);
      if (sql.contains("?3")) {
        statement.setInt(3, expected);
      }
      return statement.executeUpdate();
    }
  }

  private int read(int register) throws SQLException {
    connection.setReadOnly(true);
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT value FROM register WHERE id = ?")) {
      statement.setInt(1, register);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getInt(1);
      }
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
