package dev.lockstep.jdbc;

import dev.lockstep.protocol.Column;
import dev.lockstep.protocol.DescribedColumn;
import dev.lockstep.protocol.ServerMessage.Described;
import dev.lockstep.protocol.ValueInfo;
import java.sql.SQLException;
import java.util.List;

/**
 * What the cluster knows of the columns of a result beyond what comes with it: it is asked once,
 * when an application first wants to know.
 */
final class ColumnFacts {
  /** Knows nothing. */
  static final ColumnFacts NONE = new ColumnFacts(null, null, 0, List.of());

  private final LockstepConnection connection;
  private final String sql;
  private final int statement;
  private final List<Column> columns;

  /** One for each column, or none if nothing is known; null until it was asked for. */
  private List<DescribedColumn> described;

  /**
   * @param sql the text that was executed; null if it is not known
   * @param statement the number of the statement in the text, from 0
   * @param columns those of the result
   */
  ColumnFacts(LockstepConnection connection, String sql, int statement, List<Column> columns) {
    this.connection = connection;
    this.sql = sql;
    this.statement = statement;
    this.columns = columns;
    this.described = sql == null ? List.of() : null;
  }

  /** Of a statement that was described already. */
  ColumnFacts(List<DescribedColumn> described) {
    this(null, null, 0, List.of());
    this.described = described;
  }

  /**
   * @param index from 0
   */
  ValueInfo info(int index) throws SQLException {
    List<DescribedColumn> known = described();
    return known.isEmpty() ? ValueInfo.UNKNOWN : known.get(index).info();
  }

  /** Whether the column is a table's INTEGER PRIMARY KEY. */
  boolean isRowid(int index) throws SQLException {
    List<DescribedColumn> known = described();
    return !known.isEmpty() && known.get(index).rowid();
  }

  private List<DescribedColumn> described() throws SQLException {
    if (described == null) {
      described = ask();
    }
    return described;
  }

  /** What has become of the statement since it was executed tells nothing of its result. */
  private List<DescribedColumn> ask() throws SQLException {
    Described answer;
    try {
      answer = connection.client().describe(sql, statement);
    } catch (SQLException e) {
      if (e.getSQLState() != null && e.getSQLState().startsWith("42")) {
        return List.of();
      }
      throw e;
    }
    List<Column> now = answer.columns().stream().map(DescribedColumn::column).toList();
    return now.equals(columns) ? answer.columns() : List.of();
  }
}
