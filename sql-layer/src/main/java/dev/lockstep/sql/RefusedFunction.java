package dev.lockstep.sql;

import java.util.List;

/**
 * Functions that statements must not call, in all statements or in those that write. The tables of
 * {@code docs/DETERMINISM.md} give each of them, and a test compares.
 */
enum RefusedFunction {
  LOAD_EXTENSION("load_extension", Scope.OUTSIDE, Replies.OUTSIDE, 1, 2),
  FTS3_TOKENIZER("fts3_tokenizer", Scope.OUTSIDE, Replies.OUTSIDE, 1, 2),
  SQLITE_LOG("sqlite_log", Scope.OUTSIDE, Replies.OUTSIDE, 2),
  OPTIMIZE(
      "optimize",
      Scope.OVERLOADED_EVERYWHERE,
      " would write inside a query; use INSERT INTO t(t) VALUES ('optimize')",
      1),
  REPLICATE("replicate", Scope.UNSAFE, Replies.UNSAFE + "replace(hex(zeroblob(n)), '00', x)", 2),
  PADL("padl", Scope.UNSAFE, Replies.UNSAFE + "printf('%*s', n, x)", 2),
  PADR("padr", Scope.UNSAFE, Replies.UNSAFE + "printf('%-*s', n, x)", 2),
  PADC("padc", Scope.UNSAFE, Replies.UNSAFE + "printf()", 2),
  LEFTSTR("leftstr", Scope.UNSAFE, Replies.UNSAFE + "substr(x, 1, n)", 2),
  RIGHTSTR("rightstr", Scope.UNSAFE, Replies.UNSAFE + "substr(x, -n)", 2),
  COT("cot", Scope.OF_THE_NODE, Replies.LIBRARY + "1.0 / tan(x)", 1),
  COTH("coth", Scope.OF_THE_NODE, Replies.LIBRARY + "1.0 / tanh(x)", 1),
  ATN2("atn2", Scope.OF_THE_NODE, Replies.LIBRARY + "atan2(y, x)", 2),
  PROPER("proper", Scope.OF_THE_NODE, Replies.LOCALE, 1),
  DIFFERENCE("difference", Scope.OF_THE_NODE, Replies.LOCALE, 2),
  COMPILEOPTION_GET("sqlite_compileoption_get", Scope.OF_THE_NODE, Replies.BUILD, 1),
  COMPILEOPTION_USED("sqlite_compileoption_used", Scope.OF_THE_NODE, Replies.BUILD, 1),
  BM25("bm25", Scope.OVERLOADED_IN_WRITES, Replies.RANK, -1);

  /** Where a function is refused, and how. */
  enum Scope {
    /** Acts on what is outside of the database. SQLite lets only a statement's own text call it. */
    OUTSIDE,
    /** A virtual table has it for its own columns, so that it cannot be registered over. */
    OVERLOADED_EVERYWHERE,
    /** Ends the process, or fails as a node does, on some arguments. */
    UNSAFE,
    /** Answers what only one node answers: must not be written. */
    OF_THE_NODE,
    /** The same, of a virtual table. */
    OVERLOADED_IN_WRITES;

    boolean everywhere() {
      return this == OUTSIDE || this == OVERLOADED_EVERYWHERE || this == UNSAFE;
    }
  }

  private static final class Replies {
    static final String OUTSIDE = " reaches outside the database and differs from node to node";
    static final String UNSAFE = " crashes the process or exhausts its memory; use ";
    static final String LIBRARY = " may differ in its last digit from node to node; use ";
    static final String LOCALE =
        " depends on the locale of a node's process; read it first, then write the value";
    static final String BUILD =
        " tells how a node's library was built; read it first, then write the value";
    static final String RANK =
        " may differ in its last digit from node to node; read it first, then write the value";
  }

  private final String sqlName;
  private final Scope scope;
  private final String reply;
  private final List<Integer> argumentCounts;

  RefusedFunction(String sqlName, Scope scope, String reply, Integer... argumentCounts) {
    this.sqlName = sqlName;
    this.scope = scope;
    this.reply = reply;
    this.argumentCounts = List.of(argumentCounts);
  }

  String sqlName() {
    return sqlName;
  }

  Scope scope() {
    return scope;
  }

  /** The numbers of arguments that SQLite has it for, -1 for any. */
  List<Integer> argumentCounts() {
    return argumentCounts;
  }

  String message() {
    return sqlName + "()" + reply;
  }

  StatementException refusal() {
    return scope == Scope.OUTSIDE ? Refusal.notAllowed(message()) : Refusal.unsupported(message());
  }
}
