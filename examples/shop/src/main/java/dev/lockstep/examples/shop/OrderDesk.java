package dev.lockstep.examples.shop;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Turns an order into an invoice with its lines, in one transaction. Plain JDBC. */
final class OrderDesk {
  private static final String INSERT_INVOICE =
      "INSERT INTO Invoice (CustomerId, InvoiceDate, BillingAddress, BillingCity, BillingState,"
          + " BillingCountry, BillingPostalCode, Total, OrderReference)"
          + " SELECT CustomerId, CURRENT_TIMESTAMP, Address, City, State, Country, PostalCode, 0, ?"
          + " FROM Customer WHERE CustomerId = ?";

  private static final String INSERT_LINE =
      "INSERT INTO InvoiceLine (InvoiceId, TrackId, UnitPrice, Quantity)"
          + " SELECT ?, TrackId, UnitPrice, ? FROM Track WHERE TrackId = ?";

  private static final String UPDATE_TOTAL =
      "UPDATE Invoice SET Total = (SELECT round(sum(UnitPrice * Quantity), 2) FROM InvoiceLine"
          + " WHERE InvoiceId = ?) WHERE InvoiceId = ?";

  private static final String SELECT_TOTAL = "SELECT Total FROM Invoice WHERE InvoiceId = ?";

  private OrderDesk() {}

  /**
   * Places the order; when this returns, it is on a majority of the nodes.
   *
   * @param connection with autocommit off
   */
  static Receipt place(Connection connection, Order order) throws SQLException {
    long invoiceId = insertInvoice(connection, order);
    insertLines(connection, invoiceId, order);
    BigDecimal total = addUp(connection, invoiceId);
    connection.commit();
    return new Receipt(
        order.reference(), invoiceId, order.lines().size(), total, System.nanoTime());
  }

  private static long insertInvoice(Connection connection, Order order) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(INSERT_INVOICE, Statement.RETURN_GENERATED_KEYS)) {
      insert.setString(1, order.reference());
      insert.setInt(2, order.customerId());
      insert.executeUpdate();
      try (ResultSet keys = insert.getGeneratedKeys()) {
        keys.next();
        return keys.getLong(1);
      }
    }
  }

  private static void insertLines(Connection connection, long invoiceId, Order order)
      throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(INSERT_LINE)) {
      for (Order.Line line : order.lines()) {
        insert.setLong(1, invoiceId);
        insert.setInt(2, line.quantity());
        insert.setInt(3, line.trackId());
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  private static BigDecimal addUp(Connection connection, long invoiceId) throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(UPDATE_TOTAL)) {
      update.setLong(1, invoiceId);
      update.setLong(2, invoiceId);
      update.executeUpdate();
    }
    try (PreparedStatement select = connection.prepareStatement(SELECT_TOTAL)) {
      select.setLong(1, invoiceId);
      try (ResultSet row = select.executeQuery()) {
        row.next();
        return row.getBigDecimal(1).setScale(2, RoundingMode.HALF_UP);
      }
    }
  }
}
