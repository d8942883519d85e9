package dev.lockstep.testkit.history;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Moves money between accounts, and looks whether the total is always the same. */
final class BankClient implements Clients.Client {
  private static final int BALANCE = 100;

  /** What the clients of one bank share. */
  static final class Bank {
    private final String url;
    private final int accounts;
    private final Clients clients;
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();

    Bank(String url, int accounts, Clients clients) {
      this.url = url;
      this.accounts = accounts;
      this.clients = clients;
    }

    void open() throws SQLException {
      try (Connection connection = DriverManager.getConnection(url);
          Statement statement = connection.createStatement()) {
        statement.execute(
            "CREATE TABLE account (id INTEGER PRIMARY KEY, balance INTEGER NOT NULL"
                + " CHECK (balance >= 0))");
        statement.execute(
            "INSERT INTO account WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
                + " WHERE i < "
                + accounts
                + ") SELECT i, "
                + BALANCE
                + " FROM n");
      }
    }

    /** The totals that somebody saw and that were not the right one. */
    Queue<String> wrongTotals() {
      return wrong;
    }

    private void check(long total, String how) {
      if (total != (long) BALANCE * accounts) {
        wrong.add(total + " instead of " + (long) BALANCE * accounts + ", " + how);
      }
    }
  }

  private final Bank bank;
  private final Random random;
  private final String properties;
  private Connection connection;

  BankClient(Bank bank, Random random, String properties) throws SQLException {
    this.bank = bank;
    this.random = random;
    this.properties = properties;
    connect();
  }

  private void connect() throws SQLException {
    String query = properties.isEmpty() ? "" : "?" + properties;
    connection = DriverManager.getConnection(bank.url + query);
  }

  @Override
  public void act() throws SQLException {
    try {
      switch (random.nextInt(6)) {
        case 0 -> bank.check(sum("1 = 1"), "one statement");
        case 1 -> readInParts(true);
        case 2 -> readInParts(false);
        default -> transfer();
      }
    } catch (SQLException e) {
      bank.clients.outcomeOf(e);
    }
    if (connection.isClosed()) {
      connect();
    } else {
      if (!connection.getAutoCommit()) {
        connection.rollback();
        connection.setAutoCommit(true);
      }
      connection.setReadOnly(false);
    }
  }

  private void readInParts(boolean readOnly) throws SQLException {
    connection.setReadOnly(readOnly);
    connection.setAutoCommit(false);
    long total = sum("id % 2 = 0") + sum("id % 2 = 1");
    connection.commit();
    bank.check(total, readOnly ? "read-only transaction" : "transaction");
  }

  private void transfer() throws SQLException {
    int from = 1 + random.nextInt(bank.accounts);
    int to = 1 + (from + random.nextInt(bank.accounts - 1)) % bank.accounts;
    connection.setAutoCommit(false);
    long has = balance(from);
    long amount = Math.min(has, 1 + random.nextInt(BALANCE));
    long toHas = balance(to);
    set(from, has - amount);
    set(to, toHas + amount);
    connection.commit();
  }

  private long sum(String which) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT sum(balance) FROM account WHERE " + which)) {
      row.next();
      return row.getLong(1);
    }
  }

  private long balance(int account) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT balance FROM account WHERE id = ?")) {
      statement.setInt(1, account);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  private void set(int account, long balance) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("UPDATE account SET balance = ? WHERE id = ?")) {
      statement.setLong(1, balance);
      statement.setInt(2, account);
      statement.executeUpdate();
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
