package dev.lockstep.jdbc;

import java.io.InputStream;
import java.io.Reader;
import java.io.StringWriter;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.SQLException;
import java.sql.Time;
import java.sql.Timestamp;
import java.util.HexFormat;
import java.util.concurrent.Callable;

/**
 * What a call came to, in a form that can be compared: the value with its class, or the error.
 *
 * @param kind simple name of the value's class, {@code null}, or for an error {@code !} and the
 *     SQLSTATE, or else the exception's class
 * @param text the value, or the error's message
 */
record Outcome(String kind, String text) {
  static Outcome of(Callable<Object> call) {
    try {
      return ofValue(call.call());
    } catch (SQLException e) {
      String state = e.getSQLState() == null ? e.getClass().getSimpleName() : e.getSQLState();
      return new Outcome("!" + state, String.valueOf(e.getMessage()));
    } catch (Exception | LinkageError e) {
      return new Outcome("!" + e.getClass().getSimpleName(), String.valueOf(e.getMessage()));
    }
  }

  private static Outcome ofValue(Object value) throws Exception {
    if (value == null) {
      return new Outcome("null", "");
    }
    if (value instanceof byte[] bytes) {
      return new Outcome("byte[]", HexFormat.of().formatHex(bytes));
    }
    if (value instanceof Blob blob) {
      return new Outcome("Blob", HexFormat.of().formatHex(blob.getBinaryStream().readAllBytes()));
    }
    if (value instanceof Clob clob) {
      return new Outcome("Clob", text(clob.getCharacterStream()));
    }
    if (value instanceof InputStream stream) {
      return new Outcome("InputStream", HexFormat.of().formatHex(stream.readAllBytes()));
    }
    if (value instanceof Reader reader) {
      return new Outcome("Reader", text(reader));
    }
    String shown =
        value instanceof Timestamp timestamp
            ? timestamp.toInstant().toString()
            : value instanceof Time time ? String.valueOf(time.getTime()) : value.toString();
    return new Outcome(value.getClass().getSimpleName(), shown);
  }

  private static String text(Reader reader) throws Exception {
    StringWriter text = new StringWriter();
    reader.transferTo(text);
    return text.toString();
  }

  boolean isError() {
    return kind.startsWith("!");
  }

  @Override
  public String toString() {
    return kind + "(" + (text.length() <= 100 ? text : text.substring(0, 100) + "…") + ")";
  }
}
