package dev.lockstep.jdbc;

import dev.lockstep.jdbc.client.SqlState;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Reader;
import java.io.StringReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.sql.Clob;
import java.sql.NClob;
import java.sql.SQLException;

/**
 * A text whose characters are in memory. Positions count from 1, as everywhere in JDBC. Its streams
 * of bytes are in UTF-8, of which ASCII is a part.
 */
final class MemoryClob implements NClob {
  /** Null when it is freed. */
  private StringBuilder text;

  MemoryClob(String text) {
    this.text = new StringBuilder(text);
  }

  @Override
  public long length() throws SQLException {
    return checked().length();
  }

  @Override
  public String getSubString(long position, int length) throws SQLException {
    int start = start(position);
    return text.substring(start, start + Math.min(text.length() - start, notNegative(length)));
  }

  @Override
  public Reader getCharacterStream() throws SQLException {
    return new StringReader(checked().toString());
  }

  @Override
  public Reader getCharacterStream(long position, long length) throws SQLException {
    return new StringReader(getSubString(position, notNegative(length)));
  }

  @Override
  public InputStream getAsciiStream() throws SQLException {
    return new ByteArrayInputStream(checked().toString().getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public long position(String pattern, long start) throws SQLException {
    checkGiven(pattern);
    int index = checked().indexOf(pattern, start(start));
    return index < 0 ? -1 : index + 1L;
  }

  @Override
  public long position(Clob pattern, long start) throws SQLException {
    checkGiven(pattern);
    long length = pattern.length();
    return length > checked().length()
        ? -1
        : position(pattern.getSubString(1, (int) length), start);
  }

  @Override
  public int setString(long position, String source) throws SQLException {
    checkGiven(source);
    return setString(position, source, 0, source.length());
  }

  @Override
  public int setString(long position, String source, int offset, int length) throws SQLException {
    checkGiven(source);
    int start = start(position);
    checkRange(offset, length, source.length());
    int end = start + Math.min(text.length() - start, length);
    text.replace(start, end, source.substring(offset, offset + length));
    return length;
  }

  /** What is written is in the text when the stream is closed: till then characters may be cut. */
  @Override
  public OutputStream setAsciiStream(long position) throws SQLException {
    start(position);
    return new ByteArrayOutputStream() {
      private boolean closed;

      @Override
      public void close() throws IOException {
        if (!closed) {
          closed = true;
          store(position, toString(StandardCharsets.UTF_8));
        }
      }
    };
  }

  /** What is written is in the text at once. */
  @Override
  public Writer setCharacterStream(long position) throws SQLException {
    start(position);
    return new Writer() {
      private long next = position;

      @Override
      public void write(char[] source, int offset, int length) throws IOException {
        store(next, new String(source, offset, length));
        next += length;
      }

      @Override
      public void flush() {}

      @Override
      public void close() {}
    };
  }

  private void store(long position, String written) throws IOException {
    try {
      setString(position, written);
    } catch (SQLException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** A text that is not longer stays as it is. */
  @Override
  public void truncate(long length) throws SQLException {
    checked().setLength(Math.min(text.length(), notNegative(length)));
  }

  @Override
  public void free() {
    text = null;
  }

  private StringBuilder checked() throws SQLException {
    if (text == null) {
      throw SqlState.INVALID_ARGUMENT.exception("the text was freed");
    }
    return text;
  }

  private int start(long position) throws SQLException {
    int length = checked().length();
    if (position < 1 || position > length + 1L) {
      throw SqlState.INVALID_ARGUMENT.exception("position " + position + " of " + length);
    }
    return (int) position - 1;
  }

  static void checkGiven(Object argument) throws SQLException {
    if (argument == null) {
      throw SqlState.INVALID_ARGUMENT.exception("nothing is given: the argument is null");
    }
  }

  static void checkRange(int offset, int length, int available) throws SQLException {
    if (offset < 0 || length < 0 || length > available - offset) {
      throw SqlState.INVALID_ARGUMENT.exception(
          "offset " + offset + ", length " + length + " of " + available);
    }
  }

  private static int notNegative(long length) throws SQLException {
    if (length < 0) {
      throw SqlState.INVALID_ARGUMENT.exception("negative length " + length);
    }
    return (int) Math.min(length, Integer.MAX_VALUE);
  }
}
