package dev.lockstep.jdbc.client;

import dev.lockstep.protocol.StatementResult;
import dev.lockstep.protocol.StatementResult.RowSet;
import java.util.List;

/** What an executed request gave. */
public final class Execution {
  private final List<StatementResult> results;
  private final Link link;

  Execution(List<StatementResult> results, Link link) {
    this.results = results;
    this.link = link;
  }

  public List<StatementResult> results() {
    return results;
  }

  /** Where the rest of these rows is, or null if they are all. */
  public Cursor cursorOf(RowSet rows) {
    return rows.cursor() == 0 ? null : new Cursor(link, rows.cursor());
  }
}
