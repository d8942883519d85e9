package dev.lockstep.sql;

import java.sql.Connection;
import java.sql.SQLException;

/** Knows what is in the system tables. */
public interface SystemContent {
  /** Takes rows. */
  interface Rows {
    /**
     * @param values in the order of the table's columns: null, numbers, strings
     */
    void add(Object... values) throws SQLException;
  }

  /**
   * Gives the rows of a table as they are now. May block.
   *
   * @param connection shows the state of the database that the query will read
   */
  void read(SystemTable table, Connection connection, Rows rows) throws SQLException;
}
