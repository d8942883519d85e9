package dev.lockstep.benchmarks;

import dev.lockstep.sql.Analysis;
import dev.lockstep.sql.DescribedStatement;
import dev.lockstep.sql.SqliteWriter;
import dev.lockstep.sql.StatementAnalyzer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Time to find out what a statement does, and the types of its columns and parameters. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class AnalysisBenchmark {
  private static final String KNOWN =
      "SELECT name, count(*), sum(price) FROM item WHERE id > ? GROUP BY name";

  private Path directory;
  private SqliteWriter writer;
  private StatementAnalyzer analyzer;
  private long number;

  @Setup
  public void open() throws Exception {
    directory = Files.createTempDirectory("analysis");
    Path file = directory.resolve("data.db");
    writer = SqliteWriter.open(file);
    for (int i = 0; i < 20; i++) {
      writer.execute("CREATE TABLE other" + i + "(id INTEGER PRIMARY KEY, a TEXT, b REAL)");
    }
    writer.execute("CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT, price DECIMAL(10, 2))");
    analyzer = StatementAnalyzer.open(file);
  }

  @TearDown
  public void close() throws Exception {
    analyzer.close();
    writer.close();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }

  private String simple() {
    return "SELECT name FROM item WHERE id = " + number++;
  }

  @Benchmark
  public Analysis analyzeKnown() throws Exception {
    return analyzer.analyze(KNOWN);
  }

  @Benchmark
  public Analysis analyzeNewSimple() throws Exception {
    return analyzer.analyze(simple());
  }

  @Benchmark
  public DescribedStatement describeKnown() throws Exception {
    return analyzer.describe(KNOWN, 0);
  }

  @Benchmark
  public DescribedStatement describeNewSimple() throws Exception {
    return analyzer.describe(simple(), 0);
  }

  @Benchmark
  public DescribedStatement describeNewReport() throws Exception {
    return analyzer.describe(KNOWN + " LIMIT " + number++, 0);
  }
}
