package dev.lockstep.examples.shop;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The whole of Lockstep in one run: starts three nodes, migrates a database, takes orders while it
 * kills leaders, and proves from the nodes' files that nothing was lost or doubled. Ends with code
 * 0 only if all of it is true.
 */
@Command(
    name = "examples/run-shop.sh",
    sortOptions = false,
    description = {
      "Starts a cluster of three nodes, loads a music shop's database, takes orders while the"
          + " leading node is killed and started again, and proves that no order was lost or"
          + " doubled. Then the cluster stays up until Ctrl-C.",
      ""
    })
public final class ShopDemo implements Callable<Integer> {
  private static final Duration LEADER_LIMIT = Duration.ofSeconds(60);
  private static final Duration CATCH_UP_LIMIT = Duration.ofSeconds(60);
  private static final int TWO_KILLS_SECONDS_MIN = 15;
  private static final long SEED = 20_260_101;

  @Option(names = "--exit", description = "End after the proof instead of waiting for Ctrl-C.")
  private boolean exit;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Directory for the nodes' data and logs; must be empty or not exist. Default: a new one"
              + " in examples/shop/target.")
  private Path data;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "20",
      description =
          "How long orders are taken; from 15 s on the leader is killed twice, else once."
              + " Default: ${DEFAULT-VALUE}.")
  private int seconds;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "8",
      description = "Threads that place orders. Default: ${DEFAULT-VALUE}.")
  private int threads;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "7401",
      description =
          "Client port of the first node; the others take the next two, and the nodes among"
              + " themselves those 10 higher. Default: ${DEFAULT-VALUE}.")
  private int port;

  @SuppressWarnings("unused") // picocli looks at it.
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Print this and end.")
  private boolean help;

  private final Story story = new Story(System.out);

  public static void main(String[] args) {
    System.exit(
        new CommandLine(new ShopDemo())
            .setExecutionExceptionHandler(ShopDemo::explain)
            .execute(args));
  }

  /** A failure with a message for people is told as such; anything else is a defect. */
  private static int explain(
      Exception failure, CommandLine commandLine, CommandLine.ParseResult parsed) {
    System.err.println();
    if (failure instanceof DemoFailure) {
      System.err.println("FAILED: " + failure.getMessage());
    } else {
      System.err.println("FAILED unexpectedly:");
      failure.printStackTrace();
    }
    return 1;
  }

  @Override
  public Integer call() throws Exception {
    checkOptions();
    Path base = createDirectory();
    System.setProperty("shop.log", base.resolve("shop.log").toString());
    System.setProperty("logback.configurationFile", "logback-shop.xml");
    story.title("Lockstep: a music shop on three nodes, and their leader is killed");
    try (ShopCluster cluster = new ShopCluster(base, port)) {
      Thread hook = new Thread(cluster::close, "stop-nodes");
      Runtime.getRuntime().addShutdownHook(hook);
      startNodes(cluster, base);
      boolean proved;
      try (HikariDataSource pool = pool(cluster.url())) {
        migrate(pool);
        proved = sellAndProve(cluster, pool);
      }
      if (proved && !exit) {
        keepRunning(cluster);
      }
      return proved ? 0 : 1;
    }
  }

  private void checkOptions() {
    if (seconds < 5 || threads < 1 || port < 1 || port > 65_500) {
      throw new DemoFailure("--seconds from 5 on, --threads from 1 on, --port from 1 to 65500");
    }
  }

  private Path createDirectory() throws IOException {
    String now =
        LocalDateTime.now().format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT));
    Path base = data == null ? Path.of("examples", "shop", "target", "shop-" + now) : data;
    Files.createDirectories(base);
    try (Stream<Path> content = Files.list(base)) {
      if (content.findAny().isPresent()) {
        throw new DemoFailure(
            base.toAbsolutePath() + " is not empty; --data takes a new directory");
      }
    }
    return base.toAbsolutePath();
  }

  private void startNodes(ShopCluster cluster, Path base) throws Exception {
    story.step("Starting three nodes; data and logs are in %s", base);
    cluster.start();
    for (ShopNode node : cluster.nodes()) {
      NodeAddress address = node.address();
      story.detail(
          "%s  process %-7d  clients at %s  nodes at %s:%d",
          address.id(), node.pid(), address.forClients(), address.host(), address.raftPort());
    }
    story.step("%s leads", cluster.awaitLeader(LEADER_LIMIT).address().id());
  }

  private HikariDataSource pool(String url) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("shop");
    config.setJdbcUrl(url);
    config.setMaximumPoolSize(threads);
    return new HikariDataSource(config);
  }

  private void migrate(HikariDataSource pool) throws SQLException {
    int applied = Migrations.apply(pool);
    story.step("Flyway applied %d migrations: tables, sample data, order references", applied);
  }

  private boolean sellAndProve(ShopCluster cluster, HikariDataSource pool) throws Exception {
    Catalogue catalogue;
    try (Connection connection = pool.getConnection()) {
      catalogue = Catalogue.read(connection);
    }
    Transactions transactions = new Transactions(pool);
    List<Outage> outages;
    Customers customers = new Customers(transactions, catalogue);
    long begin = System.nanoTime();
    try (customers) {
      customers.start(threads, SEED);
      story.step("%d customers place orders for %d s", threads, seconds);
      outages = killLeaders(cluster, customers, begin);
    }
    double duration = (System.nanoTime() - begin) / 1e9;
    return prove(cluster, customers, transactions, outages, duration);
  }

  /** Kills the leader and starts it again, in even shares of the time. */
  private List<Outage> killLeaders(ShopCluster cluster, Customers customers, long begin)
      throws Exception {
    int kills = seconds >= TWO_KILLS_SECONDS_MIN ? 2 : 1;
    double share = seconds / (2.0 * kills + 1);
    List<Outage> outages = new ArrayList<>();
    for (int i = 0; i < kills; i++) {
      sleepUntil(begin, (2 * i + 1) * share);
      ShopNode leader = cluster.awaitLeader(LEADER_LIMIT);
      outages.add(new Outage(leader.address().id(), System.nanoTime()));
      leader.kill();
      story.step(
          "Killed the leader %s with SIGKILL after %,d orders",
          leader.address().id(), customers.receiptCount());
      ShopNode next = cluster.awaitLeader(LEADER_LIMIT);
      story.step("%s leads", next.address().id());
      sleepUntil(begin, (2 * i + 2) * share);
      leader.start();
      story.step(
          "Started %s again (process %d) after %,d orders",
          leader.address().id(), leader.pid(), customers.receiptCount());
    }
    sleepUntil(begin, seconds);
    return outages;
  }

  private static void sleepUntil(long begin, double seconds) throws InterruptedException {
    long millis = Math.round(seconds * 1e3 - (System.nanoTime() - begin) / 1e6);
    if (millis > 0) {
      Thread.sleep(millis);
    }
  }

  private boolean prove(
      ShopCluster cluster,
      Customers customers,
      Transactions transactions,
      List<Outage> outages,
      double duration)
      throws Exception {
    List<Receipt> receipts = customers.receipts();
    story.step(
        "%,d orders acknowledged: %,.0f in a second; waiting until all nodes have applied them",
        receipts.size(), receipts.size() / duration);
    Proof proof = new Proof();
    Set<String> unknown =
        customers.failures().stream().map(Customers.Failure::reference).collect(Collectors.toSet());
    int found;
    Map<String, Long> rows;
    try (NodeFiles files = NodeFiles.awaitEqualIndex(cluster.nodes(), CATCH_UP_LIMIT)) {
      story.step("All three SQLite files are at log index %,d", files.any().appliedIndex());
      files.all().forEach(file -> story.detail("%s  %s", file.nodeId(), file.path()));
      found = proof.checkOrders(files.any(), receipts, unknown);
      rows = proof.checkEqual(files.all());
    }
    story.step("Compared them, and the acknowledged orders with them");
    Verdict verdict =
        new Verdict(
            receipts, found, customers.failures(), transactions.retries(), outages, rows, proof);
    verdict.tell(story);
    return verdict.passed();
  }

  private void keepRunning(ShopCluster cluster) throws InterruptedException {
    story.step("The cluster stays up. Connect with any JDBC tool:");
    story.blank();
    story.detail("URL     %s", cluster.url());
    story.detail("driver  dev.lockstep.jdbc.Driver in jdbc-driver/target/lockstep-jdbc-*.jar");
    story.blank();
    story.detail("Ctrl-C ends the nodes.");
    new CountDownLatch(1).await();
  }
}
