package dev.lockstep.server.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.protocol.ClientMessage.Execute;
import dev.lockstep.protocol.Consistency;
import dev.lockstep.protocol.Expectation;
import dev.lockstep.protocol.FailureKind;
import dev.lockstep.protocol.GeneratedKeys;
import dev.lockstep.protocol.RowsSeen;
import dev.lockstep.protocol.ServerMessage;
import dev.lockstep.protocol.SessionId;
import dev.lockstep.protocol.StatementCall;
import dev.lockstep.protocol.StatementResult;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StatementStatisticsTest {
  private static final ServerMessage ONE_ROW =
      new ServerMessage.Executed(1, true, List.of(StatementResult.ofCounts(1)));

  private final StatementStatistics statistics = new StatementStatistics();

  private static Execute execute(StatementCall... calls) {
    return new Execute(
        SessionId.NONE,
        0,
        0,
        null,
        false,
        Expectation.ANY,
        GeneratedKeys.NONE,
        0,
        0,
        0,
        Consistency.LINEARIZABLE,
        0,
        0,
        RowsSeen.NONE,
        List.of(calls));
  }

  private static Execute execute(String sql) {
    return execute(new StatementCall(sql));
  }

  /** Calls, errors, rows, total and greatest time, by text. */
  private Map<String, List<Object>> read() throws SQLException {
    Map<String, List<Object>> rows = new TreeMap<>();
    statistics.read(
        values ->
            rows.put(
                String.valueOf(values[0]), new ArrayList<>(Arrays.asList(values).subList(1, 6))));
    return rows;
  }

  private long sum(int column) throws SQLException {
    return read().values().stream().mapToLong(row -> (long) row.get(column)).sum();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "SELECT  1 -- one | SELECT ?",
        "SELECT 'it''s', x'00', 1.5e-3, \"name\", :p | SELECT ?, ?, ?, \"name\", :p",
        "INSERT INTO t(a)VALUES(-1) | INSERT INTO t(a)VALUES(-?)",
        "/* nothing */ | ~~"
      })
  void literalsAreLeftOut(String sql, String text) {
    assertThat(StatementStatistics.withoutLiterals(sql)).isEqualTo(text);
  }

  @Test
  void aLongTextIsCut() {
    String text = StatementStatistics.withoutLiterals("SELECT " + "a+".repeat(100_000) + "1");

    assertThat(text).hasSize(StatementStatistics.TEXT_CHARACTERS_MAX + 1).endsWith("…");
  }

  @Test
  void callsRowsErrorsAndTimesAreCounted() throws SQLException {
    statistics.executed(execute("DELETE FROM t WHERE a = 1"), ONE_ROW, 3_000_000);
    statistics.executed(execute("DELETE FROM t WHERE a = 22"), ONE_ROW, 1_000_000);
    statistics.executed(
        execute("DELETE FROM t WHERE a = 3"), Failures.statement("23503", "no"), 500_000);
    statistics.fetched("DELETE FROM t WHERE a = 4", 10);

    assertThat(read())
        .containsOnly(Map.entry("DELETE FROM t WHERE a = ?", List.of(3L, 1L, 12L, 4.5, 3.0)));
  }

  @Test
  void aBatchCountsForEachOfItsRowsAndSharesTheTimeOfItsRequest() throws SQLException {
    Execute batch =
        execute(
            new StatementCall("INSERT INTO t VALUES (?)", List.of(new Object[1], new Object[1])),
            new StatementCall("UPDATE t SET a = ?", List.<Object[]>of(new Object[1])));
    statistics.executed(
        batch,
        new ServerMessage.Executed(
            1, true, List.of(StatementResult.ofCounts(1, 1), StatementResult.ofCounts(7))),
        4_000_000);

    assertThat(read())
        .containsEntry("INSERT INTO t VALUES (?)", List.of(2L, 0L, 2L, 2.0, 2.0))
        .containsEntry("UPDATE t SET a = ?", List.of(1L, 0L, 7L, 2.0, 2.0));
  }

  @Test
  void whatWasNotTriedIsNotCounted() throws SQLException {
    for (FailureKind kind :
        List.of(FailureKind.NOT_LEADER, FailureKind.BUSY, FailureKind.SESSION_REQUIRED)) {
      statistics.executed(
          execute("SELECT 1"), new ServerMessage.Failure(kind, "53000", "later"), 1_000_000);
    }

    assertThat(read()).isEmpty();
  }

  @Test
  void textsThatMakeRoomAreCountedTogether() throws SQLException {
    int texts = 3 * StatementStatistics.TEXTS_MAX;
    for (int i = 0; i < texts; i++) {
      statistics.executed(execute("SELECT c" + i + " FROM t"), ONE_ROW, 1_000_000);
      assertThat(statistics.texts()).isLessThanOrEqualTo(StatementStatistics.TEXTS_MAX);
    }

    assertThat(read()).containsKeys("null", "SELECT c" + (texts - 1) + " FROM t");
    assertThat(sum(0)).isEqualTo(texts);
    assertThat(sum(2)).isEqualTo(texts);
  }

  @Test
  void theirCharactersAreBounded() throws SQLException {
    String filling = "a".repeat(StatementStatistics.TEXT_CHARACTERS_MAX - 20);
    for (int i = 0; i < 900; i++) {
      statistics.executed(execute("SELECT c" + i + filling), ONE_ROW, 1);
    }

    assertThat(read().keySet().stream().mapToInt(String::length).sum())
        .isLessThanOrEqualTo(StatementStatistics.CHARACTERS_MAX);
  }

  @Test
  void nothingIsLostWhileTextsMakeRoom() throws Exception {
    int threads = 4;
    int each = 20_000;
    CountDownLatch start = new CountDownLatch(1);
    List<Thread> all = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      int number = t;
      Thread thread =
          new Thread(
              () -> {
                try {
                  start.await();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                  return;
                }
                for (int i = 0; i < each; i++) {
                  String column = i % 2 == 0 ? "x" : "c" + (number * each + i) % 5_000;
                  statistics.executed(execute("SELECT " + column), ONE_ROW, 1);
                }
              });
      thread.start();
      all.add(thread);
    }
    start.countDown();
    for (Thread thread : all) {
      thread.join();
    }

    assertThat(sum(0)).isEqualTo((long) threads * each);
  }
}
