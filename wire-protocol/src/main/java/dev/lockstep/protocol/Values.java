package dev.lockstep.protocol;

/**
 * The encoding of SQLite's five storage classes. In Java a value is {@code null}, {@link Long},
 * {@link Double}, {@link String} or {@code byte[]}; on the wire one tag byte is followed by what
 * the class needs.
 */
public final class Values {
  public static final int NULL = 0;
  public static final int INTEGER = 1;
  public static final int REAL = 2;
  public static final int TEXT = 3;
  public static final int BLOB = 4;

  private Values() {}

  public static void write(WireWriter out, Object value) {
    if (value == null) {
      writeNull(out);
    } else if (value instanceof Long integer) {
      writeInteger(out, integer);
    } else if (value instanceof String text) {
      writeText(out, text);
    } else if (value instanceof Double real) {
      writeReal(out, real);
    } else if (value instanceof byte[] blob) {
      writeBlob(out, blob);
    } else {
      throw new IllegalArgumentException("not a value: " + value.getClass().getName());
    }
  }

  public static void writeNull(WireWriter out) {
    out.writeByte(NULL);
  }

  public static void writeInteger(WireWriter out, long value) {
    out.writeByte(INTEGER);
    out.writeSignedVarLong(value);
  }

  public static void writeReal(WireWriter out, double value) {
    out.writeByte(REAL);
    out.writeDouble(value);
  }

  public static void writeText(WireWriter out, String value) {
    out.writeByte(TEXT);
    out.writeString(value);
  }

  public static void writeBlob(WireWriter out, byte[] value) {
    out.writeByte(BLOB);
    out.writeBytes(value);
  }

  public static Object read(WireReader in) {
    int tag = in.readByte();
    return switch (tag) {
      case NULL -> null;
      case INTEGER -> in.readSignedVarLong();
      case REAL -> in.readDouble();
      case TEXT -> in.readString(Limits.FRAME_BYTES_MAX, "bytes of text");
      case BLOB -> in.readBytes(Limits.FRAME_BYTES_MAX, "bytes of a blob");
      default -> throw new ProtocolException("unknown storage class " + tag);
    };
  }

  /** Moves past one value without making an object of it. */
  public static void skip(WireReader in) {
    int tag = in.readByte();
    switch (tag) {
      case NULL -> {}
      case INTEGER -> in.readVarLong();
      case REAL -> in.skip(8);
      case TEXT, BLOB -> in.skip(in.readCount(Limits.FRAME_BYTES_MAX, "bytes of a value"));
      default -> throw new ProtocolException("unknown storage class " + tag);
    }
  }

  /** A row: values without a count before them; the reader knows how many there are. */
  public static void writeRow(WireWriter out, Object[] row) {
    for (Object value : row) {
      write(out, value);
    }
  }

  public static Object[] readRow(WireReader in, int columns) {
    Object[] row = new Object[columns];
    for (int i = 0; i < columns; i++) {
      row[i] = read(in);
    }
    return row;
  }
}
