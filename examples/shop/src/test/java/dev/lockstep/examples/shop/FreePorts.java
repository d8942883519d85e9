package dev.lockstep.examples.shop;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Finds ports for a {@link ShopCluster} of a test. */
final class FreePorts {
  private static final int FIRST = 20_000;
  private static final int SPAN = 10_000;

  private FreePorts() {}

  /** The first of three ports that are free, as are the three that follow at a distance of ten. */
  static int first() throws IOException {
    for (int port = FIRST + (int) (ProcessHandle.current().pid() * 20 % SPAN); ; port += 20) {
      boolean free = true;
      for (int i = 0; i < 3 && free; i++) {
        free = isFree(port + i) && isFree(port + i + 10);
      }
      if (free) {
        return port;
      }
    }
  }

  private static boolean isFree(int port) throws IOException {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"))) {
      return socket.getLocalPort() == port;
    } catch (BindException e) {
      return false;
    }
  }
}
