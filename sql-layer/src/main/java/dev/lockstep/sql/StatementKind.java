package dev.lockstep.sql;

/** What a statement is, as far as its execution differs. */
public enum StatementKind {
  /** A SELECT, VALUES or WITH … SELECT. */
  QUERY,
  /** INSERT, REPLACE, UPDATE or DELETE, with or without RETURNING. */
  DML,
  /** CREATE, ALTER or DROP. */
  DDL,
  /** A PRAGMA that only answers. */
  PRAGMA_READ,
  /**
   * {@code PRAGMA user_version = n}, {@code application_id = n} or {@code defer_foreign_keys = b}.
   */
  PRAGMA_WRITE,
  /** SAVEPOINT, RELEASE or ROLLBACK TO. */
  SAVEPOINT_CONTROL,
  /** BEGIN, COMMIT, END or ROLLBACK of the whole transaction. */
  TRANSACTION_CONTROL,
  /** VACUUM, ANALYZE or REINDEX. */
  MAINTENANCE,
  /** EXPLAIN or EXPLAIN QUERY PLAN of any statement. */
  EXPLAIN
}
