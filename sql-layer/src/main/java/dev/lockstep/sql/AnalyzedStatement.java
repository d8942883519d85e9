package dev.lockstep.sql;

import java.util.List;
import java.util.stream.Collectors;

/**
 * One statement and what SQLite says it does. Immutable; a fact about the schema it was analysed
 * with.
 *
 * @param sql the statement's text, alone
 * @param kind what it is
 * @param writes whether it changes the replicated state and so must go through the log; false for
 *     transaction and savepoint control
 * @param returnsRows whether it has result columns, RETURNING included
 * @param parameterCount the greatest parameter number
 * @param usesLastInsertRowid whether it calls {@code last_insert_rowid()}, also in a trigger
 * @param usesChanges whether it calls {@code changes()} or {@code total_changes()}, also in a
 *     trigger
 * @param ofTheNode whether what it reads may differ from node to node although their content is the
 *     same, such as page numbers; never true together with {@code writes}
 * @param columns its result columns; empty if it returns no rows, and for PRAGMAs
 * @param returnsGeneratedKeys whether the rows are keys asked for by {@link #withGeneratedKeys}
 * @param insertTarget for an INSERT or REPLACE without RETURNING its table, else null
 * @param systemRead what it reads in the schema {@code lockstep}; null for other statements
 * @param explanation what it tells, if it is EXPLAIN LOCKSTEP; else null
 */
public record AnalyzedStatement(
    String sql,
    StatementKind kind,
    boolean writes,
    boolean returnsRows,
    int parameterCount,
    boolean usesLastInsertRowid,
    boolean usesChanges,
    boolean ofTheNode,
    List<ColumnInfo> columns,
    boolean returnsGeneratedKeys,
    InsertTarget insertTarget,
    SystemRead systemRead,
    Explanation explanation) {
  public AnalyzedStatement {
    if (writes && ofTheNode) {
      throw new IllegalArgumentException("would be replicated with a node's own answer: " + sql);
    }
    columns = List.copyOf(columns);
  }

  /** A statement that is about the database. */
  AnalyzedStatement(
      String sql,
      StatementKind kind,
      boolean writes,
      boolean returnsRows,
      int parameterCount,
      boolean usesLastInsertRowid,
      boolean usesChanges,
      boolean ofTheNode,
      List<ColumnInfo> columns,
      boolean returnsGeneratedKeys,
      InsertTarget insertTarget) {
    this(
        sql,
        kind,
        writes,
        returnsRows,
        parameterCount,
        usesLastInsertRowid,
        usesChanges,
        ofTheNode,
        columns,
        returnsGeneratedKeys,
        insertTarget,
        null,
        null);
  }

  /** The same as a query that reads system tables. */
  AnalyzedStatement withSystemRead(SystemRead read) {
    return new AnalyzedStatement(
        sql,
        kind,
        writes,
        returnsRows,
        parameterCount,
        usesLastInsertRowid,
        usesChanges,
        true,
        columns,
        returnsGeneratedKeys,
        insertTarget,
        read,
        null);
  }

  /**
   * The rows of an explanation: a query without parameters.
   *
   * @param sql gives the rows
   */
  public static AnalyzedStatement explaining(String sql, Explanation explanation) {
    return new AnalyzedStatement(
        sql,
        StatementKind.EXPLAIN,
        false,
        true,
        0,
        false,
        false,
        true,
        List.of(new ColumnInfo("item", "", "TEXT"), new ColumnInfo("value", "", "TEXT")),
        false,
        null,
        null,
        explanation);
  }

  /** Whether it takes or releases named locks: the only queries that write. */
  public boolean usesNamedLocks() {
    return kind == StatementKind.QUERY && writes;
  }

  /**
   * The statement that also returns the keys of the rows it inserts. Itself if it is not an INSERT,
   * has a RETURNING clause of its own, or inserts into a view or virtual table and no columns were
   * named.
   *
   * @param names the columns wanted, letter case ignored; empty for the key
   * @throws StatementException 42703 if the table has no such column
   */
  public AnalyzedStatement withGeneratedKeys(List<String> names) throws StatementException {
    if (insertTarget == null) {
      return this;
    }
    List<ColumnInfo> keys = insertTarget.select(names);
    if (keys.isEmpty()) {
      return this;
    }
    return new AnalyzedStatement(
        sql + " RETURNING " + names(keys),
        kind,
        writes,
        true,
        parameterCount,
        usesLastInsertRowid,
        usesChanges,
        ofTheNode,
        keys,
        true,
        null);
  }

  /**
   * In backticks: SQLite takes an unknown name in double quotes for a string. With a label, because
   * SQLite would call the rowid "rowid" whatever name was used for it.
   */
  private static String names(List<ColumnInfo> columns) {
    return columns.stream()
        .map(column -> "`" + column.label().replace("`", "``") + "`")
        .map(name -> name + " AS " + name)
        .collect(Collectors.joining(", "));
  }
}
