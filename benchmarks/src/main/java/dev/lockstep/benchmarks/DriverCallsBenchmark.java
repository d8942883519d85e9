package dev.lockstep.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Time for a row through the driver and a node, or through SQLite's own driver in that node's file;
 * with {@code -prof gc} the memory that it takes. Three nodes run beside it, as processes.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class DriverCallsBenchmark {
  private static final int PORT = 7541;

  @Param({"lockstep", "sqlite"})
  public String driver;

  private LocalCluster cluster;
  private Connection reader;
  private Connection writer;
  private PreparedStatement byKey;

  @Setup
  public void start() throws Exception {
    Path parent = Files.createDirectories(Path.of("benchmarks", "target").toAbsolutePath());
    Path base = Files.createTempDirectory(parent, "driver-calls-");
    cluster = new LocalCluster(base, PORT, List.of("-Xmx1g"));
    Runtime.getRuntime().addShutdownHook(new Thread(cluster::close, "stop-nodes"));
    cluster.start();
    writer = DriverManager.getConnection(cluster.url());
    BenchmarkTables.create(writer, DriverWork.ROWS);
    reader =
        DriverManager.getConnection(
            "jdbc:lockstep://127.0.0.1:"
                + PORT
                + "/"
                + LocalCluster.DATABASE
                + "?readConsistency=local&targetServerType=any&readOnly=true");
    DriverWork.await(reader, "SELECT count(*) FROM sqlite_schema WHERE name = 'bench_account'", 1);
    DriverWork.await(reader, "SELECT count(*) FROM bench_account", DriverWork.ROWS);
    if (driver.equals("sqlite")) {
      reader.close();
      writer.close();
      reader = DriverWork.sqlite(DriverWork.stateFile(cluster.directory(0)));
      writer = DriverWork.sqlite(base.resolve("alone.db"));
      BenchmarkTables.create(writer, 1);
    }
    byKey = reader.prepareStatement(DriverWork.BY_KEY);
  }

  @TearDown
  public void stop() throws Exception {
    try (LocalCluster ended = cluster;
        Connection ofWriter = writer;
        Connection ofReader = reader;
        PreparedStatement statement = byKey) {
      statement.clearParameters();
    }
  }

  @Benchmark
  public long rowByKey() throws Exception {
    return DriverWork.readOneByKey(byKey);
  }

  @Benchmark
  @OperationsPerInvocation(DriverWork.ROWS)
  public long scan() throws Exception {
    return DriverWork.scan(reader);
  }

  @Benchmark
  @OperationsPerInvocation(DriverWork.INSERTS)
  public long batchInsert() throws Exception {
    return DriverWork.insert(writer);
  }
}
