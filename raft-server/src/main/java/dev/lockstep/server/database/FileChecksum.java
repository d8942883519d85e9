package dev.lockstep.server.database;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * The length of a file and the checksum of its content.
 *
 * @param crc CRC-32C, eight hexadecimal digits
 */
record FileChecksum(long bytes, String crc) {
  private static final int BUFFER_BYTES = 1 << 20;

  /** Reads the whole file. */
  static FileChecksum of(Path file) throws IOException {
    CRC32C crc = new CRC32C();
    long bytes = 0;
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      while (channel.read(buffer) >= 0) {
        buffer.flip();
        bytes += buffer.remaining();
        crc.update(buffer);
        buffer.clear();
      }
    }
    return new FileChecksum(bytes, String.format("%08x", crc.getValue()));
  }

  /**
   * @throws StateException if the file is another one
   */
  void check(Path file) throws IOException {
    FileChecksum found = of(file);
    if (!found.equals(this)) {
      throw new StateException(
          file
              + " is damaged: it has "
              + found.bytes()
              + " bytes with checksum "
              + found.crc()
              + ", and should have "
              + bytes
              + " with "
              + crc);
    }
  }
}
