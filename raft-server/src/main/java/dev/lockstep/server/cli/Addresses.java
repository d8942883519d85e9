package dev.lockstep.server.cli;

import java.net.InetSocketAddress;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Reads addresses from the command line. */
final class Addresses {
  private Addresses() {}

  /**
   * Reads {@code HOST:PORT}.
   *
   * @throws ParameterException if it is not of that form
   */
  static InetSocketAddress parse(CommandLine commandLine, String address) {
    int colon = address.lastIndexOf(':');
    try {
      if (colon > 0) {
        int port = Integer.parseInt(address.substring(colon + 1));
        return new InetSocketAddress(address.substring(0, colon), port);
      }
    } catch (IllegalArgumentException e) {
      // Told below: not a number, or not a port.
    }
    throw new ParameterException(commandLine, "'" + address + "' is not of the form HOST:PORT");
  }
}
