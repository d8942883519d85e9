package dev.lockstep.server.cli;

import dev.lockstep.server.node.NodeStartException;

/** What the process ends with. */
final class ExitCodes {
  static final int OK = 0;

  /** It did not work; the message says why. */
  static final int FAILED = 1;

  /** Wrong options or values; picocli's own code. */
  static final int USAGE = 2;

  /** A port is in use, or the address is not this machine's. */
  static final int ADDRESS_NOT_AVAILABLE = 3;

  /** The data directory is another node's, of a newer format, or in use. */
  static final int DATA_DIRECTORY = 4;

  private ExitCodes() {}

  static int of(NodeStartException failure) {
    return switch (failure.reason()) {
      case FOREIGN_DATA_DIRECTORY, DATA_DIRECTORY_IN_USE -> DATA_DIRECTORY;
      case ADDRESS_NOT_AVAILABLE -> ADDRESS_NOT_AVAILABLE;
      case FAILED -> FAILED;
    };
  }
}
