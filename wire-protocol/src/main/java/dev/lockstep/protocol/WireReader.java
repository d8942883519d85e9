package dev.lockstep.protocol;

import java.nio.charset.StandardCharsets;

/**
 * Reads what {@link WireWriter} wrote from a part of a byte array. Whatever is wrong with the bytes
 * is a {@link ProtocolException}; no length is trusted before it was compared with its limit and
 * with the bytes that are left. Not safe for use by several threads.
 */
public final class WireReader {
  private final byte[] buffer;
  private final int end;
  private int position;

  public WireReader(byte[] buffer) {
    this(buffer, 0, buffer.length);
  }

  public WireReader(byte[] buffer, int offset, int length) {
    if (offset < 0 || length < 0 || length > buffer.length - offset) {
      throw new IllegalArgumentException(
          "offset " + offset + ", length " + length + " of " + buffer.length);
    }
    this.buffer = buffer;
    this.position = offset;
    this.end = offset + length;
  }

  public int position() {
    return position;
  }

  public int remaining() {
    return end - position;
  }

  public int readByte() {
    need(1);
    return buffer[position++] & 0xFF;
  }

  public boolean readBoolean() {
    int value = readByte();
    if (value > 1) {
      throw new ProtocolException("boolean expected, found " + value);
    }
    return value == 1;
  }

  public int readInt() {
    need(4);
    int value = getInt(position);
    position += 4;
    return value;
  }

  public long readLong() {
    need(8);
    long value = ((long) getInt(position) << 32) | (getInt(position + 4) & 0xFFFF_FFFFL);
    position += 8;
    return value;
  }

  public long readVarLong() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int next = readByte();
      if (shift == 63 && next > 1) {
        throw new ProtocolException("integer of more than 64 bits");
      }
      value |= (long) (next & 0x7F) << shift;
      if (next < 0x80) {
        return value;
      }
    }
    throw new ProtocolException("integer of more than 64 bits");
  }

  /**
   * An unsigned integer that fits a Java {@code long}.
   *
   * @param what names the number in the error
   */
  public long readNonNegativeLong(String what) {
    long value = readVarLong();
    if (value < 0) {
      throw new ProtocolException(what + " of " + Long.toUnsignedString(value));
    }
    return value;
  }

  /**
   * An unsigned integer that is no count of things to follow.
   *
   * @param max the greatest one allowed
   * @param what names the number in the error
   */
  public int readNonNegativeInt(int max, String what) {
    long value = readVarLong();
    if (value < 0 || value > max) {
      throw new ProtocolException(
          what + " of " + Long.toUnsignedString(value) + ", the limit is " + max);
    }
    return (int) value;
  }

  public long readSignedVarLong() {
    long value = readVarLong();
    return (value >>> 1) ^ -(value & 1);
  }

  public double readDouble() {
    return Double.longBitsToDouble(readLong());
  }

  /**
   * A count of things that each take at least one byte.
   *
   * @param max the named limit
   * @param what names the things in the error
   */
  public int readCount(int max, String what) {
    long count = readVarLong();
    if (count < 0 || count > max) {
      throw new ProtocolException(
          Long.toUnsignedString(count) + " " + what + ", the limit is " + max);
    }
    if (count > remaining()) {
      throw new ProtocolException(count + " " + what + " in " + remaining() + " bytes");
    }
    return (int) count;
  }

  public byte[] readBytes(int max, String what) {
    int length = readCount(max, what);
    byte[] value = new byte[length];
    System.arraycopy(buffer, position, value, 0, length);
    position += length;
    return value;
  }

  public String readString(int bytesMax, String what) {
    int length = readCount(bytesMax, what);
    String value = new String(buffer, position, length, StandardCharsets.UTF_8);
    position += length;
    return value;
  }

  public void skip(int length) {
    need(length);
    position += length;
  }

  /** Goes to a position from which was read before. */
  void moveTo(int newPosition) {
    position = newPosition;
  }

  /** The array that is read from; for those who keep a slice of it. */
  byte[] buffer() {
    return buffer;
  }

  /** Fails if something is left: a message ends where its frame ends. */
  public void expectEnd() {
    if (position != end) {
      throw new ProtocolException(remaining() + " bytes after the end of the message");
    }
  }

  private int getInt(int at) {
    return (buffer[at] & 0xFF) << 24
        | (buffer[at + 1] & 0xFF) << 16
        | (buffer[at + 2] & 0xFF) << 8
        | (buffer[at + 3] & 0xFF);
  }

  private void need(int bytes) {
    if (bytes < 0 || bytes > end - position) {
      throw new ProtocolException(bytes + " bytes expected, " + remaining() + " left");
    }
  }
}
