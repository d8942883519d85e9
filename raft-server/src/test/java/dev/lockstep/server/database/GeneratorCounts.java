package dev.lockstep.server.database;

import dev.lockstep.server.command.CommandResult;
import dev.lockstep.sql.StatementException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a generator's cases came to: to see that they reach what they are for. */
final class GeneratorCounts {
  private static final int TEXTS_KEPT = 3;

  private final Map<String, Integer> counts = new TreeMap<>();
  private final Map<String, Integer> refusals = new TreeMap<>();
  private final Map<String, String> examples = new TreeMap<>();

  synchronized void add(String what) {
    counts.merge(what, 1, Integer::sum);
  }

  synchronized int get(String what) {
    return counts.getOrDefault(what, 0);
  }

  synchronized void refused(StatementException refusal, List<String> texts) {
    add("refused");
    String reason =
        refusal.error().sqlState()
            + " "
            + refusal.error().message().replaceAll("[a-z]*[0-9]+", "N");
    if (refusals.merge(reason, 1, Integer::sum) <= TEXTS_KEPT) {
      examples.put(reason, String.join("; ", texts));
    }
  }

  void result(CommandResult result) {
    add(name(result));
  }

  void step(CommandResult result) {
    add("step " + name(result));
  }

  void lost(TransactionLostException lost) {
    add("lost " + lost.sqlState());
  }

  private static String name(CommandResult result) {
    return result instanceof CommandResult.Failed failed
        ? "failed " + failed.cause() + " " + failed.sqlState()
        : "done";
  }

  /** All refusals with an example of each. */
  synchronized String refusals() {
    StringBuilder out = new StringBuilder();
    refusals.forEach(
        (reason, count) ->
            out.append(count)
                .append(" x ")
                .append(reason)
                .append("   e.g. ")
                .append(examples.get(reason))
                .append('\n'));
    return out.toString();
  }

  @Override
  public synchronized String toString() {
    return counts.toString();
  }
}
