package dev.lockstep.server.database;

import dev.lockstep.server.command.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a snapshot says of itself, in a file of lines {@code name=value}.
 *
 * @param content what its file of the state must be
 */
record SnapshotManifest(
    String clusterId, String database, AppliedState state, FileChecksum content) {
  static final String FILE = "manifest";
  private static final String FORMAT_VERSION = "2";
  private static final long FILE_BYTES_MAX = 1 << 16;

  void write(Path file) throws IOException {
    Files.write(
        file,
        List.of(
            "format=" + FORMAT_VERSION,
            "cluster=" + clusterId,
            "database=" + database,
            "index=" + state.index(),
            "term=" + state.term(),
            "clock=" + state.clockMillis(),
            "digest=" + state.digest(),
            "bytes=" + content.bytes(),
            "crc32c=" + content.crc()));
  }

  /**
   * @throws StateException if it is not a manifest, or one of a newer format
   */
  static SnapshotManifest read(Path file) throws IOException {
    if (Files.size(file) > FILE_BYTES_MAX) {
      throw new StateException(file + " is too large for the manifest of a snapshot");
    }
    Map<String, String> values = new HashMap<>();
    for (String line : Files.readAllLines(file)) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        values.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
    String format = value(file, values, "format");
    if (!format.equals(FORMAT_VERSION)) {
      throw new StateException(
          file + " is of format version " + format + "; this Lockstep reads " + FORMAT_VERSION);
    }
    try {
      String digest = value(file, values, "digest");
      if (digest.length() != 2 * Digest.BYTES) {
        throw new StateException(file + " has the digest " + digest);
      }
      return new SnapshotManifest(
          value(file, values, "cluster"),
          value(file, values, "database"),
          new AppliedState(
              Long.parseLong(value(file, values, "index")),
              Long.parseLong(value(file, values, "term")),
              Long.parseLong(value(file, values, "clock")),
              new Digest(
                  Long.parseUnsignedLong(digest.substring(0, 16), 16),
                  Long.parseUnsignedLong(digest.substring(16), 16))),
          new FileChecksum(
              Long.parseLong(value(file, values, "bytes")), value(file, values, "crc32c")));
    } catch (NumberFormatException e) {
      throw new StateException(file + " has a number that is none: " + e.getMessage(), e);
    }
  }

  private static String value(Path file, Map<String, String> values, String name) {
    String value = values.get(name);
    if (value == null) {
      throw new StateException(file + " does not say the snapshot's " + name);
    }
    return value;
  }
}
