package dev.lockstep.examples.shop;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Compares what the clients were told with what is in the files, and the files with each other.
 * Collects everything that is wrong instead of stopping at the first.
 */
final class Proof {
  private static final int LISTED_MAX = 10;

  private final List<String> faults = new ArrayList<>();

  /** What is wrong: nothing, if all went well. */
  List<String> faults() {
    return faults.size() <= LISTED_MAX
        ? List.copyOf(faults)
        : List.copyOf(faults.subList(0, LISTED_MAX));
  }

  int faultCount() {
    return faults.size();
  }

  private record FoundOrder(long invoiceId, BigDecimal total, int lines, BigDecimal sumOfLines) {}

  /**
   * Every acknowledged order is in the file once and as it was acknowledged; no order is there
   * twice; none is there that nobody placed; each total is the sum of its lines.
   *
   * @param outcomeUnknown references of orders that failed: they may be there or not
   * @return how many orders the file holds
   */
  int checkOrders(NodeFile file, List<Receipt> receipts, Set<String> outcomeUnknown)
      throws SQLException {
    Map<String, FoundOrder> found = findOrders(file);
    Set<String> acknowledged = new HashSet<>();
    for (Receipt receipt : receipts) {
      acknowledged.add(receipt.reference());
      checkReceipt(receipt, found.get(receipt.reference()));
    }
    found.forEach(
        (reference, order) -> {
          if (order.total().compareTo(order.sumOfLines()) != 0) {
            faults.add(
                "%s: total %s, lines %s".formatted(reference, order.total(), order.sumOfLines()));
          }
          if (!acknowledged.contains(reference) && !outcomeUnknown.contains(reference)) {
            faults.add(reference + ": in the file, but nobody was told so");
          }
        });
    return found.size();
  }

  private void checkReceipt(Receipt receipt, FoundOrder order) {
    if (order == null) {
      faults.add(receipt.reference() + ": acknowledged, but lost");
    } else if (order.invoiceId() != receipt.invoiceId()
        || order.lines() != receipt.lines()
        || order.total().compareTo(receipt.total()) != 0) {
      faults.add("acknowledged as %s, found as %s".formatted(receipt, order));
    }
  }

  private Map<String, FoundOrder> findOrders(NodeFile file) throws SQLException {
    Map<String, FoundOrder> found = new HashMap<>();
    try (Statement statement = file.connection().createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT i.OrderReference, i.InvoiceId, i.Total, count(l.InvoiceLineId),"
                    + " coalesce(sum(l.UnitPrice * l.Quantity), 0)"
                    + " FROM Invoice i LEFT JOIN InvoiceLine l ON l.InvoiceId = i.InvoiceId"
                    + " WHERE i.OrderReference IS NOT NULL GROUP BY i.InvoiceId")) {
      while (row.next()) {
        FoundOrder order =
            new FoundOrder(row.getLong(2), cents(row, 3), row.getInt(4), cents(row, 5));
        FoundOrder other = found.put(row.getString(1), order);
        if (other != null) {
          faults.add(
              "%s: there twice, as invoices %d and %d"
                  .formatted(row.getString(1), other.invoiceId(), order.invoiceId()));
        }
      }
    }
    return found;
  }

  /** Prices are stored as floating point numbers, as SQLite has no decimals. */
  private static BigDecimal cents(ResultSet row, int column) throws SQLException {
    return BigDecimal.valueOf(row.getDouble(column)).setScale(2, RoundingMode.HALF_UP);
  }

  /**
   * All files hold the same definitions and the same rows.
   *
   * @return rows by table
   */
  Map<String, Long> checkEqual(List<NodeFile> files) throws SQLException {
    Map<String, TableDigest> expected = digests(files.get(0));
    for (NodeFile file : files.subList(1, files.size())) {
      Map<String, TableDigest> actual = digests(file);
      Set<String> names = new HashSet<>(expected.keySet());
      names.addAll(actual.keySet());
      for (String name : names) {
        if (!actual.containsKey(name) || !actual.get(name).equals(expected.get(name))) {
          faults.add(
              "%s differs: on %s %s, on %s %s"
                  .formatted(
                      name,
                      files.get(0).nodeId(),
                      expected.get(name),
                      file.nodeId(),
                      actual.get(name)));
        }
      }
    }
    Map<String, Long> rows = new TreeMap<>();
    for (String table : files.get(0).tables()) {
      rows.put(table, expected.get(table).rows());
    }
    return rows;
  }

  private static Map<String, TableDigest> digests(NodeFile file) throws SQLException {
    Map<String, TableDigest> digests = new HashMap<>();
    digests.put("the schema", file.schemaDigest());
    for (String table : file.tables()) {
      digests.put(table, file.tableDigest(table));
    }
    return digests;
  }
}
