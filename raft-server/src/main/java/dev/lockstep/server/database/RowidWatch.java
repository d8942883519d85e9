package dev.lockstep.server.database;

import dev.lockstep.server.command.StatementCommand;
import dev.lockstep.sql.GreatestRowid;
import dev.lockstep.sql.RowidRisk;
import dev.lockstep.sql.ScriptConnection;
import dev.lockstep.sql.SqlErrors;
import dev.lockstep.sql.SqlFailure;
import java.sql.SQLException;

/**
 * Sees to it that no run of one statement, with all its rows of parameters, leaves a row with the
 * greatest rowid behind, or has a result that depends on one it had on the way.
 *
 * <p>Mostly {@code last_insert_rowid()} and SQLite's counters say all there is to know. Else the
 * tables are looked at after each execution. What is hidden even so, inside one execution, is
 * watched by triggers; for executions that fail only in a second run, which a {@link RowidDoubt}
 * asks for.
 */
final class RowidWatch {
  private final GreatestRowid rowids;
  private final ScriptConnection connection;
  private final String sql;
  private final boolean mayInsert;
  private final boolean careful;
  private RowidRisk risk;
  private boolean watching;
  private long totalBefore;
  private long lastInsertRowid;

  RowidWatch(
      GreatestRowid rowids,
      ScriptConnection connection,
      StatementCommand command,
      boolean mayInsert,
      boolean careful) {
    this.rowids = rowids;
    this.connection = connection;
    this.sql = command.call().sql();
    this.mayInsert = mayInsert;
    this.careful = careful;
  }

  /** To be called before the first execution; {@link #end} must follow. */
  void begin() throws SQLException {
    risk = rowids.of(sql);
    if ((careful || risk.isHidden()) && rowids.needsWatch(risk)) {
      watching = true;
      rowids.watch(risk);
    }
  }

  /** To be called when nothing comes before the first execution any more. */
  void count() throws SQLException {
    totalBefore = connection.totalChanges();
  }

  /** An execution has succeeded, and has changed so many rows by itself. */
  void executed(long changes) throws SQLException, StatementRefused {
    long total = connection.totalChanges();
    if (mayInsert) {
      lastInsertRowid = connection.lastInsertRowid();
    }
    if (!isHarmless(changes, total - totalBefore)) {
      look();
    }
    totalBefore = total;
  }

  private boolean isHarmless(long changes, long total) {
    // Otherwise a trigger or a foreign key has changed something.
    return risk.insertTells()
        && total == changes
        && (!mayInsert || total == 0 || total == 1 && lastInsertRowid != GreatestRowid.VALUE);
  }

  /** What {@code last_insert_rowid()} was after the last execution, of a statement that inserts. */
  long lastInsertRowid() {
    return lastInsertRowid;
  }

  private void look() throws SQLException, StatementRefused {
    String table = rowids.holder(sql, risk);
    if (table != null) {
      throw StatementRefused.greatestRowid(table);
    }
  }

  /**
   * An execution has failed.
   *
   * @return what it is to be reported as
   */
  SQLException failed(SQLException failure) throws SQLException, StatementRefused, RowidDoubt {
    SqlFailure.Kind kind = SqlErrors.classify(failure).kind();
    boolean full = kind == SqlFailure.Kind.DISK_FULL;
    if (risk == null || !full && kind != SqlFailure.Kind.STATEMENT) {
      return failure;
    }
    String seen = watching ? GreatestRowid.seenIn(failure) : null;
    if (seen != null) {
      throw StatementRefused.greatestRowid(seen);
    }
    if (!full && connection.totalChanges() != totalBefore) {
      // It has kept what it had done until then, by OR FAIL.
      look();
    }
    if (!careful && !watching && rowids.needsWatch(risk)) {
      throw new RowidDoubt(failure);
    }
    return failure;
  }

  /** An execution was given up, and has had its effect. */
  void refused() throws SQLException, StatementRefused {
    if (risk != null && connection.totalChanges() != totalBefore) {
      look();
    }
  }

  /** To be called in the end, whatever has happened. */
  void end() throws SQLException {
    if (watching) {
      watching = false;
      rowids.endWatch();
    }
  }
}
