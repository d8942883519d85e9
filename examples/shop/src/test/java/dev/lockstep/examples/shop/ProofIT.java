package dev.lockstep.examples.shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/** The proof must notice what it is there to notice: shown on plain SQLite files. */
final class ProofIT {
  private static final int ORDERS = 20;

  @TempDir Path directory;

  private final List<Receipt> receipts = new ArrayList<>();
  private final Proof proof = new Proof();
  private Path file;

  @BeforeEach
  void sellSomething() throws SQLException {
    file = directory.resolve("n1.db");
    Migrations.apply(dataSource(file));
    Transactions transactions = new Transactions(dataSource(file));
    try (Connection connection = dataSource(file).getConnection()) {
      Catalogue catalogue = Catalogue.read(connection);
      SplittableRandom random = new SplittableRandom(1);
      for (int i = 0; i < ORDERS; i++) {
        Order order = catalogue.randomOrder("order-" + i, random);
        receipts.add(transactions.run(shop -> OrderDesk.place(shop, order)));
      }
    }
  }

  @Test
  void allRowsOfTheSampleDataAreLoaded() throws SQLException {
    try (NodeFile node = NodeFile.open("n1", file)) {
      Map<String, Long> rows = proof.checkEqual(List.of(node));

      int orderedRows = ORDERS + receipts.stream().mapToInt(Receipt::lines).sum();
      assertThat(V2__Load_chinook.TABLES.stream().mapToLong(rows::get).sum() - orderedRows)
          .isEqualTo(15_607);
    }
  }

  @Test
  void completeFileHasNoFault() throws SQLException {
    assertThat(checkOrders(Set.of())).isEqualTo(ORDERS);
    assertThat(proof.faults()).isEmpty();
  }

  @Test
  void lostOrderIsNoticed() throws SQLException {
    change("DELETE FROM InvoiceLine WHERE InvoiceId = " + receipts.get(3).invoiceId());
    change("DELETE FROM Invoice WHERE OrderReference = 'order-3'");

    checkOrders(Set.of());

    assertThat(proof.faults()).containsExactly("order-3: acknowledged, but lost");
  }

  @Test
  void doubledOrderIsNoticed() throws SQLException {
    change(
        "INSERT INTO Invoice (CustomerId, InvoiceDate, Total, OrderReference)"
            + " VALUES (1, '2026-01-01', 0, 'order-4')");

    checkOrders(Set.of());

    assertThat(proof.faults()).anyMatch(fault -> fault.startsWith("order-4: there twice"));
  }

  @Test
  void doubledLineIsNoticed() throws SQLException {
    change(
        "INSERT INTO InvoiceLine (InvoiceId, TrackId, UnitPrice, Quantity)"
            + " SELECT InvoiceId, TrackId, UnitPrice, Quantity FROM InvoiceLine"
            + " ORDER BY InvoiceLineId DESC LIMIT 1");

    checkOrders(Set.of());

    assertThat(proof.faults()).anyMatch(fault -> fault.startsWith("order-19: total"));
  }

  @Test
  void orderThatNobodyWasToldOfIsNoticedUnlessItsOutcomeIsUnknown() throws SQLException {
    receipts.remove(5);

    checkOrders(Set.of("order-5"));
    assertThat(proof.faults()).isEmpty();

    checkOrders(Set.of());
    assertThat(proof.faults()).containsExactly("order-5: in the file, but nobody was told so");
  }

  @Test
  void changedBitInAnotherFileIsNoticed() throws Exception {
    Path copy = Files.copy(file, directory.resolve("n2.db"));
    try (NodeFile first = NodeFile.open("n1", file);
        NodeFile second = NodeFile.open("n2", copy)) {
      proof.checkEqual(List.of(first, second));
      assertThat(proof.faults()).isEmpty();
    }

    file = copy;
    change("UPDATE Track SET Composer = NULL WHERE TrackId = 3503");

    try (NodeFile first = NodeFile.open("n1", directory.resolve("n1.db"));
        NodeFile second = NodeFile.open("n2", copy)) {
      proof.checkEqual(List.of(first, second));
      assertThat(proof.faults()).singleElement().asString().startsWith("Track differs: on n1");
    }
  }

  @Test
  void missingIndexInAnotherFileIsNoticed() throws Exception {
    Path copy = Files.copy(file, directory.resolve("n2.db"));
    file = copy;
    change("DROP INDEX TrackAlbum");

    try (NodeFile first = NodeFile.open("n1", directory.resolve("n1.db"));
        NodeFile second = NodeFile.open("n2", copy)) {
      proof.checkEqual(List.of(first, second));
    }

    assertThat(proof.faults()).singleElement().asString().startsWith("the schema differs");
  }

  private int checkOrders(Set<String> outcomeUnknown) throws SQLException {
    try (NodeFile node = NodeFile.open("n1", file)) {
      return proof.checkOrders(node, receipts, outcomeUnknown);
    }
  }

  private void change(String sql) throws SQLException {
    try (Connection connection = dataSource(file).getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static SQLiteDataSource dataSource(Path path) {
    SQLiteDataSource dataSource = new SQLiteDataSource();
    dataSource.setUrl("jdbc:sqlite:" + path);
    dataSource.setEnforceForeignKeys(true);
    return dataSource;
  }
}
