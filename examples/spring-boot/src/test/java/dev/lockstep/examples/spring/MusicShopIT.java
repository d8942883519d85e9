package dev.lockstep.examples.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.testkit.junit.LockstepExtension;
import java.net.http.HttpResponse;
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
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Three instances of the service that are started at once, on three nodes. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class MusicShopIT {
  private static final int INSTANCES = 3;
  private static final int ORDERS = 60;
  private static final int TRACKS = 22;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @RegisterExtension
  static final LockstepExtension LOCKSTEP = LockstepExtension.threeNodes().keepingData();

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  static Path directory;

  private static final List<Instance> SHOPS = new ArrayList<>();

  @BeforeAll
  static void startInstances() throws Exception {
    for (int i = 1; i <= INSTANCES; i++) {
      SHOPS.add(new Instance(directory.resolve("shop" + i + ".log"), LOCKSTEP.jdbcUrl()));
    }
    SHOPS.forEach(Instance::port);
  }

  @AfterAll
  static void stopInstances() throws InterruptedException {
    Instance.stopAll(SHOPS);
  }

  @Test
  @Order(1)
  void instancesThatMigrateAtOnceApplyEachMigrationOnce(Connection connection) throws Exception {
    assertThat(
            strings(
                connection, "SELECT version FROM flyway_schema_history ORDER BY installed_rank"))
        .containsExactly("1", "2");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  @Order(1)
  void instanceListensAtItsPortOfTheLoopbackAddressAndNowhereElse() throws Exception {
    for (Instance shop : SHOPS) {
      assertThat(shop.get("/artists").statusCode()).isEqualTo(200);
      assertThat(ListeningSockets.of(shop.pid())).containsExactly("tcp 127.0.0.1:" + shop.port());
    }
  }

  @Test
  @Order(1)
  void catalogueIsReadAtFollowers(Connection leader) throws Exception {
    String calls = "SELECT coalesce(sum(calls), 0) FROM lockstep.statements WHERE text LIKE";
    String before = strings(leader, calls + " '%FROM artist %'").get(0);

    for (Instance shop : SHOPS) {
      assertThat(shop.get("/artists").body()).contains("AC/DC");
      assertThat(shop.get("/artists/1/albums").body()).contains("Let There Be Rock");
      assertThat(shop.get("/albums/4/tracks").body()).contains("Whole Lotta Rosie", "0.99");
    }

    assertThat(strings(leader, calls + " '%FROM artist %'")).containsExactly(before);
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              String follower = "?targetServerType=preferFollower&readOnly=true";
              try (Connection other = DriverManager.getConnection(LOCKSTEP.jdbcUrl() + follower)) {
                return !strings(other, calls + " '%FROM artist %'").get(0).equals("0");
              }
            });
  }

  @Test
  @Order(1)
  void orderThatCannotBeServedIsRefusedAndLeavesNothing(Connection connection) throws Exception {
    Instance shop = SHOPS.get(0);
    assertThat(shop.order("first", 22, 1).statusCode()).isEqualTo(201);
    assertThat(shop.get("/orders/first").body()).contains("first", "0.99");

    assertThat(shop.order("first", 22, 1).statusCode()).isEqualTo(409);
    assertThat(shop.order("much", 22, 5_000).body()).contains("Whole Lotta Rosie are left");
    assertThat(shop.order("nothing", 22, 0).statusCode()).isEqualTo(400);
    assertThat(shop.order("unknown", 999, 1).statusCode()).isEqualTo(404);

    assertThat(shop.get("/orders/much").statusCode()).isEqualTo(404);
    assertThat(
            strings(
                connection,
                "SELECT reference FROM purchase WHERE reference IN ('much', 'nothing', 'unknown')"))
        .isEmpty();
  }

  /** While deliveries change the stock under them, which has transactions run again. */
  @Test
  @Order(2)
  void acknowledgedOrdersAreThereOnceWhenTheLeaderIsLost(Connection connection) throws Exception {
    int stock = stock(connection);
    int soldBefore = strings(connection, "SELECT id FROM purchase_line").size();
    Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
    ExecutorService threads = Executors.newFixedThreadPool(INSTANCES + 1);
    try {
      List<Future<Integer>> work = new ArrayList<>();
      for (int i = 0; i < INSTANCES; i++) {
        work.add(threads.submit(customer(i, acknowledged)));
      }
      work.add(threads.submit(deliveries(acknowledged)));
      awaitOrders(ORDERS / 2, acknowledged, work);
      String leader = LOCKSTEP.killLeader();
      awaitOrders(ORDERS, acknowledged, work);
      LOCKSTEP.start(leader);

      int delivered = 0;
      for (Future<Integer> each : work) {
        delivered += each.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      }
      List<String> purchases =
          strings(connection, "SELECT reference FROM purchase WHERE reference LIKE 'shop %'");
      assertThat(purchases)
          .hasSize(INSTANCES * ORDERS)
          .containsExactlyInAnyOrderElementsOf(acknowledged);
      int sold = strings(connection, "SELECT id FROM purchase_line").size() - soldBefore;
      assertThat(sold).isEqualTo(INSTANCES * ORDERS);
      assertThat(stock(connection)).isEqualTo(stock + delivered - sold);
    } finally {
      threads.shutdownNow();
    }
  }

  /** Waits for more than so many; less if somebody has failed, or is done. */
  private static void awaitOrders(
      int count, Queue<String> acknowledged, List<Future<Integer>> work) {
    await()
        .atMost(PATIENCE)
        .until(() -> acknowledged.size() > count || work.stream().anyMatch(Future::isDone));
  }

  /** Orders one track after the other at one instance. */
  private static Callable<Integer> customer(int shop, Queue<String> acknowledged) {
    return () -> {
      for (int i = 0; i < ORDERS; i++) {
        String reference = "shop " + shop + ", order " + i;
        HttpResponse<String> answer = SHOPS.get(shop).order(reference, 1 + i % TRACKS, 1);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        acknowledged.add(reference);
      }
      return 0;
    };
  }

  /** Delivers tracks until all orders are placed; gives how many. */
  private static Callable<Integer> deliveries(Queue<String> acknowledged) {
    return () -> {
      try (Connection connection = DriverManager.getConnection(LOCKSTEP.jdbcUrl());
          PreparedStatement update =
              connection.prepareStatement("UPDATE track SET stock = stock + 1 WHERE id = ?")) {
        int delivered = 0;
        for (; acknowledged.size() < INSTANCES * ORDERS && !Thread.interrupted(); delivered++) {
          update.setInt(1, 1 + delivered % TRACKS);
          assertThat(update.executeUpdate()).isEqualTo(1);
        }
        return delivered;
      }
    };
  }

  @Test
  @Order(3)
  void healthTellsOfALostNodeAndIsGood() throws Exception {
    LOCKSTEP.killLeader();
    for (Instance shop : SHOPS) {
      HttpResponse<String> health = shop.get("/actuator/health");
      assertThat(health.statusCode()).as(health.body()).isEqualTo(200);
      assertThat(health.body()).contains("\"lockstep\"", "leader", "follower", "unreachable");
    }
  }

  private static int stock(Connection connection) throws SQLException {
    return Integer.parseInt(strings(connection, "SELECT sum(stock) FROM track").get(0));
  }

  private static List<String> strings(Connection connection, String sql) throws SQLException {
    List<String> strings = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        strings.add(rows.getString(1));
      }
    }
    return strings;
  }
}
