package dev.lockstep.sql;

import java.util.List;
import java.util.Map;

/**
 * Refuses functions whose results differ between nodes and that are not replaced, and those that
 * act. All others of SQLite and sqlite-jdbc depend on their arguments alone.
 */
final class FunctionRules {
  private static final List<String> REACH_OUTSIDE =
      List.of("load_extension", "fts3_tokenizer", "readfile", "writefile", "edit", "sqlite_log");

  /** They tell how a node's library was built. */
  private static final List<String> OF_THE_NODE =
      List.of("sqlite_compileoption_get", "sqlite_compileoption_used", "sqlite_offset");

  /** sqlite-jdbc's own, computed by the system's library, and what to use instead. */
  private static final Map<String, String> OF_THE_LIBRARY =
      Map.of("cot", "1.0 / tan(x)", "coth", "1.0 / tanh(x)", "atn2", "atan2(y, x)");

  private FunctionRules() {}

  static void check(Program program) throws StatementException {
    for (String function : REACH_OUTSIDE) {
      if (program.calls(function)) {
        throw Refusal.notAllowed(
            function + "() reaches outside the database and differs from node to node");
      }
    }
    if (program.calls("optimize")) {
      throw Refusal.unsupported(
          "optimize() would write inside a query; use INSERT INTO t(t) VALUES ('optimize')");
    }
    if (!program.writes()) {
      return;
    }
    if (program.calls("changes") || program.calls("total_changes")) {
      throw Refusal.unsupported(
          "changes() and total_changes() are not supported in statements that write, nor in their"
              + " triggers; read the count first");
    }
    for (String function : OF_THE_NODE) {
      if (program.calls(function)) {
        throw Refusal.unsupported(
            function + "() may differ from node to node; read it first, then write the value");
      }
    }
    for (Map.Entry<String, String> function : OF_THE_LIBRARY.entrySet()) {
      if (program.calls(function.getKey())) {
        throw Refusal.unsupported(
            function.getKey()
                + "() may differ in its last digit from node to node; use "
                + function.getValue());
      }
    }
  }
}
