package dev.lockstep.sql;

import java.sql.SQLException;

/**
 * Refuses what would make nodes differ or end one: functions, and the columns of tables that tell
 * of a node. All other functions of SQLite and sqlite-jdbc depend on their arguments alone.
 */
final class FunctionRules {
  private FunctionRules() {}

  /**
   * Whether what a statement reads may differ from node to node although their content is the same.
   *
   * @param stores whether what it reads may be written: a change, or CREATE TABLE … AS
   * @throws StatementException if it calls what must not be called, or would write what it reads
   */
  static boolean check(Program program, VirtualTables tables, boolean stores)
      throws StatementException, SQLException {
    boolean ofTheNode = false;
    for (RefusedFunction function : RefusedFunction.values()) {
      if (program.calls(function.sqlName())) {
        if (function.scope().everywhere() || stores) {
          throw function.refusal();
        }
        ofTheNode |= function.scope() == RefusedFunction.Scope.OF_THE_NODE;
      }
    }
    if (stores && tables.readsRank(program)) {
      throw Refusal.unsupported(
          "the rank of a full-text search may differ in its last digit from node to node;"
              + " read it first, then write the value");
    }
    String table = tables.ofTheNode(program);
    if (table == null && program.readsRootPages()) {
      table = "sqlite_schema.rootpage";
    }
    if (table != null && stores) {
      throw Refusal.unsupported(
          table
              + " tells how a node stores its file or how it is set up; read it first, then write"
              + " the value");
    }
    return ofTheNode || table != null;
  }
}
