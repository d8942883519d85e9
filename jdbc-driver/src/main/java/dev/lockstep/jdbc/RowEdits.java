package dev.lockstep.jdbc;

/** What was set for the columns of one row. */
final class RowEdits {
  private final Object[] values;
  private final boolean[] set;

  RowEdits(int columns) {
    this.values = new Object[columns];
    this.set = new boolean[columns];
  }

  /**
   * @param index counted from 0
   * @param value one of SQLite's, or null
   */
  void set(int index, Object value) {
    values[index] = value;
    set[index] = true;
  }

  boolean isSet(int index) {
    return set[index];
  }

  /** By column; null also where nothing was set. */
  Object[] values() {
    return values;
  }
}
