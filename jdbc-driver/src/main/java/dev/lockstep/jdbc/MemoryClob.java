package dev.lockstep.jdbc;

import dev.lockstep.jdbc.client.SqlState;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Reader;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.sql.Clob;
import java.sql.NClob;
import java.sql.SQLException;

/** A text whose characters are in memory. Positions count from 1, as everywhere in JDBC. */
final class MemoryClob implements NClob {
  private String text;

  MemoryClob(String text) {
    this.text = text;
  }

  @Override
  public long length() throws SQLException {
    return checked().length();
  }

  @Override
  public String getSubString(long position, int length) throws SQLException {
    int start = start(position, checked().length());
    if (length < 0) {
      throw SqlState.INVALID_ARGUMENT.exception("negative length " + length);
    }
    return text.substring(start, (int) Math.min(text.length(), (long) start + length));
  }

  @Override
  public Reader getCharacterStream() throws SQLException {
    return new StringReader(checked());
  }

  @Override
  public Reader getCharacterStream(long position, long length) throws SQLException {
    return new StringReader(getSubString(position, (int) Math.min(length, Integer.MAX_VALUE)));
  }

  @Override
  public InputStream getAsciiStream() throws SQLException {
    return new ByteArrayInputStream(checked().getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public long position(String pattern, long start) throws SQLException {
    int index = checked().indexOf(pattern, start(start, text.length()));
    return index < 0 ? -1 : index + 1;
  }

  @Override
  public long position(Clob pattern, long start) throws SQLException {
    return position(pattern.getSubString(1, (int) pattern.length()), start);
  }

  @Override
  public int setString(long position, String source) throws SQLException {
    return setString(position, source, 0, source.length());
  }

  @Override
  public int setString(long position, String source, int offset, int length) throws SQLException {
    int start = start(position, checked().length());
    if (offset < 0 || length < 0 || length > source.length() - offset) {
      throw SqlState.INVALID_ARGUMENT.exception(
          "offset " + offset + ", length " + length + " of " + source.length());
    }
    String end = start + length < text.length() ? text.substring(start + length) : "";
    text = text.substring(0, start) + source.substring(offset, offset + length) + end;
    return length;
  }

  /** What is written is in the text when the stream is closed. */
  @Override
  public OutputStream setAsciiStream(long position) throws SQLException {
    start(position, checked().length());
    return new ByteArrayOutputStream() {
      @Override
      public void close() {
        store(position, toString(StandardCharsets.UTF_8));
      }
    };
  }

  /** What is written is in the text when the writer is closed. */
  @Override
  public Writer setCharacterStream(long position) throws SQLException {
    start(position, checked().length());
    return new StringWriter() {
      @Override
      public void close() {
        store(position, toString());
      }
    };
  }

  private void store(long position, String written) {
    try {
      setString(position, written);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void truncate(long length) throws SQLException {
    text = getSubString(1, (int) Math.min(length, Integer.MAX_VALUE));
  }

  @Override
  public void free() {
    text = null;
  }

  private String checked() throws SQLException {
    if (text == null) {
      throw SqlState.INVALID_ARGUMENT.exception("the text was freed");
    }
    return text;
  }

  private static int start(long position, int length) throws SQLException {
    if (position < 1 || position > length + 1L) {
      throw SqlState.INVALID_ARGUMENT.exception("position " + position + " of " + length);
    }
    return (int) position - 1;
  }
}
