package dev.lockstep.sql;

import java.sql.Connection;
import java.sql.SQLException;
import org.sqlite.Function;
import org.sqlite.SQLiteConnection;
import org.sqlite.core.DB;

/**
 * Replaces SQLite's functions of time, place and chance, and those that the system's library
 * computes, on a connection by ones that a {@link StatementContext} feeds. SQLite uses them
 * everywhere: in defaults, triggers, views, generated columns and indexes.
 *
 * <p>The native side of the functions is freed by SQLite when the connection is closed.
 */
final class ReplacedFunctions implements AutoCloseable {
  /** The greatest {@code randomblob()}: SQLite's own limit would let a statement take the heap. */
  static final int RANDOM_BLOB_BYTES_MAX = Connections.VALUE_BYTES_MAX;

  /** SQLite's codes of types (sqlite.org/c3ref/c_blob.html). */
  private static final int INTEGER = 1;

  private static final int FLOAT = 2;
  private static final int TEXT = 3;
  private static final int BLOB = 4;

  /**
   * Together with the SQLITE_UTF16 that sqlite-jdbc adds it is SQLITE_ANY. A function that is not
   * built into SQLite goes on being called for texts in UTF-8 if it is replaced for UTF-16 only.
   */
  private static final int ALL_ENCODINGS = 1;

  private final StatementContext context;
  private final PlainSqlite plain;

  private ReplacedFunctions(StatementContext context) throws SQLException {
    this.context = context;
    this.plain = new PlainSqlite();
  }

  /** Whose values the three functions of the session answer. */
  enum Session {
    /**
     * {@code last_insert_rowid()} and {@code changes()} stay SQLite's own, so that they are right
     * inside triggers; {@code total_changes()} counts on from the context's. For the connection
     * that writes: what only one node answers is refused on it.
     */
    OF_THE_CONNECTION,
    /** All three are the context's. */
    OF_THE_CLIENT
  }

  static ReplacedFunctions register(
      Connection connection, StatementContext context, Session session) throws SQLException {
    ReplacedFunctions functions = new ReplacedFunctions(context);
    try {
      functions.registerTime(connection);
      functions.registerChance(connection);
      functions.registerMathematics(connection);
      functions.registerSession(connection, session);
      registerRefused(connection, session);
      LockFunction.register(connection, context);
      StatisticFunction.register(connection);
      ErrorFunction.register(connection);
      return functions;
    } catch (SQLException | RuntimeException failure) {
      functions.close();
      throw failure;
    }
  }

  private void registerTime(Connection connection) throws SQLException {
    for (DateFunction function : DateFunction.values()) {
      Function.create(
          connection,
          function.sqlName(),
          new DateCall(function),
          function.argumentCount(),
          // What SQLite declares for them, so that indexes and generated columns may use them.
          Function.FLAG_DETERMINISTIC);
    }
    create(connection, "current_date", new Call(call -> call.answer(context.currentDate())));
    create(connection, "current_time", new Call(call -> call.answer(context.currentTime())));
    create(
        connection, "current_timestamp", new Call(call -> call.answer(context.currentTimestamp())));
  }

  private void registerChance(Connection connection) throws SQLException {
    create(connection, "random", new Call(call -> call.answer(context.random().nextForSql())));
    Function.create(connection, "randomblob", new RandomBlob(), 1, 0);
  }

  private void registerMathematics(Connection connection) throws SQLException {
    for (MathFunction function : MathFunction.values()) {
      Function.create(
          connection,
          function.sqlName(),
          new MathCall(function),
          function.argumentCount(),
          Function.FLAG_DETERMINISTIC);
    }
  }

  private void registerSession(Connection connection, Session session) throws SQLException {
    if (session == Session.OF_THE_CONNECTION) {
      DB database = ((SQLiteConnection) connection).getDatabase();
      create(
          connection,
          "total_changes",
          new Call(call -> call.answer(context.totalChanges() + database.total_changes())));
      return;
    }
    create(
        connection, "last_insert_rowid", new Call(call -> call.answer(context.lastInsertRowid())));
    create(connection, "changes", new Call(call -> call.answer(context.changes())));
    create(connection, "total_changes", new Call(call -> call.answer(context.totalChanges())));
  }

  /**
   * The analysis refuses these before they run. This is for where it cannot see them: in a CHECK
   * that ALTER TABLE or an integrity check evaluates, and in a trigger that was created after the
   * statement was analysed.
   */
  private static void registerRefused(Connection connection, Session session) throws SQLException {
    for (RefusedFunction function : RefusedFunction.values()) {
      boolean refused =
          function.scope() == RefusedFunction.Scope.UNSAFE
              || (function.scope() == RefusedFunction.Scope.OF_THE_NODE
                  && session == Session.OF_THE_CONNECTION);
      if (refused) {
        for (int argumentCount : function.argumentCounts()) {
          Function.create(
              connection,
              function.sqlName(),
              new RefusedCall(function),
              argumentCount,
              ALL_ENCODINGS);
        }
      }
    }
  }

  private static void create(Connection connection, String name, Call call) throws SQLException {
    Function.create(connection, name, call, 0, 0);
  }

  @Override
  public void close() throws SQLException {
    plain.close();
  }

  private interface Answer {
    void to(Call call) throws SQLException;
  }

  /** A function without arguments. */
  private static final class Call extends Function {
    private final Answer answer;

    Call(Answer answer) {
      this.answer = answer;
    }

    void answer(long value) throws SQLException {
      result(value);
    }

    void answer(String value) throws SQLException {
      result(value);
    }

    @Override
    protected void xFunc() throws SQLException {
      answer.to(this);
    }
  }

  private static final class RefusedCall extends Function {
    private final RefusedFunction function;

    RefusedCall(RefusedFunction function) {
      this.function = function;
    }

    @Override
    protected void xFunc() throws SQLException {
      error(function.message());
    }
  }

  private final class RandomBlob extends Function {
    @Override
    protected void xFunc() throws SQLException {
      long length = Math.max(1, value_long(0));
      if (length > RANDOM_BLOB_BYTES_MAX) {
        error("string or blob too big");
        return;
      }
      byte[] bytes = new byte[(int) length];
      context.random().fill(bytes);
      result(bytes);
    }
  }

  private final class MathCall extends Function {
    private final MathFunction function;

    MathCall(MathFunction function) {
      this.function = function;
    }

    @Override
    protected void xFunc() throws SQLException {
      Double first = number(0);
      Double second = function.argumentCount() == 2 ? second() : Double.valueOf(0);
      if (first == null || second == null) {
        result();
      } else {
        result(function.apply(first, second));
      }
    }

    /** The argument if SQLite takes it for a number, which a text may be. */
    private Double number(int index) throws SQLException {
      return switch (value_type(index)) {
        case INTEGER, FLOAT -> value_double(index);
        case TEXT -> plain.isNumeric(value_text(index)) ? value_double(index) : null;
        default -> null;
      };
    }

    private Double second() throws SQLException {
      // SQLite forgets to look whether the second argument of log() is a number.
      return function == MathFunction.LOG_OF_BASE ? Double.valueOf(value_double(1)) : number(1);
    }
  }

  private final class DateCall extends Function {
    private final DateFunction function;

    DateCall(DateFunction function) {
      this.function = function;
    }

    @Override
    protected void xFunc() throws SQLException {
      Object[] arguments = new Object[args()];
      for (int i = 0; i < arguments.length; i++) {
        arguments[i] = argument(i);
      }
      Object[] pure = function.withoutEnvironment(arguments, context.isoNow());
      Object value = plain.call(function.sqlName(), pure);
      if (value == null) {
        result();
      } else if (value instanceof String text) {
        result(text);
      } else if (value instanceof Double real) {
        result(real);
      } else {
        result(((Number) value).longValue());
      }
    }

    private Object argument(int index) throws SQLException {
      return switch (value_type(index)) {
        case INTEGER -> value_long(index);
        case FLOAT -> value_double(index);
        case TEXT -> value_text(index);
        case BLOB -> value_blob(index);
        default -> null;
      };
    }
  }
}
