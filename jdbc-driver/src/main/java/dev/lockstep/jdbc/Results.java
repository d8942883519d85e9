package dev.lockstep.jdbc;

import dev.lockstep.jdbc.client.Execution;
import dev.lockstep.protocol.Column;
import dev.lockstep.protocol.RowBatch;
import dev.lockstep.protocol.RowReader;
import dev.lockstep.protocol.StatementResult;
import dev.lockstep.protocol.StatementResult.RowSet;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The results of a statement's last execution, which the application walks through with {@code
 * getMoreResults}. Owns all of them: what was never looked at is given back, too.
 */
final class Results {
  static final Results NONE = new Results(null, List.of());

  private static final RowSet NO_KEYS =
      new RowSet(true, List.of(new Column("GENERATED_KEY", "", "")), RowBatch.EMPTY, 0);

  private final LockstepStatement statement;
  private final List<Execution> executions;

  /** What the application sees: results with rows, and counts; both null for a count alone. */
  private final List<StatementResult> visible = new ArrayList<>();

  private final List<Execution> origins = new ArrayList<>();
  private final List<LockstepResultSet> open = new ArrayList<>();

  /** Index of the present result; its size when all were seen. */
  private int index;

  private LockstepResultSet current;
  private LockstepResultSet keys;

  /** Of one execution, to be walked through. */
  Results(LockstepStatement statement, Execution execution) {
    this(statement, List.of(execution));
    for (StatementResult result : execution.results()) {
      visible.add(result);
      origins.add(execution);
    }
  }

  /** Of a batch, whose counts were returned already: only its keys are left. */
  Results(LockstepStatement statement, List<Execution> executions) {
    this.statement = statement;
    this.executions = executions;
  }

  /** Shows the first result; true if it has rows. */
  boolean first(int fetchSize) {
    return show(fetchSize);
  }

  /** Goes on to the next result; true if it has rows. */
  boolean next(int fetchSize, boolean closeCurrent, boolean closeAll) throws SQLException {
    if (closeAll) {
      closeAll();
    } else if (closeCurrent && current != null) {
      LockstepResultSet former = current;
      current = null;
      former.close();
    }
    if (index < visible.size()) {
      index++;
    }
    return show(fetchSize);
  }

  private boolean show(int fetchSize) {
    current = null;
    if (index < visible.size() && hasRows(visible.get(index))) {
      RowSet rows = visible.get(index).rows();
      current = statement.resultSet(rows, origins.get(index), fetchSize, index);
      open.add(current);
    }
    return current != null;
  }

  private static boolean hasRows(StatementResult result) {
    return result.rows() != null && !result.rows().generatedKeys();
  }

  ResultSet resultSet() {
    return current;
  }

  /** Rows changed by the present result, or -1 if it has rows or there is none. */
  long updateCount() {
    if (current != null || index >= visible.size()) {
      return -1;
    }
    StatementResult result = visible.get(index);
    return hasRows(result) ? -1 : Arrays.stream(result.updateCounts()).sum();
  }

  /** The keys of all results; without any, a result without rows. */
  ResultSet generatedKeys(int fetchSize) throws SQLException {
    if (keys != null && !keys.isClosed()) {
      return keys;
    }
    List<RowSet> sets = new ArrayList<>();
    List<Execution> from = new ArrayList<>();
    for (Execution execution : executions) {
      for (StatementResult result : execution.results()) {
        if (result.rows() != null && result.rows().generatedKeys()) {
          sets.add(result.rows());
          from.add(execution);
        }
      }
    }
    if (sets.size() == 1) {
      keys = statement.resultSet(sets.get(0), from.get(0), fetchSize, 0);
    } else if (sets.isEmpty()) {
      // Of a statement that was executed without any keys, or not at all.
      return new LockstepResultSet(
          null, new RowStream(NO_KEYS, null, null), 0, MomentFormat.text(ZoneOffset.UTC));
    } else {
      keys = statement.resultSet(merged(sets, from, fetchSize), null, fetchSize, 0);
    }
    open.add(keys);
    return keys;
  }

  /** One set of rows from those of several statements; the columns are those of the first. */
  private RowSet merged(List<RowSet> sets, List<Execution> from, int fetchSize)
      throws SQLException {
    List<Column> columns = sets.get(0).columns();
    List<Object[]> rows = new ArrayList<>();
    for (int i = 0; i < sets.size(); i++) {
      RowSet set = sets.get(i);
      RowStream stream =
          new RowStream(set, from.get(i).cursorOf(set), statement.lockstepConnection().client());
      while (stream.next(fetchSize)) {
        RowReader row = stream.row();
        Object[] values = new Object[columns.size()];
        for (int column = 0; column < Math.min(values.length, set.columns().size()); column++) {
          values[column] = row.value(column);
        }
        rows.add(values);
      }
    }
    return new RowSet(true, columns, RowBatch.of(rows), 0);
  }

  /** Whether the application has closed everything that it was given and there is no more. */
  boolean areAllClosed(LockstepResultSet closing) {
    return index + 1 >= visible.size()
        && open.stream().allMatch(result -> result == closing || result.isClosed());
  }

  /** Gives back everything. */
  void close() throws SQLException {
    closeAll();
    // Results that were never shown hold cursors, too.
    for (int i = index + 1; i < visible.size(); i++) {
      RowSet rows = visible.get(i).rows();
      if (rows != null && rows.cursor() != 0) {
        statement.lockstepConnection().client().closeCursor(origins.get(i).cursorOf(rows));
      }
    }
    index = visible.size();
  }

  private void closeAll() throws SQLException {
    List<LockstepResultSet> all = List.copyOf(open);
    open.clear();
    current = null;
    for (LockstepResultSet result : all) {
      result.close();
    }
  }
}
