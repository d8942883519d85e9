package dev.lockstep.benchmarks;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Compares the driver, with a node behind it, with SQLite's own driver over the same file. Both
 * take turns, round by round, so that the ratios hold on a machine whose speed changes from minute
 * to minute. One client; processor time and memory are its thread's: of SQLite alone the whole
 * work, of Lockstep the driver's part.
 */
@Command(
    name = "benchmarks/run-driver.sh",
    sortOptions = false,
    description = {
      "Starts three nodes, reads at one of them and in its file, and inserts; prints a table, ends"
          + " the nodes.",
      ""
    })
public final class DriverBenchmark implements Callable<Integer> {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "9",
      description = "How often to measure each. Default: ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(
      names = "--warmup-rounds",
      paramLabel = "N",
      defaultValue = "5",
      description = "How often to run each before. Default: ${DEFAULT-VALUE}.")
  private int warmUpRounds;

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

  /** One run of a workload; gives the rows that it has read or written. */
  private interface Work {
    long run(Connection connection) throws SQLException;
  }

  /** What one of the two has shown. */
  private static final class Side {
    private final Connection connection;
    private final List<Double> perSecond = new ArrayList<>();
    private final List<Double> bytesPerRow = new ArrayList<>();
    private final List<Double> cpuMicrosPerRow = new ArrayList<>();

    Side(Connection connection) {
      this.connection = connection;
    }

    void run(Work work) throws SQLException {
      long allocated = THREADS.getCurrentThreadAllocatedBytes();
      long cpu = THREADS.getCurrentThreadCpuTime();
      long begun = System.nanoTime();
      long count = work.run(connection);
      double seconds = (System.nanoTime() - begun) / (double) TimeUnit.SECONDS.toNanos(1);
      perSecond.add(count / seconds);
      cpuMicrosPerRow.add((THREADS.getCurrentThreadCpuTime() - cpu) / 1_000.0 / count);
      bytesPerRow.add((THREADS.getCurrentThreadAllocatedBytes() - allocated) / (double) count);
    }

    void forget() {
      perSecond.clear();
      bytesPerRow.clear();
      cpuMicrosPerRow.clear();
    }
  }

  public static void main(String[] args) {
    System.exit(new CommandLine(new DriverBenchmark()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    Path base =
        Path.of(
                "benchmarks",
                "target",
                "driver-"
                    + LocalDateTime.now()
                        .format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT)))
            .toAbsolutePath();
    try (LocalCluster cluster = new LocalCluster(base, port, List.of("-Xmx1g"))) {
      Runtime.getRuntime().addShutdownHook(new Thread(cluster::close, "stop-nodes"));
      cluster.start();
      String one = "jdbc:lockstep://127.0.0.1:" + port + "/" + LocalCluster.DATABASE;
      String local = one + "?readConsistency=local&targetServerType=any&readOnly=true";
      try (Connection writer = DriverManager.getConnection(cluster.url());
          Connection reader = DriverManager.getConnection(local);
          Connection alone = DriverWork.sqlite(base.resolve("alone.db"))) {
        BenchmarkTables.create(writer, DriverWork.ROWS);
        BenchmarkTables.create(alone, 1);
        DriverWork.await(
            reader, "SELECT count(*) FROM sqlite_schema WHERE name = 'bench_account'", 1);
        DriverWork.await(reader, "SELECT count(*) FROM bench_account", DriverWork.ROWS);
        System.out.print(
            """
            | | rows/s | SQLite alone | ÷ SQLite alone | client's CPU µs/row | SQLite alone \
            | bytes/row | SQLite alone |
            |---|--:|--:|--:|--:|--:|--:|--:|
            """);
        try (Connection file = DriverWork.sqlite(DriverWork.stateFile(cluster.directory(0)))) {
          compare("one row by its key", reader, file, DriverWork::readByKey);
          compare("scan", reader, file, DriverWork::scan);
        }
        compare("batches of 1,000 inserts", writer, alone, DriverWork::insert);
      }
    }
    return 0;
  }

  private void compare(String label, Connection ours, Connection sqlite, Work work)
      throws SQLException {
    Side left = new Side(ours);
    Side right = new Side(sqlite);
    List<Double> ratios = new ArrayList<>();
    for (int round = -warmUpRounds; round < rounds; round++) {
      if (round == 0) {
        left.forget();
        right.forget();
        ratios.clear();
      }
      left.run(work);
      right.run(work);
      int last = left.perSecond.size() - 1;
      ratios.add(left.perSecond.get(last) / right.perSecond.get(last));
    }
    System.out.printf(
        Locale.ROOT,
        "| %s | %,.0f | %,.0f | %.2f (%.2f to %.2f) | %.2f | %.2f | %,.0f | %,.0f |%n",
        label,
        quantile(left.perSecond, 0.5),
        quantile(right.perSecond, 0.5),
        quantile(ratios, 0.5),
        quantile(ratios, 0.0),
        quantile(ratios, 1.0),
        quantile(left.cpuMicrosPerRow, 0.5),
        quantile(right.cpuMicrosPerRow, 0.5),
        quantile(left.bytesPerRow, 0.5),
        quantile(right.bytesPerRow, 0.5));
  }

  private static double quantile(List<Double> values, double q) {
    return values.stream()
        .sorted()
        .skip(Math.round(q * (values.size() - 1)))
        .findFirst()
        .orElseThrow();
  }
}
