package dev.lockstep.server.database;

/** How a transaction stands to others that run at the same time. */
public enum TransactionMode {
  /** It takes its turn, first come first served: no conflict where nobody is idle. */
  QUEUED,
  /** It takes no turn: for applications that run a transaction again when it is lost. */
  OPTIMISTIC
}
