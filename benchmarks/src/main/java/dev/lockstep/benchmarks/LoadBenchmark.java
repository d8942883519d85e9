package dev.lockstep.benchmarks;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures a database behind any JDBC URL. */
@Command(
    name = "benchmarks/run-load.sh",
    sortOptions = false,
    description = {
      "Runs one workload against a database, with one connection for each thread, and tells"
          + " throughput and latencies. Makes and drops the tables bench_entry and bench_account.",
      ""
    })
public final class LoadBenchmark implements Callable<Integer> {
  @Option(names = "--url", required = true, paramLabel = "URL", description = "The JDBC URL.")
  private String url;

  @Option(names = "--user", paramLabel = "NAME", description = "The user, if one is needed.")
  private String user;

  @Option(names = "--password", paramLabel = "TEXT", description = "The user's password.")
  private String password;

  @Option(
      names = "--workload",
      paramLabel = "NAME",
      defaultValue = "insert",
      description =
          "insert, update, batch100, read, mixed (95 reads, 5 updates), transfer (a transaction)"
              + " or scan. Default: ${DEFAULT-VALUE}.")
  private Workload workload;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "1",
      description = "Clients at the same time. Default: ${DEFAULT-VALUE}.")
  private int threads;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "10",
      description = "How long to measure. Default: ${DEFAULT-VALUE}.")
  private double seconds;

  @Option(
      names = "--warmup-seconds",
      paramLabel = "N",
      defaultValue = "5",
      description = "How long to run before that. Default: ${DEFAULT-VALUE}.")
  private double warmUpSeconds;

  @Option(
      names = "--rows",
      paramLabel = "N",
      defaultValue = "10000",
      description = "Rows of the account table. Default: ${DEFAULT-VALUE}.")
  private int rows;

  @Option(
      names = "--fdatasync-dir",
      paramLabel = "DIR",
      description = "Also measure how fast this directory's disk makes 4 KiB durable.")
  private Path diskDirectory;

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
        new CommandLine(new LoadBenchmark())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .execute(args));
  }

  @Override
  public Integer call() throws Exception {
    Properties properties = new Properties();
    if (user != null) {
      properties.setProperty("user", user);
    }
    if (password != null) {
      properties.setProperty("password", password);
    }
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("url", url);
    probeDisk("before", values);
    LoadResult result =
        new LoadRun(
                () -> DriverManager.getConnection(url, properties),
                workload,
                threads,
                rows,
                CpuClock.ofThisAnd(List.of()))
            .run(warmUpSeconds, seconds);
    System.out.print(result.describe());
    values.putAll(result.values());
    probeDisk("after", values);
    if (json != null) {
      Files.writeString(json, Json.of(values), StandardCharsets.UTF_8);
    }
    return result.operations() > 0 && result.errors() == 0 ? 0 : 1;
  }

  private void probeDisk(String when, Map<String, Object> values) throws Exception {
    if (diskDirectory == null) {
      return;
    }
    DiskRate rate = DiskRate.measure(diskDirectory);
    System.out.printf(
        Locale.ROOT,
        "fdatasync of 4 KiB %s: %,.0f/s, p50 %,d µs%n",
        when,
        rate.perSecond(),
        rate.p50Micros());
    values.put("fdatasyncPerSecond." + when, rate.perSecond());
    values.put("fdatasyncP50Micros." + when, rate.p50Micros());
  }
}
