package dev.lockstep.sql;

import java.sql.Connection;
import java.sql.SQLException;
import org.sqlite.Function;

/**
 * {@code lockstep_lock(name, seconds)} and {@code lockstep_unlock(name)} as functions of SQLite,
 * which ask the {@link NamedLocks} of the context.
 */
final class LockFunction extends Function {
  static final String LOCK = "lockstep_lock";
  static final String UNLOCK = "lockstep_unlock";

  /** Characters of a lock's name. */
  static final int NAME_CHARS_MAX = 200;

  /**
   * SQLITE_DIRECTONLY: SQLite refuses them in views, triggers, CHECKs, defaults, indexes and
   * generated columns.
   */
  private static final int DIRECT_ONLY = 0x80000;

  /** SQLite's codes of types (sqlite.org/c3ref/c_blob.html). */
  private static final int INTEGER = 1;

  private static final int FLOAT = 2;
  private static final int TEXT = 3;

  private final String sqlName;
  private final StatementContext context;

  private LockFunction(String sqlName, StatementContext context) {
    this.sqlName = sqlName;
    this.context = context;
  }

  static void register(Connection connection, StatementContext context) throws SQLException {
    Function.create(connection, LOCK, new LockFunction(LOCK, context), 2, DIRECT_ONLY);
    Function.create(connection, UNLOCK, new LockFunction(UNLOCK, context), 1, DIRECT_ONLY);
  }

  /** Whether a statement calls one of them. */
  static boolean isCalledBy(Program program) {
    return program.calls(LOCK) || program.calls(UNLOCK);
  }

  @Override
  protected void xFunc() throws SQLException {
    String name = value_type(0) == TEXT ? value_text(0) : "";
    if (name.isEmpty() || name.length() > NAME_CHARS_MAX) {
      error(sqlName + "(): the name must be a text of 1 to " + NAME_CHARS_MAX + " characters");
      return;
    }
    try {
      boolean done;
      if (sqlName.equals(UNLOCK)) {
        done = context.locks().unlock(name);
      } else {
        int type = value_type(1);
        double seconds = type == INTEGER || type == FLOAT ? value_double(1) : -1;
        if (!(seconds >= 0)) {
          error(LOCK + "(): the time to wait must be a number of seconds, not less than 0");
          return;
        }
        done = context.locks().lock(name, seconds);
      }
      result(done ? 1 : 0);
    } catch (NamedLocks.Refused refused) {
      error(sqlName + "(): " + refused.getMessage());
    }
  }
}
