package dev.lockstep.benchmarks;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Measures a cluster of three processes on this machine with all workloads, and sets the figures in
 * relation to the disk's own: what the machine can do differs from machine to machine, and on a
 * shared one from minute to minute.
 */
@Command(
    name = "benchmarks/run-cluster.sh",
    sortOptions = false,
    description = {
      "Starts three nodes, runs workloads with 1, 8 and 32 clients, prints a table, ends the"
          + " nodes.",
      ""
    })
public final class ClusterBenchmark implements Callable<Integer> {
  @Option(
      names = "--workloads",
      split = ",",
      paramLabel = "NAME",
      defaultValue = "insert,update,batch100,read,mixed,transfer,scan",
      description = "Which workloads. Default: ${DEFAULT-VALUE}.")
  private List<Workload> workloads;

  @Option(
      names = "--threads",
      split = ",",
      paramLabel = "N",
      defaultValue = "1,8,32",
      description = "Numbers of clients. Default: ${DEFAULT-VALUE}.")
  private List<Integer> threads;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "10",
      description = "How long to measure each. Default: ${DEFAULT-VALUE}.")
  private double seconds;

  @Option(
      names = "--warmup-seconds",
      paramLabel = "N",
      defaultValue = "5",
      description = "How long to run each before that. Default: ${DEFAULT-VALUE}.")
  private double warmUpSeconds;

  @Option(
      names = "--rows",
      paramLabel = "N",
      defaultValue = "10000",
      description = "Rows of the account table. Default: ${DEFAULT-VALUE}.")
  private int rows;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Directory for the nodes. Default: a new one in benchmarks/target.")
  private Path data;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "7501",
      description = "Client port of the first node. Default: ${DEFAULT-VALUE}.")
  private int port;

  @Option(
      names = "--node-option",
      paramLabel = "OPTION",
      defaultValue = "-Xmx1g",
      description =
          "JVM option of the nodes; may be given several times. Default: ${DEFAULT-VALUE}.")
  private List<String> nodeOptions;

  @Option(
      names = "--url-property",
      paramLabel = "NAME=VALUE",
      description = "Property of the clients' connections; may be given several times.")
  private Properties urlProperties = new Properties();

  @Option(names = "--json", paramLabel = "FILE", description = "Write the figures to this file.")
  private Path json;

  @SuppressWarnings("unused") // picocli looks at it.
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Print this and end.")
  private boolean help;

  public static void main(String[] args) {
    System.exit(
        new CommandLine(new ClusterBenchmark())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .execute(args));
  }

  @Override
  public Integer call() throws Exception {
    Path base = data == null ? Path.of("benchmarks", "target", "cluster-" + now()) : data;
    base = base.toAbsolutePath();
    List<Map<String, Object>> all = new ArrayList<>();
    boolean failed = false;
    try (LocalCluster cluster = new LocalCluster(base, port, nodeOptions)) {
      Runtime.getRuntime().addShutdownHook(new Thread(cluster::close, "stop-nodes"));
      cluster.start();
      System.out.println("Three nodes, data in " + base + ", " + cluster.url());
      System.out.println();
      System.out.print(header());
      for (Workload workload : workloads) {
        for (int clients : threads) {
          DiskRate disk = DiskRate.measure(base);
          LoadResult result =
              new LoadRun(
                      () -> DriverManager.getConnection(cluster.url(), urlProperties),
                      workload,
                      clients,
                      rows,
                      cluster.cpu())
                  .run(warmUpSeconds, seconds);
          failed |= result.errors() > 0;
          System.out.print(line(result, disk));
          System.out.flush();
          all.add(values(result, disk));
        }
      }
    }
    if (json != null) {
      Files.writeString(json, Json.of(all), StandardCharsets.UTF_8);
    }
    return failed ? 1 : 0;
  }

  private static String now() {
    return LocalDateTime.now().format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT));
  }

  /** A Markdown table, so that it can be put into documents as it is. */
  private static String header() {
    return """
    | workload | clients | ops/s | ÷ fdatasync/s | p50 µs | ÷ fdatasync p50 | CPU µs | p99 µs | p99.9 µs \
    | max µs | errors | 40001 | fdatasync/s |
    |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|
    """;
  }

  private static String line(LoadResult result, DiskRate disk) {
    String error = result.firstError().isEmpty() ? "" : result.firstError() + "\n";
    return String.format(
        Locale.ROOT,
        "| %s | %d | %,.0f | %.2f | %,d | %.1f | %,.0f | %,d | %,d | %,d | %,d | %,d | %,.0f |%n%s",
        result.workload().label(),
        result.threads(),
        result.perSecond(),
        result.perSecond() / disk.perSecond(),
        result.p50Micros(),
        (double) result.p50Micros() / disk.p50Micros(),
        result.cpuMicrosEach(),
        result.micros().getValueAtPercentile(99),
        result.micros().getValueAtPercentile(99.9),
        result.micros().getMaxValue(),
        result.errors(),
        result.rolledBack(),
        disk.perSecond(),
        error);
  }

  private static Map<String, Object> values(LoadResult result, DiskRate disk) {
    Map<String, Object> values = new LinkedHashMap<>(result.values());
    values.put("fdatasyncPerSecond", disk.perSecond());
    values.put("fdatasyncP50Micros", disk.p50Micros());
    return values;
  }
}
