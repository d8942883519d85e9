package dev.lockstep.jdbc.client;

import dev.lockstep.protocol.StatementResult;
import dev.lockstep.protocol.StatementResult.RowSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What an executed request gave. */
public final class Execution {
  private final List<StatementResult> results;

  /** By their numbers at the node that has executed; of the results that did not come whole. */
  private final Map<Long, Cursor> cursors = new LinkedHashMap<>(2);

  /**
   * @param transaction the read-only one it belongs to, or null
   */
  Execution(Request request, List<StatementResult> results, Transaction transaction, Link link) {
    this.results = results;
    for (int i = 0; i < results.size(); i++) {
      RowSet rows = results.get(i).rows();
      if (rows != null && rows.cursor() != 0) {
        cursors.put(
            rows.cursor(), new Cursor(request, i, results.size() == 1, rows, transaction, link));
      }
    }
  }

  /** What needed no node: a statement that changed no row. */
  public static Execution ofNothing(Request request) {
    return new Execution(request, List.of(StatementResult.ofCounts(0)), null, null);
  }

  public List<StatementResult> results() {
    return results;
  }

  /** Where the rest of these rows is, or null if they are all. */
  public Cursor cursorOf(RowSet rows) {
    return cursors.get(rows.cursor());
  }

  /** Those of the results that did not come whole. */
  List<Cursor> cursors() {
    return List.copyOf(cursors.values());
  }
}
