package dev.lockstep.benchmarks;

import dev.lockstep.protocol.RowBatch;
import dev.lockstep.protocol.RowReader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** Time to encode a row for the wire, and to decode it: four columns, about 120 bytes. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@OperationsPerInvocation(RowCodecBenchmark.ROWS)
public class RowCodecBenchmark {
  static final int ROWS = 1_000;

  private static final int COLUMNS = 4;

  private final List<Object[]> rows = new ArrayList<>();
  private RowBatch batch;

  @Setup
  public void makeRows() {
    for (long id = 0; id < ROWS; id++) {
      rows.add(new Object[] {id, id * 0.25, BenchmarkTables.NOTE, null});
    }
    batch = RowBatch.of(rows);
  }

  @Benchmark
  public RowBatch encode() {
    return RowBatch.of(rows);
  }

  @Benchmark
  public void decode(Blackhole blackhole) {
    RowReader reader = new RowReader(batch, COLUMNS);
    while (reader.next()) {
      blackhole.consume(reader.integer(0));
      blackhole.consume(reader.real(1));
      blackhole.consume(reader.value(2));
      blackhole.consume(reader.value(3));
    }
  }
}
