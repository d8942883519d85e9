package dev.lockstep.protocol;

/**
 * A column of the result that a statement would have.
 *
 * @param column as it comes with the result
 * @param info also of an expression
 * @param rowid whether it is a table's INTEGER PRIMARY KEY, which is given a value if none is given
 */
public record DescribedColumn(Column column, ValueInfo info, boolean rowid) {
  void encode(WireWriter out) {
    column.encode(out);
    info.encode(out);
    out.writeBoolean(rowid);
  }

  static DescribedColumn decode(WireReader in) {
    return new DescribedColumn(Column.decode(in), ValueInfo.decode(in), in.readBoolean());
  }
}
