package dev.lockstep.jdbc;

import dev.lockstep.jdbc.client.SqlState;
import dev.lockstep.protocol.RowBatch;
import dev.lockstep.protocol.RowReader;
import java.sql.SQLException;

/** Where a result is: its rows are read forward, or scrolled. */
abstract class MovingResultSet extends UnsupportedResultSet {
  /** Where the reading is. */
  private enum Position {
    BEFORE_FIRST,
    ON_ROW,
    AFTER_LAST
  }

  final RowStream rows;

  /** Null if the result is read forward only. */
  private final KeptRows kept;

  private Position position = Position.BEFORE_FIRST;

  /** What is read instead of the row for the time being; null if nothing is. */
  private RowReader instead;

  /** What the row of a result that is read forward only has become; null if it was not changed. */
  private RowReader replaced;

  /** Whether a result that is read forward only is on a row that was deleted. */
  private boolean removed;

  private int rowNumber;
  private int fetchSize;

  /**
   * @param scrolls whether it can be read in any direction; then all rows stay in memory
   */
  MovingResultSet(RowStream rows, int fetchSize, boolean scrolls) {
    this.rows = rows;
    this.kept = scrolls ? new KeptRows(rows) : null;
    this.fetchSize = fetchSize;
  }

  abstract void checkOpen() throws SQLException;

  /** The result has left the row that it was on. */
  abstract void moved();

  /** The row that the result is on. */
  final RowReader currentRow() throws SQLException {
    if (instead != null) {
      return instead;
    }
    if (position != Position.ON_ROW) {
      throw SqlState.NO_CURRENT_ROW.exception(
          position == Position.BEFORE_FIRST
              ? "next() was not called before reading a column"
              : "there are no more rows");
    }
    if (isRemoved()) {
      throw SqlState.NO_CURRENT_ROW.exception("the row was deleted");
    }
    if (kept != null) {
      return kept.row();
    }
    return replaced != null ? replaced : rows.row();
  }

  /** Shows another row where the result is, until it moves; null to end that. */
  final void showInstead(RowReader row) {
    instead = row;
  }

  /** Shows the present row as it is now, whenever the result comes to it. */
  final void replaceRow(RowBatch row) {
    if (kept != null) {
      kept.replace(rowNumber, row);
    } else {
      RowReader reader = new RowReader(row, rows.columns().size());
      reader.next();
      replaced = reader;
    }
  }

  /** The present row is gone; what is left is its place. */
  final void removeRow() {
    instead = null;
    removed = true;
    if (kept != null) {
      kept.remove(rowNumber);
    }
  }

  final boolean isRemoved() {
    return instead == null
        && position == Position.ON_ROW
        && (kept == null ? removed : kept.row() == null);
  }

  private void leave() {
    instead = null;
    replaced = null;
    removed = false;
    moved();
  }

  @Override
  public boolean next() throws SQLException {
    checkOpen();
    if (position == Position.AFTER_LAST) {
      return false;
    }
    if (kept != null) {
      return goTo(rowNumber + 1);
    }
    leave();
    boolean found = rows.next(fetchSize);
    position = found ? Position.ON_ROW : Position.AFTER_LAST;
    rowNumber = found ? rowNumber + 1 : 0;
    return found;
  }

  private boolean goTo(int number) throws SQLException {
    leave();
    boolean found = kept.moveTo(number, fetchSize);
    position = found ? Position.ON_ROW : number < 1 ? Position.BEFORE_FIRST : Position.AFTER_LAST;
    rowNumber = found ? number : 0;
    return found;
  }

  private void checkScrolls() throws SQLException {
    checkOpen();
    if (kept == null) {
      throw SqlState.NO_CURRENT_ROW.exception(
          "the result is read forward only: create its statement with TYPE_SCROLL_INSENSITIVE");
    }
  }

  @Override
  public boolean previous() throws SQLException {
    checkScrolls();
    return goTo(position == Position.AFTER_LAST ? kept.count(fetchSize) : rowNumber - 1);
  }

  @Override
  public boolean first() throws SQLException {
    checkScrolls();
    return goTo(1);
  }

  @Override
  public boolean last() throws SQLException {
    checkScrolls();
    return goTo(kept.count(fetchSize));
  }

  @Override
  public boolean absolute(int row) throws SQLException {
    checkScrolls();
    return goTo(row >= 0 ? row : Math.max(0, kept.count(fetchSize) + 1 + row));
  }

  @Override
  public boolean relative(int count) throws SQLException {
    checkScrolls();
    int from = position == Position.AFTER_LAST ? kept.count(fetchSize) + 1 : rowNumber;
    return goTo((int) Math.max(0, Math.min(Integer.MAX_VALUE, (long) from + count)));
  }

  @Override
  public void beforeFirst() throws SQLException {
    checkScrolls();
    goTo(0);
  }

  @Override
  public void afterLast() throws SQLException {
    checkScrolls();
    goTo(kept.count(fetchSize) + 1);
  }

  @Override
  public boolean isBeforeFirst() throws SQLException {
    checkOpen();
    return position == Position.BEFORE_FIRST
        && (rows.firstBatch().rowCount() > 0 || rows.hasNext(fetchSize));
  }

  @Override
  public boolean isAfterLast() throws SQLException {
    checkOpen();
    return position == Position.AFTER_LAST && rows.firstBatch().rowCount() > 0;
  }

  @Override
  public boolean isFirst() throws SQLException {
    checkOpen();
    return rowNumber == 1;
  }

  @Override
  public boolean isLast() throws SQLException {
    checkOpen();
    if (position != Position.ON_ROW) {
      return false;
    }
    return kept == null ? !rows.hasNext(fetchSize) : kept.isLast(rowNumber, fetchSize);
  }

  @Override
  public int getRow() throws SQLException {
    checkOpen();
    return rowNumber;
  }

  @Override
  public int getType() throws SQLException {
    checkOpen();
    return kept == null ? TYPE_FORWARD_ONLY : TYPE_SCROLL_INSENSITIVE;
  }

  @Override
  public int getFetchDirection() throws SQLException {
    checkOpen();
    return FETCH_FORWARD;
  }

  @Override
  public void setFetchDirection(int direction) throws SQLException {
    checkOpen();
    if (kept == null && direction != FETCH_FORWARD) {
      throw SqlState.NO_CURRENT_ROW.exception("the result is read forward only");
    }
    LockstepStatement.checkDirection(direction);
  }

  @Override
  public int getFetchSize() throws SQLException {
    checkOpen();
    return fetchSize;
  }

  @Override
  public void setFetchSize(int rowsAtOnce) throws SQLException {
    checkOpen();
    if (rowsAtOnce < 0) {
      throw SqlState.INVALID_ARGUMENT.exception("negative fetch size " + rowsAtOnce);
    }
    fetchSize = rowsAtOnce;
  }
}
