package dev.lockstep.server.database;

import dev.lockstep.protocol.Column;
import dev.lockstep.protocol.Limits;
import dev.lockstep.protocol.ProtocolException;
import dev.lockstep.protocol.RowBatch;
import dev.lockstep.protocol.StatementResult;
import dev.lockstep.protocol.Values;
import dev.lockstep.protocol.WireWriter;
import dev.lockstep.server.command.StatementCommand;
import dev.lockstep.server.command.StatementCommand.Kind;
import dev.lockstep.server.command.StatementCommand.Rows;
import dev.lockstep.sql.ColumnInfo;
import dev.lockstep.sql.GreatestRowid;
import dev.lockstep.sql.ResultColumns;
import dev.lockstep.sql.ScriptConnection;
import dev.lockstep.sql.SqliteReader;
import dev.lockstep.sql.SqliteWriter;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs one statement with its rows of parameters, and encodes what it returns. */
final class StatementRunner {
  private static final int KNOWN_COLUMNS_MAX = 512;
  private static final String CHANGES = "changes";
  private static final Object[] NO_PARAMETERS = new Object[0];

  /** What must be known about the schema, and told about changes of it. */
  interface Schema {
    /** Whether a trigger, a view or a default may call a function of the session. */
    boolean schemaUsesSession() throws SQLException;

    /**
     * A table that refers to one of those behind a virtual table, which their module could not
     * change then; null if there is none.
     */
    String referringToShadowTable() throws SQLException;

    /** A statement may change it now. */
    void defining();

    /** Whether one may have done so since the last commit. */
    boolean isBeingDefined();
  }

  private final Schema schema;
  private final ScriptConnection connection;

  /** Looks after what changes rows; null where nothing can. */
  private final GreatestRowid rowids;

  /** The same for tables of full-text search. */
  private final FullTextSettings fullText;

  /** Whether any statement may come to a function of the session; null if not known. */
  private Boolean schemaUsesSession;

  /** The columns of statements that return rows, by text; they change with the schema only. */
  private final Map<String, List<Column>> knownColumns =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, List<Column>> eldest) {
          return size() > KNOWN_COLUMNS_MAX;
        }
      };

  /** For statements that only read. */
  StatementRunner(SqliteReader reader, Schema schema) {
    this(reader, schema, null, null);
  }

  /** For all statements. */
  StatementRunner(SqliteWriter writer, Schema schema) {
    this(writer, schema, new GreatestRowid(writer), new FullTextSettings(writer));
  }

  private StatementRunner(
      ScriptConnection connection, Schema schema, GreatestRowid rowids, FullTextSettings fullText) {
    this.fullText = fullText;
    this.connection = connection;
    this.schema = schema;
    this.rowids = rowids;
  }

  /** What the statements of one command or step share, and how far they are. */
  static final class Run {
    private final Script script;
    private final boolean primesSession;
    private final int resultBytesMax;
    private final boolean careful;
    private long totalChangesBefore;
    private int bytes;
    private int statement = -1;
    private int row;

    private Run(
        Script script,
        boolean primesSession,
        int resultBytesMax,
        long totalChanges,
        boolean careful) {
      this.script = script;
      this.careful = careful;
      this.primesSession = primesSession;
      this.resultBytesMax = resultBytesMax;
      this.totalChangesBefore = totalChanges;
    }

    /** SQLite's count of all changes when the statement in progress began. */
    long totalChangesBefore() {
      return totalChangesBefore;
    }

    /** The statement in progress, counted from 0. */
    int statement() {
      return Math.max(0, statement);
    }

    /** Its row of parameters in progress, counted from 0. */
    int row() {
      return row;
    }
  }

  Run begin(Script script, boolean primesSession, int resultBytesMax, long totalChanges) {
    return new Run(script, primesSession, resultBytesMax, totalChanges, false);
  }

  /** The same again after a {@link RowidDoubt}: slower, and without doubts. */
  Run beginCarefully(Script script, boolean primesSession, int resultBytesMax, long totalChanges) {
    return new Run(script, primesSession, resultBytesMax, totalChanges, true);
  }

  StatementResult run(StatementCommand command, Run run)
      throws SQLException, StatementRefused, RowidDoubt {
    run.statement++;
    run.row = 0;
    if (command.kind() == Kind.CHANGE) {
      return runChange(command, run);
    }
    giveSession(command, false, run);
    if (command.kind() == Kind.DEFINITION) {
      schema.defining();
    }
    StatementResult result = runRows(command, null, run);
    if (command.kind() == Kind.DEFINITION || command.kind() == Kind.SAVEPOINT) {
      schemaMayHaveChanged();
    }
    if (command.kind() == Kind.DEFINITION) {
      // Here and not in the analysis: the other table may have come to be in between.
      String table = schema.referringToShadowTable();
      if (table != null) {
        throw StatementRefused.refersToShadowTable(table);
      }
    }
    return result;
  }

  /** Makes the functions of the session answer as they should, where they could be called. */
  private void giveSession(StatementCommand command, boolean mayInsert, Run run)
      throws SQLException {
    if (schemaUsesSession == null) {
      // The leader's analysis may be older than a trigger.
      schemaUsesSession = schema.schemaUsesSession();
    }
    SessionValues values = run.script.values();
    if (schemaUsesSession || (run.primesSession && namesChanges(command.call().sql()))) {
      connection.setSession(values.lastInsertRowid(), values.changes(), values.totalChanges());
    } else if (mayInsert || run.primesSession) {
      connection.setLastInsertRowid(values.lastInsertRowid());
    } else {
      return;
    }
    run.totalChangesBefore = connection.totalChanges();
  }

  /** Whether a text may call {@code changes()} or {@code total_changes()}. */
  private static boolean namesChanges(String sql) {
    for (int i = 0; i <= sql.length() - CHANGES.length(); i++) {
      if (sql.regionMatches(true, i, CHANGES, 0, CHANGES.length())) {
        return true;
      }
    }
    return false;
  }

  private StatementResult runChange(StatementCommand command, Run run)
      throws SQLException, StatementRefused, RowidDoubt {
    fullText.readBefore(command.call().sql());
    boolean mayInsert = mayInsert(command.call().sql());
    RowidWatch watch = new RowidWatch(rowids, connection, command, mayInsert, run.careful);
    try {
      // What it compiles moves SQLite's counters on.
      watch.begin();
      giveSession(command, mayInsert, run);
      watch.count();
      StatementResult result = runRows(command, watch, run);
      SessionValues values = run.script.values();
      long total = connection.totalChanges();
      long[] updateCounts = result.updateCounts();
      run.script.setValues(
          new SessionValues(
              mayInsert ? watch.lastInsertRowid() : values.lastInsertRowid(),
              updateCounts[updateCounts.length - 1],
              values.totalChanges() + total - run.totalChangesBefore));
      run.totalChangesBefore = total;
      return result;
    } catch (SQLException e) {
      throw watch.failed(e);
    } catch (StatementRefused e) {
      watch.refused();
      throw e;
    } finally {
      watch.end();
    }
  }

  private StatementResult runRows(StatementCommand command, RowidWatch watch, Run run)
      throws SQLException, StatementRefused {
    List<Object[]> parameterRows = command.call().parameterRows();
    boolean query = command.kind() == Kind.QUERY;
    long[] updateCounts = new long[query ? 0 : parameterRows.size()];
    ReturnedRows returned = command.rows() == Rows.NONE ? null : new ReturnedRows(command, run);
    for (int i = 0; i < parameterRows.size(); i++) {
      run.row = i;
      Object[] parameters =
          command.call().parameterCount() == 0 ? NO_PARAMETERS : parameterRows.get(i);
      PreparedStatement statement = connection.prepare(command.call().sql());
      connection.beginStatement(
          run.script.clockMillis(), run.script.seed(), run.script.nextStatement());
      bind(statement, parameters);
      if (statement.execute()) {
        try (ResultSet rows = statement.getResultSet()) {
          if (returned == null) {
            drain(rows);
          } else {
            returned.add(statement, rows);
          }
        }
      }
      if (watch != null) {
        updateCounts[i] = connection.changes();
        watch.executed(updateCounts[i]);
      }
    }
    return new StatementResult(updateCounts, returned == null ? null : returned.toRowSet());
  }

  /**
   * Whether a statement that changes rows may be one that inserts: UPDATE and DELETE leave {@code
   * last_insert_rowid()} as it is, also when their triggers insert.
   */
  private static boolean mayInsert(String sql) {
    char first = sql.isEmpty() ? ' ' : sql.charAt(0);
    return first != 'U' && first != 'u' && first != 'D' && first != 'd';
  }

  private static void bind(PreparedStatement statement, Object[] parameters)
      throws SQLException, StatementRefused {
    int expected = statement.getParameterMetaData().getParameterCount();
    if (expected != parameters.length) {
      throw new StatementRefused(
          "07001", parameters.length + " parameters for a statement that takes " + expected);
    }
    for (int i = 0; i < parameters.length; i++) {
      Object value = parameters[i];
      if (value instanceof Long integer) {
        statement.setLong(i + 1, integer);
      } else if (value instanceof String text) {
        statement.setString(i + 1, text);
      } else if (value == null) {
        statement.setNull(i + 1, 0);
      } else if (value instanceof Double real) {
        statement.setDouble(i + 1, real);
      } else {
        statement.setBytes(i + 1, (byte[]) value);
      }
    }
  }

  /** A RETURNING clause's statement has its whole effect only when all rows were read. */
  private static void drain(ResultSet rows) throws SQLException {
    while (rows.next()) {
      // Nobody asked for them.
    }
  }

  /** To be called when the schema may be another: after definitions, and what undid them. */
  void schemaMayHaveChanged() {
    knownColumns.clear();
    schemaUsesSession = null;
    if (rowids != null && schema.isBeingDefined()) {
      rowids.schemaMayHaveChanged();
      fullText.schemaMayHaveChanged();
    }
  }

  private List<Column> columns(PreparedStatement statement, String sql) throws SQLException {
    List<Column> columns = knownColumns.get(sql);
    if (columns == null) {
      columns = ResultColumns.of(statement).stream().map(StatementRunner::columnOf).toList();
      knownColumns.put(sql, columns);
    }
    return columns;
  }

  private static Column columnOf(ColumnInfo info) {
    return new Column(info.label(), info.table(), info.declaredType());
  }

  /** The rows that a statement returns, for all its rows of parameters. */
  private final class ReturnedRows {
    private final StatementCommand command;
    private final Run run;
    private final WireWriter out;
    private List<Column> columns = List.of();
    private int count;

    ReturnedRows(StatementCommand command, Run run) {
      this.command = command;
      this.run = run;
      this.out = new WireWriter(64, run.resultBytesMax - run.bytes);
    }

    void add(PreparedStatement statement, ResultSet rows) throws SQLException, StatementRefused {
      columns = columns(statement, command.call().sql());
      int width = columns.size();
      try {
        while (rows.next()) {
          if (command.maxRows() > 0 && count >= command.maxRows()) {
            // Read on: a RETURNING clause's statement has its whole effect only at its end.
            if (command.kind() == Kind.QUERY) {
              return;
            }
            continue;
          }
          if (count == Limits.ROWS_MAX) {
            throw StatementRefused.resultTooLarge(run.resultBytesMax);
          }
          for (int i = 1; i <= width; i++) {
            write(rows.getObject(i));
          }
          count++;
        }
      } catch (ProtocolException e) {
        throw StatementRefused.resultTooLarge(run.resultBytesMax);
      }
    }

    private void write(Object value) {
      if (value instanceof Integer integer) {
        Values.writeInteger(out, integer);
      } else {
        Values.write(out, value);
      }
    }

    StatementResult.RowSet toRowSet() {
      run.bytes += out.size();
      return new StatementResult.RowSet(
          command.rows() == Rows.GENERATED_KEYS,
          columns,
          new RowBatch(count, out.buffer(), 0, out.size()),
          0);
    }
  }
}
