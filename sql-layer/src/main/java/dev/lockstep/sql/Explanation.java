package dev.lockstep.sql;

import java.util.List;
import java.util.Objects;

/**
 * What is known of the statement behind EXPLAIN LOCKSTEP.
 *
 * @param typed the statement's text
 * @param statement what it is; null if it is wrong or refused
 * @param refusal why it is refused; null if it is not
 * @param reads names of the tables that it reads, those of views, triggers and foreign keys
 *     included
 * @param writes names of the tables that it writes
 */
public record Explanation(
    String typed,
    AnalyzedStatement statement,
    SqlError refusal,
    List<String> reads,
    List<String> writes) {
  public Explanation {
    Objects.requireNonNull(typed, "typed");
    if ((statement == null) == (refusal == null)) {
      throw new IllegalArgumentException("neither right nor wrong, or both: " + typed);
    }
    reads = List.copyOf(reads);
    writes = List.copyOf(writes);
  }
}
