package dev.lockstep.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A growing byte array with the protocol's primitive encodings. Unsigned variable-length integers
 * are little-endian groups of seven bits (LEB128); signed ones are mapped to unsigned by zig-zag.
 * Everything else is big-endian. Not safe for use by several threads.
 */
public final class WireWriter {
  private byte[] buffer;
  private int size;
  private final int bytesMax;

  /** A writer that refuses to grow beyond a frame. */
  public WireWriter() {
    this(256, Limits.FRAME_BYTES_MAX);
  }

  public WireWriter(int initialBytes, int bytesMax) {
    this.buffer = new byte[Math.max(16, initialBytes)];
    this.bytesMax = bytesMax;
  }

  public int size() {
    return size;
  }

  /** Forgets what was written; the memory stays for the next use. */
  public void reset() {
    size = 0;
  }

  /** Forgets everything from the given size on: undoes a partly written element. */
  public void truncate(int newSize) {
    if (newSize < 0 || newSize > size) {
      throw new IllegalArgumentException("cannot truncate " + size + " bytes to " + newSize);
    }
    size = newSize;
  }

  public byte[] toByteArray() {
    return Arrays.copyOf(buffer, size);
  }

  /** The live buffer, valid up to {@link #size()}, until the next write. */
  public byte[] buffer() {
    return buffer;
  }

  public void writeByte(int value) {
    ensure(1);
    buffer[size++] = (byte) value;
  }

  public void writeBoolean(boolean value) {
    writeByte(value ? 1 : 0);
  }

  public void writeInt(int value) {
    ensure(4);
    putInt(size, value);
    size += 4;
  }

  /** Overwrites four bytes written earlier: for lengths that are known last. */
  public void setInt(int position, int value) {
    if (position < 0 || position + 4 > size) {
      throw new IllegalArgumentException("position " + position + " of " + size);
    }
    putInt(position, value);
  }

  public void writeLong(long value) {
    ensure(8);
    putInt(size, (int) (value >>> 32));
    putInt(size + 4, (int) value);
    size += 8;
  }

  /** An unsigned integer; a negative argument takes ten bytes. */
  public void writeVarLong(long value) {
    ensure(10);
    while ((value & ~0x7FL) != 0) {
      buffer[size++] = (byte) ((value & 0x7F) | 0x80);
      value >>>= 7;
    }
    buffer[size++] = (byte) value;
  }

  /** A count or length; never negative. */
  public void writeVarInt(int value) {
    if (value < 0) {
      throw new IllegalArgumentException("negative count " + value);
    }
    writeVarLong(value);
  }

  public void writeSignedVarLong(long value) {
    writeVarLong((value << 1) ^ (value >> 63));
  }

  public void writeDouble(double value) {
    writeLong(Double.doubleToRawLongBits(value));
  }

  /** A length and that many bytes. */
  public void writeBytes(byte[] value) {
    writeBytes(value, 0, value.length);
  }

  /** A length and that many bytes. */
  public void writeBytes(byte[] value, int offset, int length) {
    writeVarInt(length);
    writeRaw(value, offset, length);
  }

  /** Bytes without a length before them. */
  public void writeRaw(byte[] value, int offset, int length) {
    ensure(length);
    System.arraycopy(value, offset, buffer, size, length);
    size += length;
  }

  /** A length in bytes and the text in UTF-8; an unpaired surrogate becomes {@code ?}. */
  public void writeString(String value) {
    int length = value.length();
    // The common text is short and ASCII: written in one pass, without an array in between.
    if (length < 128) {
      ensure(length + 1);
      int start = size + 1;
      int i = 0;
      for (char c; i < length && (c = value.charAt(i)) < 0x80; i++) {
        buffer[start + i] = (byte) c;
      }
      if (i == length) {
        buffer[size] = (byte) length;
        size = start + length;
        return;
      }
    }
    writeBytes(value.getBytes(StandardCharsets.UTF_8));
  }

  private void putInt(int position, int value) {
    buffer[position] = (byte) (value >>> 24);
    buffer[position + 1] = (byte) (value >>> 16);
    buffer[position + 2] = (byte) (value >>> 8);
    buffer[position + 3] = (byte) value;
  }

  private void ensure(int more) {
    if (more > bytesMax - size) {
      throw new ProtocolException(
          "message of more than " + bytesMax + " bytes: " + size + " written, " + more + " to add");
    }
    if (more > buffer.length - size) {
      buffer = Arrays.copyOf(buffer, Math.min(bytesMax, Math.max(buffer.length * 2, size + more)));
    }
  }
}
