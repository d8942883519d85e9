package dev.lockstep.sql.standard;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlInsert;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlMerge;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlUpdate;

/**
 * MERGE as one INSERT … ON CONFLICT DO UPDATE, whose conflict is that of the row's own key: a
 * matched row is inserted under the key that it has. The rows are joined before any of them is
 * written, so the statement sees the state before it.
 */
final class MergeStatement {
  private static final String ROWS = Queries.INNER;
  private static final String MATCHED = "lockstep_matched";

  private final Rewriter rewriter;
  private final SqlMerge merge;
  private final String table;
  private final String alias;
  private final List<SchemaReader.TableColumn> columns = new ArrayList<>();
  private final List<String> keys = new ArrayList<>();

  MergeStatement(Rewriter rewriter, SqlMerge merge) throws UntranslatableException, SQLException {
    this.rewriter = rewriter;
    this.merge = merge;
    SqlIdentifier target = (SqlIdentifier) merge.getTargetTable();
    this.table = target.names.get(target.names.size() - 1);
    this.alias = merge.getAlias() == null ? table : merge.getAlias().getSimple();
    readTable();
  }

  private void readTable() throws UntranslatableException, SQLException {
    SchemaReader schema = rewriter.schema();
    List<SchemaReader.TableColumn> all = schema.columns(table);
    if (all.isEmpty()) {
      throw new InvalidStatementException("42P01", "no such table: " + table);
    }
    if (!schema.isTable(table)) {
      throw new InvalidStatementException(
          "42809", "MERGE needs a table, which " + table + " is not");
    }
    List<String> primaryKey = new ArrayList<>();
    for (SchemaReader.TableColumn column : all) {
      if (!column.generated()) {
        columns.add(column);
      }
      if (column.primaryKey() > 0) {
        primaryKey.add(column.name());
      }
    }
    boolean alone = primaryKey.size() == 1 && !schema.hasPrimaryKeyIndex(table);
    if (schema.isWithoutRowid(table) || alone) {
      keys.addAll(primaryKey);
    } else {
      keys.add(rowid(all));
    }
  }

  private static String rowid(List<SchemaReader.TableColumn> columns)
      throws UntranslatableException {
    for (String name : List.of("rowid", "_rowid_", "oid")) {
      if (columns.stream().noneMatch(column -> column.name().equalsIgnoreCase(name))) {
        return name;
      }
    }
    throw new UntranslatableException("MERGE into a table that hides its rowid");
  }

  String translate() throws UntranslatableException, SQLException {
    merge.setOperand(1, rewriter.rewrite(merge.getCondition()));
    merge.setOperand(2, rewriter.rewrite(merge.getSourceTableRef()));
    Map<String, String> updated = updated();
    Map<String, String> inserted = inserted();
    return updated == null ? insertOnly(inserted) : upsert(updated, inserted);
  }

  /** The new value of each column that is set, or null if matched rows stay as they are. */
  private Map<String, String> updated() throws UntranslatableException, SQLException {
    SqlUpdate update = merge.getUpdateCall();
    if (update == null) {
      return null;
    }
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = 0; i < update.getTargetColumnList().size(); i++) {
      SchemaReader.TableColumn column = column(update.getTargetColumnList().get(i));
      if (keys.contains(column.name())) {
        throw new UntranslatableException("MERGE that sets the key " + column.name());
      }
      SqlNode value = rewriter.rewrite(update.getSourceExpressionList().get(i));
      values.put(column.name(), value(value, column));
    }
    if (rewriter.schema().hasInsertTrigger(table)) {
      throw new UntranslatableException(
          "MERGE that updates rows of a table with a trigger for INSERT");
    }
    return values;
  }

  /** The value of each column of a new row, or null if there are no new rows. */
  private Map<String, String> inserted() throws UntranslatableException, SQLException {
    SqlInsert insert = merge.getInsertCall();
    if (insert == null) {
      return null;
    }
    List<SchemaReader.TableColumn> targets = new ArrayList<>();
    if (insert.getTargetColumnList() == null) {
      targets.addAll(columns);
    } else {
      for (SqlNode name : insert.getTargetColumnList()) {
        targets.add(column(name));
      }
    }
    List<SqlNode> row = row(insert.getSource());
    if (row.size() != targets.size()) {
      throw new InvalidStatementException(
          "42601", row.size() + " values for " + targets.size() + " columns");
    }
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = 0; i < row.size(); i++) {
      values.put(targets.get(i).name(), value(rewriter.rewrite(row.get(i)), targets.get(i)));
    }
    return values;
  }

  private static List<SqlNode> row(SqlNode source) throws UntranslatableException {
    if (source.getKind() == SqlKind.VALUES && ((SqlCall) source).operandCount() == 1) {
      return ((SqlCall) ((SqlCall) source).operand(0)).getOperandList();
    }
    if (source instanceof SqlSelect select && select.getFrom() == null) {
      return select.getSelectList().getList();
    }
    throw new UntranslatableException("MERGE that inserts a query");
  }

  private SchemaReader.TableColumn column(SqlNode identifier) throws UntranslatableException {
    SqlIdentifier name = (SqlIdentifier) identifier;
    String simple = name.names.get(name.names.size() - 1);
    for (SchemaReader.TableColumn column : columns) {
      if (column.name().equalsIgnoreCase(simple)) {
        return column;
      }
    }
    throw new InvalidStatementException(
        "42703", "table " + table + " has no column named " + simple);
  }

  private String value(SqlNode value, SchemaReader.TableColumn column) {
    return value.getKind() == SqlKind.DEFAULT ? defaultOf(column) : rewriter.write(value);
  }

  private static String defaultOf(SchemaReader.TableColumn column) {
    return column.defaultText() == null ? "NULL" : "(" + column.defaultText() + ")";
  }

  private String insertOnly(Map<String, String> inserted) {
    return "INSERT INTO "
        + quoted(table)
        + " ("
        + String.join(", ", inserted.keySet().stream().map(MergeStatement::quoted).toList())
        + ") SELECT "
        + String.join(", ", inserted.values())
        + " FROM "
        + source()
        + " WHERE NOT EXISTS (SELECT 1 FROM "
        + target()
        + " WHERE "
        + condition()
        + ")";
  }

  private String upsert(Map<String, String> updated, Map<String, String> inserted) {
    List<String> names = new ArrayList<>(keys);
    columns.stream()
        .map(SchemaReader.TableColumn::name)
        .filter(name -> !keys.contains(name))
        .forEach(names::add);
    StringBuilder rows = new StringBuilder();
    for (String name : names) {
      String newValue = inserted == null ? "NULL" : inserted.getOrDefault(name, ofNewRow(name));
      String oldValue = alias() + "." + quoted(name);
      rows.append(", CASE WHEN ")
          .append(matched())
          .append(" THEN ")
          .append(updated.getOrDefault(name, oldValue))
          .append(" ELSE ")
          .append(newValue)
          .append(" END");
    }
    String columnList = String.join(", ", names.stream().map(MergeStatement::quoted).toList());
    String keyList = String.join(", ", keys.stream().map(MergeStatement::quoted).toList());
    StringBuilder selected = new StringBuilder();
    for (String name : names) {
      selected.append(selected.isEmpty() ? "" : ", ");
      selected.append(name.equals(keys.get(0)) ? checkedKey(keyList, inserted) : quoted(name));
    }
    StringBuilder set = new StringBuilder();
    for (String name : names.subList(keys.size(), names.size())) {
      set.append(set.isEmpty() ? "" : ", ");
      set.append(quoted(name)).append(" = excluded.").append(quoted(name));
    }
    return "INSERT INTO "
        + quoted(table)
        + " ("
        + columnList
        + ") WITH "
        + ROWS
        + "("
        + MATCHED
        + ", "
        + columnList
        + ") AS (SELECT "
        + matched()
        + rows
        + " FROM "
        + source()
        + (inserted == null ? " JOIN " : " LEFT JOIN ")
        + target()
        + " ON "
        + condition()
        + ") SELECT "
        + selected
        + " FROM "
        + ROWS
        + " WHERE true ON CONFLICT ("
        + keyList
        + (set.isEmpty() ? ") DO NOTHING" : ") DO UPDATE SET " + set);
  }

  /**
   * The first column of the key, or an error: a row must not be updated twice, and a new row must
   * not pass for one that was matched.
   */
  private String checkedKey(String keyList, Map<String, String> inserted) {
    String first = quoted(keys.get(0));
    StringBuilder same = new StringBuilder();
    for (String key : keys) {
      same.append(same.isEmpty() ? "" : " AND ");
      same.append("lockstep_other.").append(quoted(key)).append(" = ");
      same.append(ROWS).append('.').append(quoted(key));
    }
    String unique =
        "'UNIQUE constraint failed: " + (table + "." + keys.get(0)).replace("'", "''") + "'";
    boolean newKeys = inserted != null && inserted.keySet().stream().anyMatch(keys::contains);
    return "CASE WHEN "
        + first
        + " IS NOT NULL AND row_number() OVER (PARTITION BY "
        + MATCHED
        + ", "
        + keyList
        + ") > 1 THEN lockstep_error(CASE WHEN "
        + MATCHED
        + " THEN 'cardinality violation: MERGE would change a row twice' ELSE "
        + unique
        + " END)"
        + (newKeys
            ? " WHEN NOT "
                + MATCHED
                + " AND EXISTS (SELECT 1 FROM "
                + quoted(table)
                + " AS lockstep_other WHERE "
                + same
                + ") THEN lockstep_error("
                + unique
                + ")"
            : "")
        + " ELSE "
        + first
        + " END";
  }

  private String ofNewRow(String name) {
    for (SchemaReader.TableColumn column : columns) {
      if (column.name().equals(name)) {
        return keys.contains(name) ? "NULL" : defaultOf(column);
      }
    }
    return "NULL";
  }

  private String matched() {
    return alias() + "." + quoted(keys.get(0)) + " IS NOT NULL";
  }

  private String target() {
    return quoted(table) + " AS " + alias();
  }

  private String alias() {
    return quoted(alias);
  }

  private String source() {
    return rewriter
        .write(Nodes.all(merge.getSourceTableRef()))
        .substring("SELECT * FROM ".length());
  }

  private String condition() {
    return rewriter.write(merge.getCondition());
  }

  private static String quoted(String name) {
    return "`" + name.replace("`", "``") + "`";
  }
}
