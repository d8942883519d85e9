package dev.lockstep.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumSet;
import java.util.Set;

/**
 * A database in memory, attached to a connection as {@code lockstep}, with the system tables. Given
 * back with the connection, which is of no use for anything else any more: names without a schema
 * would be looked for here, too.
 */
final class SystemSchema {
  /** The mode lifts what a read-only connection hands down to what is attached to it. */
  private static final String ATTACH =
      "ATTACH 'file:lockstep?mode=memory' AS " + SystemTable.SCHEMA;

  private final Connection connection;
  private final Set<SystemTable> filled = EnumSet.noneOf(SystemTable.class);

  private SystemSchema(Connection connection) {
    this.connection = connection;
  }

  /** Attaches it, with empty tables. The connection may be inside a snapshot. */
  static SystemSchema attach(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(ATTACH);
      for (SystemTable table : SystemTable.values()) {
        statement.execute(table.definition());
      }
    }
    return new SystemSchema(connection);
  }

  /** Fills a table, if it is not yet. */
  void fill(SystemTable table, SystemContent content) throws SQLException {
    if (!filled.add(table)) {
      return;
    }
    try (PreparedStatement insertion = connection.prepareStatement(table.insertion())) {
      content.read(
          table,
          connection,
          values -> {
            if (values.length != table.columnCount()) {
              throw new IllegalArgumentException(values.length + " values of " + table);
            }
            for (int i = 0; i < values.length; i++) {
              insertion.setObject(i + 1, values[i]);
            }
            insertion.executeUpdate();
          });
    }
  }
}
