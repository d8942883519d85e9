package dev.lockstep.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * What a compiled statement would do, read from EXPLAIN, which lists the programs of its triggers
 * and foreign-key actions too.
 *
 * <p>Source: sqlite.org/opcode.html. The opcodes are not a stable interface: the tests of this
 * class's rules are the check when SQLite is upgraded.
 */
final class Program {
  private static final int MAIN = 0;
  private static final int TEMP = 1;
  private static final int SCHEMA_ROOT = 1;

  /** OE_Rollback. */
  private static final int ROLLBACK = 1;

  /** OPFLAG_P2ISREG: the root page is in a register, a table that the program itself creates. */
  private static final int ROOT_IN_REGISTER = 0x10;

  private final Set<Integer> roots = new HashSet<>();
  private final Set<Integer> writtenRoots = new HashSet<>();
  private final Set<String> functions = new HashSet<>();
  private boolean writes;
  private boolean usesTemp;
  private boolean rollsBack;

  static Program explain(Connection connection, String sql) throws SQLException {
    Program program = new Program();
    try (PreparedStatement statement = connection.prepareStatement("EXPLAIN " + sql);
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
        usesTemp |= p1 != MAIN && p2 != 0;
      }
      case "OpenRead", "ReopenIdx" -> open(p2, row.getInt(5), row.getInt(7), false);
      case "OpenWrite" -> open(p2, row.getInt(5), row.getInt(7), true);
      case "Clear" -> open(p1, p2, 0, true);
      case "Function", "PureFunc", "AggStep", "AggStep1" -> addFunction(row.getString(6));
      case "Halt", "HaltIfNull" -> rollsBack |= p1 != 0 && p2 == ROLLBACK;
      case "VUpdate" -> rollsBack |= row.getInt(7) == ROLLBACK;
      default -> {}
    }
  }

  private void open(int root, int database, int flags, boolean write) {
    if ((flags & ROOT_IN_REGISTER) != 0) {
      return;
    }
    if (database == MAIN) {
      roots.add(root);
      if (write) {
        writtenRoots.add(root);
      }
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

  boolean writes() {
    return writes;
  }

  boolean usesTemp() {
    return usesTemp;
  }

  boolean rollsBack() {
    return rollsBack;
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
