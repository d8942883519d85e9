package dev.lockstep.examples.spring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Where a process can be reached by others, as Linux tells in /proc. */
final class ListeningSockets {
  private static final String LISTENING = "0A";
  private static final String UNCONNECTED = "07";

  /** 127.0.0.1, least significant byte first, as an address of version 4 and within version 6. */
  private static final Set<String> LOOPBACK =
      Set.of("0100007F", "0000000000000000FFFF00000100007F");

  private ListeningSockets() {}

  /** As {@code tcp 127.0.0.1:8080}; an address other than that as it stands in /proc. */
  static Set<String> of(long pid) throws IOException {
    Set<String> inodes = inodes(pid);
    Set<String> sockets = new TreeSet<>();
    for (String protocol : List.of("tcp", "tcp6", "udp", "udp6")) {
      Files.readAllLines(Path.of("/proc/" + pid + "/net/" + protocol)).stream()
          .skip(1)
          .map(line -> line.trim().split(" +"))
          .filter(fields -> inodes.contains(fields[9]))
          .filter(fields -> fields[3].equals(LISTENING) || fields[3].equals(UNCONNECTED))
          .forEach(fields -> sockets.add(protocol.substring(0, 3) + " " + address(fields[1])));
    }
    return sockets;
  }

  private static String address(String hexadecimal) {
    String[] parts = hexadecimal.split(":");
    return (LOOPBACK.contains(parts[0]) ? "127.0.0.1" : parts[0])
        + ":"
        + Integer.parseInt(parts[1], 16);
  }

  private static Set<String> inodes(long pid) throws IOException {
    Set<String> inodes = new HashSet<>();
    try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      for (Path file : files.toList()) {
        String target;
        try {
          target = Files.readSymbolicLink(file).toString();
        } catch (IOException e) {
          continue; // It was closed meanwhile.
        }
        if (target.startsWith("socket:[")) {
          inodes.add(target.substring("socket:[".length(), target.length() - 1));
        }
      }
    }
    return inodes;
  }
}
