package dev.lockstep.sql.types;

/** Calcite has no words for a statement; nothing is wrong with the statement. */
final class UntypedException extends Exception {
  private static final long serialVersionUID = 1L;

  UntypedException(String message) {
    super(message);
  }

  UntypedException(Throwable cause) {
    super(cause);
  }
}
