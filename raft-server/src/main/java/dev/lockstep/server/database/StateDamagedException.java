package dev.lockstep.server.database;

/** The file with the state is no SQLite database any more, or one that SQLite cannot read. */
public final class StateDamagedException extends StateException {
  private static final long serialVersionUID = 1L;

  StateDamagedException(String message, Throwable cause) {
    super(message, cause);
  }
}
