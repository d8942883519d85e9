package dev.lockstep.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What a compiled statement would do, read from EXPLAIN, which lists the programs of its triggers
 * and foreign-key actions too.
 *
 * <p>Source: sqlite.org/opcode.html. The opcodes are not a stable interface: the tests of this
 * class's rules are the check when SQLite is upgraded.
 */
final class Program {
  /** Stands before a statement that is only to be compiled. */
  static final String EXPLAIN = "EXPLAIN ";

  private static final int MAIN = 0;
  private static final int TEMP = 1;

  /** The schema {@code lockstep}, where it is attached; see {@link SystemSchema}. */
  private static final int ATTACHED = 2;

  private static final int SCHEMA_ROOT = 1;

  /** The place of {@code rootpage} in {@code sqlite_schema}. */
  private static final int ROOT_PAGE_COLUMN = 3;

  /** FTS5_BI_ORDER_RANK, a bit of the index number that a full-text table chose for a search. */
  private static final int ORDERED_BY_RANK = 0x20;

  /** OE_Rollback. */
  private static final int ROLLBACK = 1;

  /** Functions whose answers depend on more than tables, arguments, clock and seed. */
  private static final Set<String> OF_THE_SESSION =
      Set.of("last_insert_rowid", "changes", "total_changes", "lockstep_lock", "lockstep_unlock");

  /** OPFLAG_P2ISREG: the root page is in a register, a table that the program itself creates. */
  private static final int ROOT_IN_REGISTER = 0x10;

  private final Set<Integer> roots = new HashSet<>();
  private final Set<Integer> readRoots = new HashSet<>();
  private final Set<Integer> writtenRoots = new HashSet<>();
  private final Set<String> functions = new HashSet<>();
  private final Map<Integer, String> virtualCursors = new HashMap<>();
  private final Set<String> virtualTables = new HashSet<>();
  private final Set<VirtualColumn> virtualColumns = new HashSet<>();
  private final Set<String> orderedByRank = new HashSet<>();
  private final Set<Integer> schemaCursors = new HashSet<>();
  private final Map<Integer, Integer> integers = new HashMap<>();
  private final Set<Integer> attachedRoots = new HashSet<>();
  private final Set<String> writtenVirtualTables = new HashSet<>();
  private boolean writes;
  private boolean writesAttached;
  private boolean usesTemp;
  private boolean rollsBack;
  private boolean readsRootPages;
  private boolean writesVirtualTable;

  /**
   * A column of a virtual table that is read.
   *
   * @param table the table's address
   * @param column its place, counted from 0
   */
  record VirtualColumn(String table, int column) {}

  static Program explain(Connection connection, String sql) throws SQLException {
    Program program = new Program();
    try (PreparedStatement statement = connection.prepareStatement(EXPLAIN + sql);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        program.add(rows);
      }
    }
    return program;
  }

  private void add(ResultSet row) throws SQLException {
    int p1 = row.getInt(3);
    int p2 = row.getInt(4);
    switch (row.getString(2)) {
      case "Transaction" -> {
        writes |= p1 == MAIN && p2 != 0;
        writesAttached |= p1 == ATTACHED && p2 != 0;
        usesTemp |= p1 != MAIN && p1 != ATTACHED && p2 != 0;
      }
      case "OpenRead", "ReopenIdx" -> open(p1, p2, row, false);
      case "OpenWrite" -> open(p1, p2, row, true);
      case "Clear" -> touch(p1, p2, true);
      case "Column" -> readsRootPages |= p2 == ROOT_PAGE_COLUMN && schemaCursors.contains(p1);
      case "Integer" -> integers.put(p2, p1);
      case "VOpen" -> {
        virtualCursors.put(p1, row.getString(6));
        virtualTables.add(row.getString(6));
      }
      case "VColumn" -> virtualColumns.add(new VirtualColumn(virtualCursors.get(p1), p2));
      case "VFilter" -> {
        if ((integers.getOrDefault(row.getInt(5), 0) & ORDERED_BY_RANK) != 0) {
          orderedByRank.add(virtualCursors.get(p1));
        }
      }
      case "Function", "PureFunc", "AggStep", "AggStep1" -> addFunction(row.getString(6));
      case "Halt", "HaltIfNull" -> rollsBack |= p1 != 0 && p2 == ROLLBACK;
      case "VUpdate" -> {
        writesVirtualTable = true;
        writtenVirtualTables.add(row.getString(6));
        rollsBack |= row.getInt(7) == ROLLBACK;
      }
      default -> {}
    }
  }

  /** A cursor, which in the program of a trigger may have the number of another before. */
  private void open(int cursor, int root, ResultSet row, boolean write) throws SQLException {
    int database = row.getInt(5);
    schemaCursors.remove(cursor);
    if ((row.getInt(7) & ROOT_IN_REGISTER) != 0) {
      return;
    }
    if (database == MAIN && root == SCHEMA_ROOT) {
      schemaCursors.add(cursor);
    }
    touch(root, database, write);
  }

  private void touch(int root, int database, boolean write) {
    if (database == MAIN) {
      roots.add(root);
      (write ? writtenRoots : readRoots).add(root);
    } else if (database == ATTACHED) {
      attachedRoots.add(root);
      writesAttached |= write;
    } else if (database != TEMP || root != SCHEMA_ROOT || write) {
      // Reading the list of TEMP objects is allowed: it is empty everywhere.
      usesTemp = true;
    }
  }

  /** {@code name(n)}. */
  private void addFunction(String description) {
    if (description != null) {
      int parenthesis = description.indexOf('(');
      String name = parenthesis < 0 ? description : description.substring(0, parenthesis);
      functions.add(name.toLowerCase(Locale.ROOT));
    }
  }

  /**
   * The b-trees that it uses.
   *
   * @param own root pages of Lockstep's own tables, which change with every command
   * @return null if it cannot be told
   */
  TableUse tableUse(Set<Integer> own) {
    if (writesVirtualTable || usesTemp) {
      return null;
    }
    boolean repeatable =
        !writes
            && virtualTables.isEmpty()
            && !touches(own)
            && java.util.Collections.disjoint(functions, OF_THE_SESSION);
    return new TableUse(roots, writtenRoots, repeatable);
  }

  boolean writes() {
    return writes;
  }

  /** The b-trees of the database that it reads or writes, by their root pages. */
  Set<Integer> roots() {
    return roots;
  }

  /** Of these, the ones that it opens for reading, or more. */
  Set<Integer> readRoots() {
    return readRoots;
  }

  /** Of these, the ones that it writes. */
  Set<Integer> writtenRoots() {
    return writtenRoots;
  }

  /** The b-trees of the schema {@code lockstep}. */
  Set<Integer> attachedRoots() {
    return attachedRoots;
  }

  boolean writesAttached() {
    return writesAttached;
  }

  /** Addresses of the virtual tables that it writes. */
  Set<String> writtenVirtualTables() {
    return writtenVirtualTables;
  }

  boolean usesTemp() {
    return usesTemp;
  }

  boolean rollsBack() {
    return rollsBack;
  }

  /** Whether it reads where in the file tables begin. */
  boolean readsRootPages() {
    return readsRootPages;
  }

  boolean writesVirtualTable() {
    return writesVirtualTable;
  }

  /** Addresses of the virtual tables that it reads. */
  Set<String> virtualTables() {
    return virtualTables;
  }

  Set<VirtualColumn> virtualColumns() {
    return virtualColumns;
  }

  /** Addresses of the virtual tables that are searched in the order of rank, if they are FTS5. */
  Set<String> orderedByRank() {
    return orderedByRank;
  }

  boolean calls(String function) {
    return functions.contains(function);
  }

  boolean touches(Set<Integer> rootPages) {
    return !java.util.Collections.disjoint(roots, rootPages);
  }

  boolean writes(Set<Integer> rootPages) {
    return !java.util.Collections.disjoint(writtenRoots, rootPages);
  }
}
