package dev.lockstep.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How a compiled statement, with its triggers and foreign-key actions, gives rows their rowids:
 * read from EXPLAIN, see {@link Program} for what that relies on.
 */
final class RowidProgram {
  /** Where AUTOINCREMENT keeps the greatest rowids; its own writes to it show no name. */
  static final String SEQUENCES = "sqlite_sequence";

  private static final int MAIN = 0;
  private static final int ROOT_IN_REGISTER = 0x10;

  /** OE_Abort. */
  private static final int ABORT = 2;

  /** OPFLAG_ISUPDATE of Insert. */
  private static final int UPDATES = 0x04;

  /** OPFLAG_APPEND of Insert: the rowid comes from NewRowid. */
  private static final int APPENDS = 0x08;

  /** OPFLAG_ISNOOP of Delete. */
  private static final int NO_OPERATION = 0x40;

  /** OPFLAG_PREFORMAT of Insert: a row as it is in another table, maybe with its rowid. */
  private static final int COPIES = 0x80;

  private final Map<Integer, Target> targets = new HashMap<>();
  private final Map<Integer, Integer> cursors = new HashMap<>();
  private final Set<Integer> integerRegisters = new HashSet<>();
  private final List<Draw> draws = new ArrayList<>();
  private int parts;
  private int prologue;
  private boolean writesVirtualTable;
  private boolean changesRowids;
  private boolean aborts;

  /** A place of the main program, or of that of a trigger, where SQLite picks a rowid. */
  private static final class Draw {
    private final Target target;
    private final int address;
    private final boolean inMain;
    private boolean repeated;

    Draw(Target target, int address, boolean inMain) {
      this.target = target;
      this.address = address;
      this.inMain = inMain;
    }
  }

  /** What is done to one table; an index is a target without a name. */
  static final class Target {
    private String name;
    private int puts;
    private int picks;
    private boolean removes;
    private boolean chosen;
    private boolean oncePicked;
    private boolean autoincrement;

    /** The table's name. */
    String name() {
      return name;
    }

    /** Whether a rowid may be picked after the statement has put the greatest one there. */
    boolean picksAfterPut() {
      return picks > 0 && !oncePicked;
    }

    /** Whether rows are removed, or get another rowid. */
    boolean removes() {
      return removes;
    }

    /** Whether a rowid may be another than the one after the greatest. */
    boolean chosen() {
      return chosen;
    }

    /** Whether rowids are picked by AUTOINCREMENT. */
    boolean autoincrement() {
      return autoincrement;
    }
  }

  static RowidProgram explain(Connection connection, String sql) throws SQLException {
    RowidProgram program = new RowidProgram();
    try (PreparedStatement statement = connection.prepareStatement("EXPLAIN " + sql);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        program.add(rows);
      }
    }
    program.finish();
    return program;
  }

  private void add(ResultSet row) throws SQLException {
    int address = row.getInt(1);
    int p1 = row.getInt(3);
    if (address == 0) {
      parts++;
      cursors.clear();
      integerRegisters.clear();
    }
    switch (row.getString(2)) {
      case "Init" -> prologue = parts == 1 ? row.getInt(4) : prologue;
      case "OpenWrite" -> open(p1, row);
      case "OpenRead", "OpenEphemeral", "OpenAutoindex", "OpenPseudo", "SorterOpen", "VOpen" ->
          cursors.remove(p1);
      case "MustBeInt" -> integerRegisters.add(p1);
      case "NewRowid" -> pick(p1, address, row.getInt(5) != 0);
      case "Insert" -> put(p1, row);
      case "Delete" -> {
        if ((row.getInt(7) & NO_OPERATION) == 0 && cursors.containsKey(p1)) {
          target(cursors.get(p1)).removes = true;
        }
      }
      case "Clear" -> target(p1).removes = true;
      case "Next", "Prev", "SorterNext", "VNext", "Goto" -> jump(address, row.getInt(4));
      case "VUpdate" -> writesVirtualTable = true;
      case "Halt", "HaltIfNull" -> aborts |= p1 != 0 && row.getInt(4) == ABORT;
      default -> {}
    }
  }

  private void open(int cursor, ResultSet row) throws SQLException {
    if (row.getInt(5) == MAIN && (row.getInt(7) & ROOT_IN_REGISTER) == 0) {
      cursors.put(cursor, row.getInt(4));
    } else {
      cursors.remove(cursor);
    }
  }

  private Target target(int root) {
    return targets.computeIfAbsent(root, any -> new Target());
  }

  private void pick(int cursor, int address, boolean autoincrement) {
    Integer root = cursors.get(cursor);
    if (root != null) {
      Target target = target(root);
      target.picks++;
      target.autoincrement |= autoincrement;
      draws.add(new Draw(target, address, parts == 1));
    }
  }

  private void put(int cursor, ResultSet row) throws SQLException {
    Integer root = cursors.get(cursor);
    String name = row.getString(6);
    if (root == null || name == null) {
      return;
    }
    int flags = row.getInt(7);
    boolean update = (flags & UPDATES) != 0;
    if (name.equals(SEQUENCES)) {
      target(root).name = name;
      changesRowids = true;
      return;
    }
    if (update && !integerRegisters.contains(row.getInt(5))) {
      return;
    }
    Target target = target(root);
    target.name = name;
    target.puts++;
    target.removes |= update;
    target.chosen |= update || (flags & APPENDS) == 0 || (flags & COPIES) != 0;
    changesRowids |= update;
  }

  private void jump(int address, int to) {
    if (parts == 1 && to < address && address < prologue) {
      for (Draw draw : draws) {
        draw.repeated |= draw.inMain && draw.address >= to;
      }
    }
  }

  private void finish() {
    targets.values().removeIf(target -> target.name == null);
    for (Draw draw : draws) {
      Target target = draw.target;
      target.oncePicked = target.picks == 1 && target.puts == 1 && draw.inMain && !draw.repeated;
    }
  }

  /** The tables whose rows may get a rowid: by an INSERT, or by an UPDATE that sets it. */
  Collection<Target> targets() {
    return targets.values();
  }

  /** Whether a table of a module is written, which keeps its rows in tables of its own. */
  boolean writesVirtualTable() {
    return writesVirtualTable;
  }

  /** Whether an UPDATE may set a rowid, or a statement what AUTOINCREMENT goes on from. */
  boolean changesRowids() {
    return changesRowids;
  }

  /**
   * Whether SQLite is prepared to undo the statement alone. Else it undoes the transaction when
   * AUTOINCREMENT finds no further rowid.
   */
  boolean aborts() {
    return aborts;
  }
}
