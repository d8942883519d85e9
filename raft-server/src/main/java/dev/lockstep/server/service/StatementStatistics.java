package dev.lockstep.server.service;

import dev.lockstep.protocol.ClientMessage.Execute;
import dev.lockstep.protocol.FailureKind;
import dev.lockstep.protocol.ServerMessage;
import dev.lockstep.protocol.StatementCall;
import dev.lockstep.protocol.StatementResult;
import dev.lockstep.sql.SqlToken;
import dev.lockstep.sql.SqlTokens;
import dev.lockstep.sql.SystemContent;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what clients execute, by text without literals. Safe for use by any number of threads;
 * takes no lock where a text is known, and blocks nobody where one must make room for another.
 */
final class StatementStatistics {
  /** Texts that are counted apart, and the characters of all of them. */
  static final int TEXTS_MAX = 1_000;

  static final int CHARACTERS_MAX = 1 << 20;

  /** Characters of a text that count; also what a long one is read of at most. */
  static final int TEXT_CHARACTERS_MAX = 4_096;

  /** One of so many makes room when there are too many. */
  private static final int MAKES_ROOM = 10;

  /** Characters of the texts as clients sent them whose counters are found without reading them. */
  private static final int ALIAS_CHARACTERS_MAX = 1 << 20;

  /** Of these, what one counts with beside its own. */
  private static final int ALIAS_CHARACTERS = 64;

  private static final double NANOS_PER_MILLI = 1e6;

  private final Map<String, Counters> byText = new ConcurrentHashMap<>();
  private final Map<String, Counters> byAlias = new ConcurrentHashMap<>();
  private final AtomicLong characters = new AtomicLong();
  private final AtomicLong aliasCharacters = new AtomicLong();
  private final AtomicBoolean makingRoom = new AtomicBoolean();

  /** Of the texts that had to make room. */
  private final Counters others = new Counters(null);

  /** What is counted of a text. */
  private static final class Counters {
    private final String text;
    private final LongAdder calls = new LongAdder();
    private final LongAdder errors = new LongAdder();
    private final LongAdder rows = new LongAdder();
    private final LongAdder nanos = new LongAdder();
    private final LongAccumulator nanosMax = new LongAccumulator(Math::max, 0);
    private volatile long lastUsedMillis;

    /** Whether its numbers are with the others' now. */
    private volatile boolean gone;

    Counters(String text) {
      this.text = text;
    }

    void addAll(Counters from) {
      calls.add(from.calls.sumThenReset());
      errors.add(from.errors.sumThenReset());
      rows.add(from.rows.sumThenReset());
      nanos.add(from.nanos.sumThenReset());
      nanosMax.accumulate(from.nanosMax.getThenReset());
      lastUsedMillis = Math.max(lastUsedMillis, from.lastUsedMillis);
    }
  }

  /**
   * Counts a request.
   *
   * @param answer its answer; nothing is counted if that says that nothing was tried
   * @param nanos time from its arrival to its answer
   */
  void executed(Execute execute, ServerMessage answer, long nanos) {
    ServerMessage.Failure failure = null;
    List<StatementResult> results = List.of();
    if (answer instanceof ServerMessage.Executed executed) {
      results = executed.results();
    } else if (answer instanceof ServerMessage.Stepped stepped) {
      failure = stepped.failure();
      results = stepped.executed() == null ? List.of() : stepped.executed().results();
    } else if (answer instanceof ServerMessage.Failure failed) {
      failure = failed;
    }
    if (failure != null
        && failure.kind() != FailureKind.STATEMENT
        && failure.kind() != FailureKind.TRANSACTION_LOST) {
      return;
    }
    List<StatementCall> calls = execute.calls();
    long now = System.currentTimeMillis();
    for (int i = 0; i < calls.size(); i++) {
      Counters counters = counters(calls.get(i).sql());
      counters.calls.add(calls.get(i).parameterRows().size());
      counters.nanos.add(nanos / calls.size());
      counters.nanosMax.accumulate(nanos / calls.size());
      counters.lastUsedMillis = now;
      if (failure != null) {
        counters.errors.increment();
      }
      // The results of a text of several statements are the text's.
      int until = i + 1 == calls.size() ? results.size() : Math.min(i + 1, results.size());
      for (int result = Math.min(i, results.size()); result < until; result++) {
        counters.rows.add(rows(results.get(result)));
      }
      settle(counters);
    }
  }

  private static long rows(StatementResult result) {
    long rows = result.rows() == null ? 0 : result.rows().batch().rowCount();
    long changed = 0;
    for (long count : result.updateCounts()) {
      changed += count;
    }
    // Rows of RETURNING are the rows that were changed.
    return Math.max(rows, changed);
  }

  /** More rows of a result were fetched. */
  void fetched(String sql, int rows) {
    Counters counters = counters(sql);
    counters.rows.add(rows);
    settle(counters);
  }

  /** What was counted for a text while it had to make room is not lost. */
  private void settle(Counters counters) {
    if (counters.gone) {
      others.addAll(counters);
    }
  }

  private Counters counters(String sql) {
    Counters known = byAlias.get(sql);
    if (known != null && !known.gone) {
      return known;
    }
    String text = withoutLiterals(sql);
    Counters counters = byText.get(text);
    if (counters == null) {
      Counters added = new Counters(text);
      counters = byText.putIfAbsent(text, added);
      if (counters == null) {
        counters = added;
        counters.lastUsedMillis = System.currentTimeMillis();
        if (characters.addAndGet(text.length()) > CHARACTERS_MAX || byText.size() > TEXTS_MAX) {
          makeRoom();
        }
      }
    }
    if (sql.length() <= TEXT_CHARACTERS_MAX) {
      // Also those of no length take room.
      if (aliasCharacters.addAndGet(sql.length() + ALIAS_CHARACTERS) > ALIAS_CHARACTERS_MAX) {
        byAlias.clear();
        aliasCharacters.set(0);
      }
      byAlias.put(sql, counters);
    }
    return counters;
  }

  /** By one thread at a time; others go on meanwhile, and may add a few texts more. */
  private void makeRoom() {
    if (!makingRoom.compareAndSet(false, true)) {
      return;
    }
    try {
      List<Counters> all = new ArrayList<>(byText.values());
      // The times go on changing: they are looked at once.
      Map<Counters, Long> times = new IdentityHashMap<>();
      all.forEach(each -> times.put(each, each.lastUsedMillis));
      all.sort(Comparator.comparing(times::get));
      int removed = 0;
      for (Counters each : all) {
        boolean enough =
            removed >= TEXTS_MAX / MAKES_ROOM
                && characters.get() <= CHARACTERS_MAX - CHARACTERS_MAX / MAKES_ROOM;
        if (enough) {
          break;
        }
        byText.remove(each.text);
        characters.addAndGet(-each.text.length());
        each.gone = true;
        others.addAll(each);
        removed++;
      }
      byAlias.values().removeIf(each -> each.gone);
    } finally {
      makingRoom.set(false);
    }
  }

  /** The text with literals replaced by question marks, and one blank for blanks and comments. */
  static String withoutLiterals(String sql) {
    String read = sql.length() <= TEXT_CHARACTERS_MAX ? sql : sql.substring(0, TEXT_CHARACTERS_MAX);
    StringBuilder out = new StringBuilder(read.length());
    int end = 0;
    for (SqlToken token : SqlTokens.of(read)) {
      if (token.start() > end && out.length() > 0) {
        out.append(' ');
      }
      end = token.end();
      boolean literal =
          token.type() == SqlToken.Type.STRING || token.type() == SqlToken.Type.NUMBER;
      if (literal) {
        out.append('?');
      } else {
        out.append(read, token.start(), token.end());
      }
    }
    return out.length() < TEXT_CHARACTERS_MAX || read.length() == sql.length()
        ? out.toString()
        : out + "…";
  }

  /** Gives the rows of {@code lockstep.statements}. */
  void read(SystemContent.Rows rows) throws SQLException {
    for (Counters each : byText.values()) {
      add(each, rows);
    }
    if (others.calls.sum() > 0) {
      add(others, rows);
    }
  }

  private static void add(Counters counters, SystemContent.Rows rows) throws SQLException {
    rows.add(
        counters.text,
        counters.calls.sum(),
        counters.errors.sum(),
        counters.rows.sum(),
        counters.nanos.sum() / NANOS_PER_MILLI,
        counters.nanosMax.get() / NANOS_PER_MILLI,
        SystemTables.time(counters.lastUsedMillis));
  }

  /** Texts that are counted apart. */
  int texts() {
    return byText.size();
  }
}
