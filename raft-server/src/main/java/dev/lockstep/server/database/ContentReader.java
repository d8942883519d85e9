package dev.lockstep.server.database;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import dev.lockstep.protocol.Limits;
import dev.lockstep.server.command.Digest;
import dev.lockstep.sql.SqliteReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Reads the content of a database as it was when this was made, in an order that all replicas have:
 * the schema, then the tables by name, each by its key. Storage classes count: 1 and 1.0 and '1'
 * differ. What is derived from rows is not read: indexes, virtual tables, FTS's inverted index.
 *
 * <p>For one thread at a time, except {@link #interrupt}.
 */
final class ContentReader implements AutoCloseable {
  /** Sorted before all names that a table can have, but for the empty one. */
  private static final String SCHEMA = "\u0001schema";

  private static final String SCHEMA_ROWS =
      "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name, tbl_name";

  private static final String NEXT_TABLE =
      "SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND name > ? AND name <>"
          + " 'sqlite_schema' AND (type = 'table' OR type = 'shadow' AND name NOT LIKE '%\\_data'"
          + " ESCAPE '\\' AND name NOT LIKE '%\\_idx' ESCAPE '\\' AND name NOT LIKE '%\\_segments'"
          + " ESCAPE '\\' AND name NOT LIKE '%\\_segdir' ESCAPE '\\' AND name NOT LIKE '%\\_stat'"
          + " ESCAPE '\\') ORDER BY name LIMIT 1";

  private static final List<String> ROWID_NAMES = List.of("rowid", "oid", "_rowid_");
  private static final int VALUE_CHARS_MAX = 64;
  private static final int ROW_CHARS_MAX = 4_000;
  private static final int UNLIMITED = Integer.MAX_VALUE;

  private final SqliteReader reader;

  private ContentReader(SqliteReader reader) {
    this.reader = reader;
  }

  /** Pins the last committed state of the file. */
  static ContentReader pin(Path file) throws SQLException {
    SqliteReader reader = SqliteReader.open(file);
    try {
      reader.begin();
      return new ContentReader(reader);
    } catch (SQLException | RuntimeException e) {
      try (reader) {
        throw e;
      }
    }
  }

  /**
   * A table and how its rows are ordered and found again.
   *
   * @param rows the query of the rows from a key on; the key's values come first
   * @param keyColumns columns of the key; 0 if a row is found by its number
   */
  private record Table(String name, String all, String rows, int keyColumns) {}

  /** Reads from the place on, over the ends of tables, about as much as given. */
  ContentPart slice(ContentPlace from, int rowsMax, int bytesMax) throws SQLException {
    Hasher hasher = Hashing.murmur3_128().newHasher();
    ContentPlace place = from;
    int rows = 0;
    long bytes = 0;
    while (true) {
      Run run = new Run(Math.max(1, rowsMax - rows), Math.max(1, bytesMax - bytes), false);
      ContentPart part = run.read(place);
      rows += part.rows();
      // An empty table costs something, too.
      bytes += run.bytes + 100;
      hasher.putLong(part.digest().high()).putLong(part.digest().low());
      if (part.next().length == 0 || rows >= rowsMax || bytes >= bytesMax) {
        return new ContentPart(part.table(), rows, digestOf(hasher), part.next(), "");
      }
      place = ContentPlace.decode(part.next());
    }
  }

  /**
   * Reads from the place on, within one table.
   *
   * @param rowsMax rows at most; 0 for no limit but that of the bytes
   * @param text whether to show the last row
   */
  ContentPart part(ContentPlace from, int rowsMax, int bytesMax, boolean text) throws SQLException {
    return new Run(rowsMax == 0 ? UNLIMITED : rowsMax, bytesMax, text).read(from);
  }

  /** One reading of rows of one table. */
  private final class Run {
    private final int rowsMax;
    private final long bytesMax;
    private final boolean text;
    private final Hasher hasher = Hashing.murmur3_128().newHasher();
    private int rows;
    private long bytes;
    private String lastRow = "";

    Run(int rowsMax, long bytesMax, boolean text) {
      this.rowsMax = rowsMax;
      this.bytesMax = bytesMax;
      this.text = text;
    }

    ContentPart read(ContentPlace from) throws SQLException {
      Table table = tableAt(from);
      if (table == null) {
        return new ContentPart("", 0, digestOf(hasher), new byte[0], "");
      }
      hasher.putUnencodedChars(table.name());
      boolean fromKey = table.name().equals(from.table()) && fits(table, from.key());
      byte[] next = readRows(table, fromKey ? from.key() : new Object[0]);
      if (next == null) {
        Table following = following(table.name());
        next =
            following == null ? new byte[0] : ContentPlace.beginningOf(following.name()).encode();
      }
      String name = table.name().equals(SCHEMA) ? "sqlite_schema" : table.name();
      return new ContentPart(name, rows, digestOf(hasher), next, lastRow);
    }

    /**
     * @return the place behind the last row; null if there are no more
     */
    private byte[] readRows(Table table, Object[] key) throws SQLException {
      boolean numbered = table.keyColumns() == 0;
      long number = numbered && key.length == 1 ? (Long) key[0] : 0;
      try (PreparedStatement statement =
          reader.connection().prepareStatement(key.length == 0 ? table.all() : table.rows())) {
        for (int i = 0; i < key.length; i++) {
          statement.setObject(i + 1, key[i]);
        }
        try (ResultSet row = statement.executeQuery()) {
          int columns = row.getMetaData().getColumnCount();
          while (row.next()) {
            Object[] keyOfRow = new Object[numbered ? 1 : table.keyColumns()];
            for (int i = 1; i <= columns; i++) {
              Object value = add(row, i);
              if (i <= table.keyColumns()) {
                keyOfRow[i - 1] = value;
              }
            }
            rows++;
            if (numbered) {
              keyOfRow[0] = number + rows;
            }
            if (rows >= rowsMax || bytes >= bytesMax || rows == Limits.ROWS_MAX) {
              byte[] next = new ContentPlace(table.name(), keyOfRow).encode();
              if (next != null) {
                if (text) {
                  lastRow = textOf(row, columns, table.keyColumns());
                }
                return next;
              }
              // The key is too large to be handed on: a later row's may not be.
            }
          }
        }
      }
      return null;
    }

    private Object add(ResultSet row, int column) throws SQLException {
      Object value = row.getObject(column);
      if (value == null) {
        hasher.putByte((byte) 0);
        bytes++;
        return null;
      }
      if (value instanceof Integer || value instanceof Long) {
        long number = ((Number) value).longValue();
        hasher.putByte((byte) 1).putLong(number);
        bytes += Long.BYTES;
        return number;
      }
      if (value instanceof Double real) {
        hasher.putByte((byte) 2).putLong(Double.doubleToRawLongBits(real));
        bytes += Double.BYTES;
        return real;
      }
      // The bytes of a text as they are in the file, which need not be valid UTF-8.
      byte[] raw = row.getBytes(column);
      byte[] content = raw == null ? new byte[0] : raw;
      hasher.putByte((byte) (value instanceof String ? 3 : 4)).putInt(content.length);
      hasher.putBytes(content);
      bytes += content.length;
      return value instanceof String ? value : content;
    }
  }

  private static boolean fits(Table table, Object[] key) {
    if (table.keyColumns() == 0) {
      return key.length == 1 && key[0] instanceof Long;
    }
    return key.length == table.keyColumns();
  }

  /** The table of the place, or the next one if it is gone. */
  private Table tableAt(ContentPlace place) throws SQLException {
    if (place.table().isEmpty() || place.table().equals(SCHEMA)) {
      return new Table(SCHEMA, SCHEMA_ROWS, numbered(SCHEMA_ROWS), 0);
    }
    // The first name that is not smaller.
    try (PreparedStatement statement =
        reader.connection().prepareStatement(NEXT_TABLE.replace("name > ?", "name >= ?"))) {
      return table(statement, place.table());
    }
  }

  private Table following(String name) throws SQLException {
    try (PreparedStatement statement = reader.connection().prepareStatement(NEXT_TABLE)) {
      return table(statement, name);
    }
  }

  private Table table(PreparedStatement statement, String name) throws SQLException {
    statement.setString(1, name);
    String found;
    boolean withoutRowid;
    try (ResultSet row = statement.executeQuery()) {
      if (!row.next()) {
        return null;
      }
      found = row.getString(1);
      withoutRowid = row.getInt(2) != 0;
    }
    List<String> key = new ArrayList<>();
    List<String> names = new ArrayList<>();
    columns(found, key, names);
    if (!withoutRowid) {
      key.clear();
      ROWID_NAMES.stream()
          .filter(candidate -> names.stream().noneMatch(candidate::equalsIgnoreCase))
          .findFirst()
          .ifPresent(key::add);
    }
    String from = "FROM " + quoted(found) + " NOT INDEXED";
    if (key.isEmpty()) {
      // All names of the rowid are taken: the order of a scan is that of the rowid.
      String scan = "SELECT * " + from;
      return new Table(found, scan, numbered(scan), 0);
    }
    String columns =
        String.join(", ", key.stream().map(each -> withoutRowid ? quoted(each) : each).toList());
    String select = "SELECT " + columns + ", * FROM " + quoted(found);
    String marks = String.join(", ", key.stream().map(each -> "?").toList());
    String order = " ORDER BY " + columns;
    return new Table(
        found,
        select + order,
        select + " WHERE (" + columns + ") > (" + marks + ")" + order,
        key.size());
  }

  private void columns(String table, List<String> key, List<String> names) throws SQLException {
    try (PreparedStatement statement =
        reader
            .connection()
            .prepareStatement("SELECT name, pk FROM pragma_table_xinfo(?) ORDER BY pk")) {
      statement.setString(1, table);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          names.add(row.getString(1));
          if (row.getInt(2) > 0) {
            key.add(row.getString(1));
          }
        }
      }
    }
  }

  private static String numbered(String query) {
    return query + " LIMIT -1 OFFSET ?";
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  private static String textOf(ResultSet row, int columns, int keyColumns) throws SQLException {
    ResultSetMetaData meta = row.getMetaData();
    StringBuilder text = new StringBuilder();
    for (int i = 1; i <= columns && text.length() < ROW_CHARS_MAX; i++) {
      if (i > 1) {
        text.append(i == keyColumns + 1 ? ": " : ", ");
      }
      text.append(meta.getColumnLabel(i)).append('=').append(textOf(row, i));
    }
    return text.toString();
  }

  private static String textOf(ResultSet row, int column) throws SQLException {
    Object value = row.getObject(column);
    if (value == null) {
      return "NULL";
    }
    if (value instanceof byte[] blob) {
      String hex = HexFormat.of().formatHex(blob, 0, Math.min(blob.length, VALUE_CHARS_MAX / 2));
      return "x'"
          + hex
          + (hex.length() < 2 * blob.length ? "…' of " + blob.length + " bytes" : "'");
    }
    if (value instanceof String string) {
      return string.length() <= VALUE_CHARS_MAX
          ? "'" + string + "'"
          : "'" + string.substring(0, VALUE_CHARS_MAX) + "…' of " + string.length() + " characters";
    }
    return String.valueOf(value);
  }

  private static Digest digestOf(Hasher hasher) {
    ByteBuffer bytes = ByteBuffer.wrap(hasher.hash().asBytes()).order(ByteOrder.LITTLE_ENDIAN);
    return new Digest(bytes.getLong(), bytes.getLong());
  }

  /** Ends what is being read. For any thread. */
  void interrupt() {
    try {
      reader.interrupt();
    } catch (SQLException e) {
      throw new IllegalStateException("a reader cannot be interrupted", e);
    }
  }

  @Override
  public void close() throws SQLException {
    reader.close();
  }
}
