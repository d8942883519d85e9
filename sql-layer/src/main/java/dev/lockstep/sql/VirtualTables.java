package dev.lockstep.sql;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which virtual tables a program reads. EXPLAIN names them by their address in memory, so they are
 * compared with programs that read a known one. Valid for one state of the schema on one
 * connection.
 */
final class VirtualTables {
  /** PRAGMAs, also as tables, that answer the same on all nodes that have the same content. */
  static final Set<String> PRAGMAS_OF_THE_CONTENT =
      Set.of(
          "application_id",
          "foreign_key_check",
          "foreign_key_list",
          "index_info",
          "index_list",
          "index_xinfo",
          "table_info",
          "table_list",
          "table_xinfo",
          "user_version");

  private final Connection connection;
  private Map<String, String> namesOfTheNode;
  private List<Program.VirtualColumn> ranks;

  VirtualTables(Connection connection) {
    this.connection = connection;
  }

  /** The name of a table that the program reads and whose rows tell of this node, or null. */
  String ofTheNode(Program program) throws SQLException {
    if (program.virtualTables().isEmpty()) {
      return null;
    }
    if (namesOfTheNode == null) {
      namesOfTheNode = findTablesOfTheNode();
    }
    for (String address : program.virtualTables()) {
      String name = namesOfTheNode.get(address);
      if (name != null) {
        return name;
      }
    }
    return null;
  }

  /** The names of those of the database's virtual tables that have these addresses. */
  List<String> named(Set<String> addresses) throws SQLException {
    List<String> found = new ArrayList<>();
    if (addresses.isEmpty()) {
      return found;
    }
    for (String name :
        query("SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage = 0")) {
      Program program =
          explainIfPossible("SELECT 1 FROM main.\"" + name.replace("\"", "\"\"") + "\"");
      if (program != null && !Collections.disjoint(program.virtualTables(), addresses)) {
        found.add(name);
      }
    }
    return found;
  }

  /** Whether it reads the rank of a row in a full-text search, or the rows in its order. */
  boolean readsRank(Program program) throws SQLException {
    if (program.virtualTables().isEmpty()) {
      return false;
    }
    if (ranks == null) {
      ranks = findRanks();
    }
    for (Program.VirtualColumn rank : ranks) {
      if (program.virtualColumns().contains(rank)
          || program.orderedByRank().contains(rank.table())) {
        return true;
      }
    }
    return false;
  }

  private Map<String, String> findTablesOfTheNode() throws SQLException {
    Map<String, String> found = new HashMap<>();
    List<String> names = new ArrayList<>();
    names.add("dbstat");
    for (String pragma : query("SELECT name FROM pragma_pragma_list")) {
      if (!PRAGMAS_OF_THE_CONTENT.contains(pragma)) {
        names.add("pragma_" + pragma);
      }
    }
    for (String name : names) {
      Program program = explainIfPossible("SELECT 1 FROM " + name);
      if (program != null) {
        program.virtualTables().forEach(address -> found.put(address, name));
      }
    }
    return found;
  }

  private List<Program.VirtualColumn> findRanks() throws SQLException {
    List<Program.VirtualColumn> found = new ArrayList<>();
    for (String name :
        query(
            "SELECT '\"' || replace(name, '\"', '\"\"') || '\"' FROM sqlite_schema"
                + " WHERE type = 'table' AND rootpage = 0 AND sql LIKE '%fts5%'")) {
      Program program = explainIfPossible("SELECT rank FROM " + name);
      if (program != null) {
        found.addAll(program.virtualColumns());
      }
    }
    return found;
  }

  /** Null for what is no table here: not every PRAGMA is one. Statements cannot read it either. */
  private Program explainIfPossible(String sql) throws SQLException {
    try {
      return Program.explain(connection, sql);
    } catch (SQLException failure) {
      if (SqlErrors.classify(failure).isStatementError()) {
        return null;
      }
      throw failure;
    }
  }

  private List<String> query(String sql) throws SQLException {
    List<String> values = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        values.add(rows.getString(1));
      }
    }
    return values;
  }
}
