package dev.lockstep.jdbc;

import dev.lockstep.jdbc.client.SqlState;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.sql.Blob;
import java.sql.SQLException;
import java.util.Arrays;

/** A blob whose bytes are in memory. Positions count from 1, as everywhere in JDBC. */
final class MemoryBlob implements Blob {
  private byte[] bytes;

  MemoryBlob(byte[] bytes) {
    this.bytes = bytes;
  }

  @Override
  public long length() throws SQLException {
    return checked().length;
  }

  @Override
  public byte[] getBytes(long position, int length) throws SQLException {
    int start = start(position, checked().length);
    if (length < 0) {
      throw SqlState.INVALID_ARGUMENT.exception("negative length " + length);
    }
    return Arrays.copyOfRange(bytes, start, Math.min(bytes.length, start + length));
  }

  @Override
  public InputStream getBinaryStream() throws SQLException {
    return new ByteArrayInputStream(checked());
  }

  @Override
  public InputStream getBinaryStream(long position, long length) throws SQLException {
    return new ByteArrayInputStream(getBytes(position, (int) Math.min(length, Integer.MAX_VALUE)));
  }

  @Override
  public long position(byte[] pattern, long start) throws SQLException {
    byte[] all = checked();
    for (int i = start(start, all.length); i <= all.length - pattern.length; i++) {
      if (Arrays.equals(all, i, i + pattern.length, pattern, 0, pattern.length)) {
        return i + 1;
      }
    }
    return -1;
  }

  @Override
  public long position(Blob pattern, long start) throws SQLException {
    return position(pattern.getBytes(1, (int) pattern.length()), start);
  }

  @Override
  public int setBytes(long position, byte[] source) throws SQLException {
    return setBytes(position, source, 0, source.length);
  }

  @Override
  public int setBytes(long position, byte[] source, int offset, int length) throws SQLException {
    int start = start(position, checked().length);
    if (offset < 0 || length < 0 || length > source.length - offset) {
      throw SqlState.INVALID_ARGUMENT.exception(
          "offset " + offset + ", length " + length + " of " + source.length);
    }
    byte[] changed = Arrays.copyOf(bytes, Math.max(bytes.length, start + length));
    System.arraycopy(source, offset, changed, start, length);
    bytes = changed;
    return length;
  }

  /** What is written is in the blob when the stream is closed. */
  @Override
  public OutputStream setBinaryStream(long position) throws SQLException {
    start(position, checked().length);
    return new ByteArrayOutputStream() {
      @Override
      public void close() {
        try {
          setBytes(position, toByteArray());
        } catch (SQLException e) {
          throw new IllegalStateException(e);
        }
      }
    };
  }

  @Override
  public void truncate(long length) throws SQLException {
    bytes = getBytes(1, (int) Math.min(length, Integer.MAX_VALUE));
  }

  @Override
  public void free() {
    bytes = null;
  }

  private byte[] checked() throws SQLException {
    if (bytes == null) {
      throw SqlState.INVALID_ARGUMENT.exception("the blob was freed");
    }
    return bytes;
  }

  private static int start(long position, int length) throws SQLException {
    if (position < 1 || position > length + 1L) {
      throw SqlState.INVALID_ARGUMENT.exception("position " + position + " of " + length);
    }
    return (int) position - 1;
  }
}
