package dev.lockstep.protocol;

import java.util.ArrayList;
import java.util.List;

/**
 * Which keys of inserted rows the application wants back.
 *
 * @param wanted whether it wants any
 * @param columns the columns by name; empty with {@code wanted} means the table's key
 */
public record GeneratedKeys(boolean wanted, List<String> columns) {
  public static final GeneratedKeys NONE = new GeneratedKeys(false, List.of());
  public static final GeneratedKeys KEY = new GeneratedKeys(true, List.of());

  public GeneratedKeys {
    columns = List.copyOf(columns);
    if (!wanted && !columns.isEmpty()) {
      throw new IllegalArgumentException("columns of keys that are not wanted: " + columns);
    }
  }

  void encode(WireWriter out) {
    out.writeBoolean(wanted);
    if (wanted) {
      out.writeVarInt(columns.size());
      columns.forEach(out::writeString);
    }
  }

  static GeneratedKeys decode(WireReader in) {
    if (!in.readBoolean()) {
      return NONE;
    }
    int count = in.readCount(Limits.COLUMNS_MAX, "key columns");
    List<String> columns = new ArrayList<>(Math.min(count, 16));
    for (int i = 0; i < count; i++) {
      columns.add(in.readString(Limits.NAME_BYTES_MAX, "bytes of a column name"));
    }
    return new GeneratedKeys(true, columns);
  }
}
