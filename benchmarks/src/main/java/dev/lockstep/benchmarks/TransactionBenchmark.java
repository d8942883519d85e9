package dev.lockstep.benchmarks;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.HdrHistogram.Histogram;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Compares transactions in both modes with transactions that hold one lock until their commit is
 * applied, and with SQLite alone. All subjects take turns, round by round, so that the ratios hold
 * on a machine whose speed changes from minute to minute.
 */
@Command(
    name = "benchmarks/run-transactions.sh",
    sortOptions = false,
    description = {
      "Starts three nodes, lets clients transfer money between accounts, and insert beside an idle"
          + " transaction; prints a table, ends the nodes.",
      ""
    })
public final class TransactionBenchmark implements Callable<Integer> {
  @Option(
      names = "--threads",
      split = ",",
      paramLabel = "N",
      defaultValue = "8,32",
      description = "Numbers of clients. Default: ${DEFAULT-VALUE}.")
  private List<Integer> threads;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "3",
      description = "How often to measure each. Default: ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "4",
      description = "How long to measure each. Default: ${DEFAULT-VALUE}.")
  private double seconds;

  @Option(
      names = "--warmup-seconds",
      paramLabel = "N",
      defaultValue = "20",
      description = "How long to run each mode before all. Default: ${DEFAULT-VALUE}.")
  private double warmUpSeconds;

  @Option(
      names = "--rows",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Accounts. Default: ${DEFAULT-VALUE}.")
  private int rows;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "7501",
      description = "Client port of the first node. Default: ${DEFAULT-VALUE}.")
  private int port;

  @SuppressWarnings("unused") // picocli looks at it.
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Print this and end.")
  private boolean help;

  private LocalCluster cluster;
  private Path base;

  /** What is measured, and all that was. */
  private final class Subject {
    private final String label;
    private final LoadRun.ConnectionSource connections;
    private final Workload workload;
    private final int clients;
    private final int accounts;
    private final Lock lock;
    private final boolean besideIdle;
    private final List<Double> perSecond = new ArrayList<>();
    private final Histogram micros = new Histogram(3);
    private double cpuMicros;
    private long rolledBack;
    private long errors;

    Subject(
        String label,
        LoadRun.ConnectionSource connections,
        Workload workload,
        int clients,
        int accounts,
        Lock lock,
        boolean besideIdle) {
      this.label = label;
      this.connections = connections;
      this.workload = workload;
      this.clients = clients;
      this.accounts = accounts;
      this.lock = lock;
      this.besideIdle = besideIdle;
    }

    void run(double warmUp, double measured, boolean counts) throws Exception {
      try (Connection idle = besideIdle ? beginIdle() : null) {
        LoadResult result =
            new LoadRun(connections, workload, clients, accounts, cluster.cpu(), lock)
                .run(warmUp, measured);
        errors += result.errors();
        if (counts) {
          perSecond.add(result.perSecond());
          micros.add(result.micros());
          cpuMicros += result.cpuMicros();
          rolledBack += result.rolledBack();
        }
        if (idle != null) {
          idle.rollback();
        }
      }
    }

    double medianPerSecond() {
      return perSecond.stream().sorted().skip(perSecond.size() / 2).findFirst().orElse(0.0);
    }

    String line(double unit) {
      return String.format(
          Locale.ROOT,
          "| %s | %d | %s | %,.0f | %.2f | %,d | %,d | %,.0f | %.2f | %d |%n",
          label,
          clients,
          workload == Workload.TRANSFER ? String.valueOf(accounts) : "",
          medianPerSecond(),
          medianPerSecond() / unit,
          micros.getValueAtPercentile(50),
          micros.getValueAtPercentile(99),
          micros.getTotalCount() == 0 ? 0 : cpuMicros / micros.getTotalCount(),
          micros.getTotalCount() == 0 ? 0 : 100.0 * rolledBack / micros.getTotalCount(),
          errors);
    }
  }

  public static void main(String[] args) {
    System.exit(new CommandLine(new TransactionBenchmark()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    base =
        Path.of(
                "benchmarks",
                "target",
                "transactions-"
                    + LocalDateTime.now()
                        .format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT)))
            .toAbsolutePath();
    boolean failed = false;
    try (LocalCluster started = new LocalCluster(base, port, List.of("-Xmx1g"))) {
      cluster = started;
      Runtime.getRuntime().addShutdownHook(new Thread(started::close, "stop-nodes"));
      started.start();
      System.out.println("Three nodes, data in " + base + ", " + started.url());
      System.out.println();
      System.out.print(
          """
          | | clients | accounts | ops/s, median | ÷ the first | p50 µs | p99 µs | CPU µs \
          | 40001 for 100 | errors |
          |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|
          """);
      for (int clients : threads) {
        failed |= compare(transfers(clients, rows));
      }
      failed |= compare(transfers(threads.get(threads.size() - 1), 2));
      failed |= compare(inserts(threads.get(threads.size() - 1)));
    }
    return failed ? 1 : 0;
  }

  private boolean compare(List<Subject> subjects) throws Exception {
    for (Subject subject : subjects) {
      subject.run(warmUpSeconds, 0.1, false);
    }
    for (int round = 0; round < rounds; round++) {
      for (Subject subject : subjects) {
        subject.run(0.5, seconds, true);
      }
    }
    double unit = subjects.get(0).medianPerSecond();
    boolean failed = false;
    for (Subject subject : subjects) {
      System.out.print(subject.line(unit));
      failed |= subject.errors > 0;
    }
    System.out.flush();
    return failed;
  }

  private List<Subject> transfers(int clients, int accounts) {
    List<Subject> subjects = new ArrayList<>();
    subjects.add(
        transfer("one lock until applied", mode("queued"), clients, accounts, new ReentrantLock()));
    subjects.add(transfer("queued", mode("queued"), clients, accounts, null));
    subjects.add(transfer("optimistic", mode("optimistic"), clients, accounts, null));
    subjects.add(transfer("SQLite alone, one process", sqlite(), clients, accounts, null));
    return subjects;
  }

  private Subject transfer(
      String label, LoadRun.ConnectionSource connections, int clients, int accounts, Lock lock) {
    return new Subject(label, connections, Workload.TRANSFER, clients, accounts, lock, false);
  }

  private List<Subject> inserts(int clients) {
    return List.of(
        new Subject("insert", mode("queued"), Workload.INSERT, clients, rows, null, false),
        new Subject(
            "insert beside an idle transaction",
            mode("queued"),
            Workload.INSERT,
            clients,
            rows,
            null,
            true));
  }

  private LoadRun.ConnectionSource mode(String mode) {
    Properties properties = new Properties();
    properties.setProperty("transactionMode", mode);
    return () -> DriverManager.getConnection(cluster.url(), properties);
  }

  /** With the same durability, and waiting for each other as best SQLite can. */
  private LoadRun.ConnectionSource sqlite() {
    Properties properties = new Properties();
    properties.setProperty("journal_mode", "WAL");
    properties.setProperty("synchronous", "FULL");
    properties.setProperty("busy_timeout", "60000");
    properties.setProperty("transaction_mode", "IMMEDIATE");
    return () -> DriverManager.getConnection("jdbc:sqlite:" + base.resolve("alone.db"), properties);
  }

  /** A transaction that has written, and now does nothing. */
  private Connection beginIdle() throws SQLException {
    Connection connection = mode("queued").open();
    try (Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE IF NOT EXISTS bench_idle (id INTEGER PRIMARY KEY)");
      connection.setAutoCommit(false);
      statement.execute("INSERT INTO bench_idle DEFAULT VALUES");
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }
}
