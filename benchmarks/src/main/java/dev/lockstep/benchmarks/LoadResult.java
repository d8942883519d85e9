package dev.lockstep.benchmarks;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * What a run measured.
 *
 * @param seconds how long was measured, the warm-up not included
 * @param operations how many succeeded in that time
 * @param rowsEach rows that one operation reads or writes
 * @param micros latencies of the operations in microseconds, their repetitions after 40001 included
 * @param cpuMicros processor time of the measured processes while it was measured
 * @param errors operations that failed
 * @param rolledBack how many times an operation was run again because of SQLSTATE class 40
 * @param firstError the first failure's message, or the empty text
 */
record LoadResult(
    Workload workload,
    int threads,
    double seconds,
    long operations,
    int rowsEach,
    Histogram micros,
    long cpuMicros,
    long errors,
    long rolledBack,
    String firstError) {
  private static final double[] PERCENTILES = {50, 90, 99, 99.9};

  double perSecond() {
    return operations / seconds;
  }

  /** Processor time for one operation, in microseconds. */
  double cpuMicrosEach() {
    return operations == 0 ? 0 : (double) cpuMicros / operations;
  }

  long p50Micros() {
    return micros.getValueAtPercentile(50);
  }

  String describe() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%s, %d threads, %.1f s%n  throughput  %,.0f operations/s",
            workload.label(),
            threads,
            seconds,
            perSecond()));
    if (rowsEach > 1) {
      text.append(String.format(Locale.ROOT, " of %,d rows", rowsEach));
    }
    text.append(String.format(Locale.ROOT, "%n  latency    "));
    for (double percentile : PERCENTILES) {
      text.append(
          String.format(
              Locale.ROOT,
              " %s %,d µs ",
              label(percentile),
              micros.getValueAtPercentile(percentile)));
    }
    text.append(String.format(Locale.ROOT, " max %,d µs%n", micros.getMaxValue()));
    text.append(
        String.format(
            Locale.ROOT,
            "  processor   %,.0f µs for each%n  errors      %,d; rolled back and run again (40001)"
                + " %,d%n",
            cpuMicrosEach(),
            errors,
            rolledBack));
    if (!firstError.isEmpty()) {
      text.append("  first error ").append(firstError).append(System.lineSeparator());
    }
    return text.toString();
  }

  /** Names and figures for the JSON file. */
  Map<String, Object> values() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("workload", workload.label());
    values.put("threads", threads);
    values.put("seconds", seconds);
    values.put("operations", operations);
    values.put("operationsPerSecond", perSecond());
    values.put("rowsEach", rowsEach);
    for (double percentile : PERCENTILES) {
      values.put(label(percentile) + "Micros", micros.getValueAtPercentile(percentile));
    }
    values.put("maxMicros", micros.getMaxValue());
    values.put("cpuMicrosEach", cpuMicrosEach());
    values.put("errors", errors);
    values.put("rolledBack", rolledBack);
    values.put("firstError", firstError);
    return values;
  }

  private static String label(double percentile) {
    return "p" + (percentile == Math.rint(percentile) ? "" + (int) percentile : "" + percentile);
  }
}
