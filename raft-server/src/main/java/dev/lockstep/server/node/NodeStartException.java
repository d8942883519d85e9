package dev.lockstep.server.node;

/** Why a node did not start: a message of one line for a person, and the kind for a program. */
public final class NodeStartException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What kept the node from starting. */
  public enum Reason {
    /** The data directory belongs to another cluster, node or database, or to a newer format. */
    FOREIGN_DATA_DIRECTORY,
    /** Another process uses the data directory. */
    DATA_DIRECTORY_IN_USE,
    /** A port is taken, or the address is not one of this machine. */
    ADDRESS_NOT_AVAILABLE,
    /** Anything else: the disk, the state, the engine. */
    FAILED
  }

  private final Reason reason;

  public NodeStartException(Reason reason, String message) {
    this(reason, message, null);
  }

  public NodeStartException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
