package dev.lockstep.jdbc;

import dev.lockstep.jdbc.client.SqlState;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.sql.Blob;
import java.sql.SQLException;
import java.util.Arrays;

/** A blob whose bytes are in memory. Positions count from 1, as everywhere in JDBC. */
final class MemoryBlob implements Blob {
  /** The blob's bytes and room behind them; null when it is freed. */
  private byte[] bytes;

  private int length;

  /** Takes over the array: the caller does not change it any more. */
  MemoryBlob(byte[] bytes) {
    this.bytes = bytes;
    this.length = bytes.length;
  }

  @Override
  public long length() throws SQLException {
    checkNotFreed();
    return length;
  }

  @Override
  public byte[] getBytes(long position, int count) throws SQLException {
    int start = start(position);
    return Arrays.copyOfRange(bytes, start, start + Math.min(length - start, notNegative(count)));
  }

  @Override
  public InputStream getBinaryStream() throws SQLException {
    checkNotFreed();
    return new ByteArrayInputStream(bytes, 0, length);
  }

  @Override
  public InputStream getBinaryStream(long position, long count) throws SQLException {
    return new ByteArrayInputStream(getBytes(position, notNegative(count)));
  }

  @Override
  public long position(byte[] pattern, long start) throws SQLException {
    MemoryClob.checkGiven(pattern);
    for (int i = start(start); i <= length - pattern.length; i++) {
      if (Arrays.equals(bytes, i, i + pattern.length, pattern, 0, pattern.length)) {
        return i + 1L;
      }
    }
    return -1;
  }

  @Override
  public long position(Blob pattern, long start) throws SQLException {
    MemoryClob.checkGiven(pattern);
    checkNotFreed();
    long count = pattern.length();
    return count > length ? -1 : position(pattern.getBytes(1, (int) count), start);
  }

  @Override
  public int setBytes(long position, byte[] source) throws SQLException {
    MemoryClob.checkGiven(source);
    return setBytes(position, source, 0, source.length);
  }

  @Override
  public int setBytes(long position, byte[] source, int offset, int count) throws SQLException {
    MemoryClob.checkGiven(source);
    int start = start(position);
    MemoryClob.checkRange(offset, count, source.length);
    if (count > Integer.MAX_VALUE - start) {
      throw SqlState.INVALID_ARGUMENT.exception("a blob of more than 2 GiB");
    }
    int end = start + count;
    if (end > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(end, (int) Math.min(bytes.length * 2L, 1 << 30)));
    }
    System.arraycopy(source, offset, bytes, start, count);
    length = Math.max(length, end);
    return count;
  }

  /** What is written is in the blob at once. */
  @Override
  public OutputStream setBinaryStream(long position) throws SQLException {
    start(position);
    return new OutputStream() {
      private long next = position;

      @Override
      public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
      }

      @Override
      public void write(byte[] source, int offset, int count) throws IOException {
        try {
          next += setBytes(next, source, offset, count);
        } catch (SQLException e) {
          throw new IOException(e.getMessage(), e);
        }
      }
    };
  }

  /** A blob that is not longer stays as it is. */
  @Override
  public void truncate(long newLength) throws SQLException {
    checkNotFreed();
    length = Math.min(length, notNegative(newLength));
  }

  @Override
  public void free() {
    bytes = null;
  }

  private void checkNotFreed() throws SQLException {
    if (bytes == null) {
      throw SqlState.INVALID_ARGUMENT.exception("the blob was freed");
    }
  }

  private int start(long position) throws SQLException {
    checkNotFreed();
    if (position < 1 || position > length + 1L) {
      throw SqlState.INVALID_ARGUMENT.exception("position " + position + " of " + length);
    }
    return (int) position - 1;
  }

  private static int notNegative(long count) throws SQLException {
    if (count < 0) {
      throw SqlState.INVALID_ARGUMENT.exception("negative length " + count);
    }
    return (int) Math.min(count, Integer.MAX_VALUE);
  }
}
