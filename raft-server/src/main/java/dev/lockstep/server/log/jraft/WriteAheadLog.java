package dev.lockstep.server.log.jraft;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * Tells a write-ahead log of RocksDB whose last record was cut off by a power failure from one that
 * is damaged before its end. RocksDB takes a record whose length was changed for one that goes on
 * beyond the end of the file, and drops it with all that follows, without a word.
 *
 * <p>Source: RocksDB's wiki, Write Ahead Log File Format: blocks of 32 KiB, records of a checksum
 * (masked CRC-32C of type and payload), a length, a type, and the payload.
 */
final class WriteAheadLog {
  private static final int BLOCK_BYTES = 32 << 10;
  private static final int HEADER_BYTES = 7;
  private static final int CRC_MASK_DELTA = 0xa282ead8;

  private final byte[] block = new byte[BLOCK_BYTES];
  private final CRC32C crc = new CRC32C();

  private WriteAheadLog() {}

  /**
   * @throws IOException if a file in the directory is damaged otherwise than by a last record that
   *     was cut off, or cannot be read
   */
  static void check(Path directory) throws IOException {
    List<Path> files;
    try (Stream<Path> list = Files.list(directory)) {
      files = list.filter(file -> file.toString().endsWith(".log")).sorted().toList();
    }
    for (int i = 0; i < files.size(); i++) {
      long damage = new WriteAheadLog().damageIn(files.get(i), i < files.size() - 1);
      if (damage >= 0) {
        throw new IOException(files.get(i) + " is damaged at byte " + damage);
      }
    }
  }

  /**
   * @param complete whether nothing may be cut off, because another file follows
   * @return where the damage is, or -1
   */
  private long damageIn(Path file, boolean complete) throws IOException {
    long damage = -1;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      for (long start = 0; start < channel.size(); start += BLOCK_BYTES) {
        int length = read(channel, start);
        int position = 0;
        while (damage < 0 && position + HEADER_BYTES <= length) {
          int next = recordEnd(position, length);
          if (next < 0) {
            if (isZero(position, length)) {
              // Space that was reserved, or a block that never reached the disk.
              damage = start + BLOCK_BYTES < channel.size() ? start + position : -1;
              break;
            }
            damage = start + position;
          } else {
            position = next;
          }
        }
        if (damage >= 0) {
          // A record that is whole, after one that is not, was written after it.
          int from = start <= damage ? (int) (damage - start) + 1 : 0;
          if (complete || hasRecord(from, length)) {
            return damage;
          }
        }
      }
    }
    return -1;
  }

  private int read(FileChannel channel, long start) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(block);
    while (buffer.hasRemaining()) {
      int read = channel.read(buffer, start + buffer.position());
      if (read < 0) {
        break;
      }
    }
    return buffer.position();
  }

  private boolean hasRecord(int from, int length) {
    for (int position = from; position + HEADER_BYTES <= length; position++) {
      if (recordEnd(position, length) >= 0) {
        return true;
      }
    }
    return false;
  }

  /** Where the record at the position ends, or -1 if none is there that is whole. */
  private int recordEnd(int position, int length) {
    ByteBuffer header = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
    int masked = header.getInt(position);
    int payload = Short.toUnsignedInt(header.getShort(position + 4));
    int end = position + HEADER_BYTES + payload;
    if (block[position + 6] == 0 || end > length) {
      return -1;
    }
    crc.reset();
    crc.update(block, position + 6, 1 + payload);
    int value = (int) crc.getValue();
    return Integer.rotateRight(value, 15) + CRC_MASK_DELTA == masked ? end : -1;
  }

  private boolean isZero(int from, int to) {
    for (int position = from; position < to; position++) {
      if (block[position] != 0) {
        return false;
      }
    }
    return true;
  }
}
