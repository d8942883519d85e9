package dev.lockstep.sql;

/**
 * What {@code lockstep_lock(name, seconds)} and {@code lockstep_unlock(name)} do. Whoever applies
 * commands gives it to the writing connection; on all others, and where no command may take a lock,
 * the functions fail.
 */
public interface NamedLocks {
  /** Refuses both. */
  NamedLocks NONE =
      new NamedLocks() {
        @Override
        public boolean lock(String name, double seconds) throws Refused {
          throw new Refused(ALONE);
        }

        @Override
        public boolean unlock(String name) throws Refused {
          throw new Refused(ALONE);
        }
      };

  /** Why the functions fail elsewhere. */
  String ALONE =
      "named locks are taken and released in autocommit mode, by a SELECT that stands alone";

  /**
   * Takes the lock, once more if the session has it.
   *
   * @param seconds how long to wait for it
   * @return whether the session has it now
   * @throws Refused the statement fails, on every node alike
   */
  boolean lock(String name, double seconds) throws Refused;

  /**
   * Undoes one {@link #lock}.
   *
   * @return whether the session had it
   * @throws Refused the statement fails, on every node alike
   */
  boolean unlock(String name) throws Refused;

  /** Fails the statement that called. */
  final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    public Refused(String message) {
      super(message);
    }
  }
}
