package dev.lockstep.server.database;

import dev.lockstep.protocol.Limits;
import dev.lockstep.protocol.ProtocolException;
import dev.lockstep.protocol.Values;
import dev.lockstep.protocol.WireReader;
import dev.lockstep.protocol.WireWriter;

/**
 * A place in the content of a database: before the first row of a table, or behind a row of it. Its
 * bytes go from node to node, so that all read the same slices.
 *
 * @param table the table; empty for the place before all tables
 * @param key the row behind which it is: the values by which the table's rows are ordered; empty
 *     for the table's beginning
 */
record ContentPlace(String table, Object[] key) {
  static final ContentPlace BEGINNING = new ContentPlace("", new Object[0]);

  static ContentPlace beginningOf(String table) {
    return new ContentPlace(table, new Object[0]);
  }

  /**
   * @return null if it needs more than {@link Limits#PLACE_BYTES_MAX}
   */
  byte[] encode() {
    if (table.isEmpty()) {
      return new byte[0];
    }
    WireWriter out = new WireWriter(64, Limits.PLACE_BYTES_MAX);
    try {
      out.writeString(table);
      out.writeVarInt(key.length);
      Values.writeRow(out, key);
    } catch (ProtocolException e) {
      return null;
    }
    return out.toByteArray();
  }

  /**
   * @throws ProtocolException if the bytes are no place
   */
  static ContentPlace decode(byte[] bytes) {
    if (bytes.length == 0) {
      return BEGINNING;
    }
    WireReader in = new WireReader(bytes);
    String table = in.readString(Limits.PLACE_BYTES_MAX, "bytes of a table name");
    int columns = in.readCount(Limits.COLUMNS_MAX, "columns of a key");
    Object[] key = Values.readRow(in, columns);
    in.expectEnd();
    return new ContentPlace(table, key);
  }
}
