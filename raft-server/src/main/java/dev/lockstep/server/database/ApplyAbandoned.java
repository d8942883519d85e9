package dev.lockstep.server.database;

/** The log was closed while the replica waited for room to apply an entry; nothing is wrong. */
final class ApplyAbandoned extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ApplyAbandoned() {
    super("the log closes while its entries wait for room on the disk", null, false, false);
  }
}
