package dev.lockstep.sql;

import java.sql.SQLException;

/** Tells apart what a statement did wrong (alike on every node) from what went wrong on a node. */
public final class SqlErrors {
  private SqlErrors() {}

  /** Classifies an exception of sqlite-jdbc; one without a result code of SQLite is a fault. */
  public static SqlFailure classify(SQLException failure) {
    return new SqlFailure(
        SqlFailure.Kind.FAULT, new SqlError("XX000", 0, String.valueOf(failure.getMessage())));
  }
}
