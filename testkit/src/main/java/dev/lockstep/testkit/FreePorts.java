package dev.lockstep.testkit;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports on the loopback address that nobody listened on a moment ago. Not of those that systems
 * give to outgoing connections: while a node is down, the others' attempts to reach it could take
 * its own port.
 */
final class FreePorts {
  private static final int FIRST = 10_000;
  private static final int BEYOND_LAST = 32_000;
  private static final int ATTEMPTS_MAX = 1_000;

  private FreePorts() {}

  static List<Integer> find(int count) throws IOException {
    List<ServerSocket> held = new ArrayList<>();
    try {
      List<Integer> ports = new ArrayList<>();
      for (int attempt = 0; ports.size() < count; attempt++) {
        int port = ThreadLocalRandom.current().nextInt(FIRST, BEYOND_LAST);
        try {
          held.add(new ServerSocket(port, 1, InetAddress.getLoopbackAddress()));
          ports.add(port);
        } catch (BindException taken) {
          if (attempt == ATTEMPTS_MAX) {
            throw taken;
          }
        }
      }
      return ports;
    } finally {
      for (ServerSocket socket : held) {
        socket.close();
      }
    }
  }
}
