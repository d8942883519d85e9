package dev.lockstep.protocol;

/**
 * A column of a result.
 *
 * @param label the name after AS, or the one that SQLite gives
 * @param table the table that the column comes from, or the empty text for an expression
 * @param declaredType the type in the table's declaration, or the empty text where there is none
 */
public record Column(String label, String table, String declaredType) {
  void encode(WireWriter out) {
    out.writeString(label);
    out.writeString(table);
    out.writeString(declaredType);
  }

  static Column decode(WireReader in) {
    return new Column(
        in.readString(Limits.SQL_BYTES_MAX, "bytes of a column label"),
        in.readString(Limits.SQL_BYTES_MAX, "bytes of a table name"),
        in.readString(Limits.SQL_BYTES_MAX, "bytes of a declared type"));
  }
}
