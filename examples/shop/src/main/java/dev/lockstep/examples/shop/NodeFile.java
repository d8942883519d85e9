package dev.lockstep.examples.shop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.sqlite.SQLiteConfig;

/**
 * A node's SQLite file, opened beside the node with the plain SQLite driver, read-only, in one read
 * transaction: what it shows does not change while it is open.
 */
final class NodeFile implements AutoCloseable {
  /** Tables of the user: SQLite reserves this prefix, and Lockstep's own tables carry it too. */
  private static final String OF_THE_USER = "name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";

  private final String nodeId;
  private final Path path;
  private final Connection connection;

  private NodeFile(String nodeId, Path path, Connection connection) {
    this.nodeId = nodeId;
    this.path = path;
    this.connection = connection;
  }

  /** Opens the state of a node. */
  static NodeFile open(ShopNode node) throws SQLException, IOException {
    Path states = node.directory().resolve(ShopCluster.DATABASE).resolve("state");
    return open(node.address().id(), newestState(states));
  }

  static NodeFile open(String nodeId, Path path) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    Connection connection = config.createConnection("jdbc:sqlite:" + path);
    try {
      connection.setAutoCommit(false);
      NodeFile file = new NodeFile(nodeId, path, connection);
      file.tables(); // The first read begins the transaction's snapshot.
      return file;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /** Each installed snapshot makes a new generation, and the highest number is the state. */
  private static Path newestState(Path states) throws IOException {
    try (Stream<Path> generations = Files.list(states)) {
      return generations
          .filter(path -> path.getFileName().toString().matches("\\d+"))
          .max(Comparator.comparingLong(path -> Long.parseLong(path.getFileName().toString())))
          .map(path -> path.resolve("data.db"))
          .orElseThrow(() -> new DemoFailure("No state in " + states));
    }
  }

  String nodeId() {
    return nodeId;
  }

  Path path() {
    return path;
  }

  Connection connection() {
    return connection;
  }

  /** The log index up to which this file has everything. */
  long appliedIndex() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT applied_index FROM sqlite_lockstep_state")) {
      row.next();
      return row.getLong(1);
    }
  }

  List<String> tables() throws SQLException {
    List<String> tables = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND "
                    + OF_THE_USER
                    + " ORDER BY name")) {
      while (rows.next()) {
        tables.add(rows.getString(1));
      }
    }
    return tables;
  }

  /** A digest of all definitions: tables, indexes, views, triggers. */
  TableDigest schemaDigest() throws SQLException {
    return digest(
        "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE "
            + OF_THE_USER
            + " ORDER BY type, name");
  }

  /** A digest of all rows in the order of the primary key, hidden rowids included. */
  TableDigest tableDigest(String table) throws SQLException {
    String quoted = '"' + table.replace("\"", "\"\"") + '"';
    return digest(
        hasRowid(table)
            ? "SELECT rowid, * FROM " + quoted + " ORDER BY rowid"
            : "SELECT * FROM " + quoted + " ORDER BY " + primaryKey(table));
  }

  private boolean hasRowid(String table) throws SQLException {
    return queryText("SELECT wr FROM pragma_table_list WHERE schema = 'main' AND name = ?", table)
        .equals("0");
  }

  private String primaryKey(String table) throws SQLException {
    return queryText(
        "SELECT group_concat('\"' || replace(name, '\"', '\"\"') || '\"', ', ')"
            + " FROM (SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk)",
        table);
  }

  private String queryText(String sql, String parameter) throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      statement.setString(1, parameter);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getString(1);
      }
    }
  }

  private TableDigest digest(String sql) throws SQLException {
    MessageDigest digest = sha256();
    long rows = 0;
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      int columns = row.getMetaData().getColumnCount();
      while (row.next()) {
        rows++;
        for (int i = 1; i <= columns; i++) {
          add(digest, row.getObject(i));
        }
      }
    }
    return new TableDigest(rows, HexFormat.of().formatHex(digest.digest()));
  }

  /** Each value with its class and its length, so that no two rows look alike by accident. */
  private static void add(MessageDigest digest, Object value) {
    byte[] content =
        value instanceof byte[] blob
            ? blob
            : String.valueOf(value).getBytes(StandardCharsets.UTF_8);
    String type = value == null ? "null" : value.getClass().getSimpleName();
    digest.update((type + ":" + content.length + ":").getBytes(StandardCharsets.UTF_8));
    digest.update(content);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
