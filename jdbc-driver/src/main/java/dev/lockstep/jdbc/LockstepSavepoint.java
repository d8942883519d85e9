package dev.lockstep.jdbc;

import dev.lockstep.jdbc.client.SqlState;
import java.sql.SQLException;
import java.sql.Savepoint;

/** A point of a transaction to go back to. */
final class LockstepSavepoint implements Savepoint {
  private final int id;
  private final String name;
  private final long transaction;
  private boolean released;

  /**
   * @param name the application's name, or null if it gave none
   * @param transaction number of the connection's transaction that it belongs to
   */
  LockstepSavepoint(int id, String name, long transaction) {
    this.id = id;
    this.name = name;
    this.transaction = transaction;
  }

  @Override
  public int getSavepointId() throws SQLException {
    if (name != null) {
      throw SqlState.INVALID_SAVEPOINT.exception("the savepoint has a name, not a number");
    }
    return id;
  }

  @Override
  public String getSavepointName() throws SQLException {
    if (name == null) {
      throw SqlState.INVALID_SAVEPOINT.exception("the savepoint has a number, not a name");
    }
    return name;
  }

  /** The name in SQL. */
  String quotedName() {
    return SqlText.quotedName(name == null ? "lockstep_" + id : name);
  }

  void released() {
    released = true;
  }

  void checkUsableIn(long present) throws SQLException {
    if (released || transaction != present) {
      throw SqlState.INVALID_SAVEPOINT.exception(
          released ? "the savepoint was released" : "the savepoint's transaction is over");
    }
  }
}
