package dev.lockstep.jdbc;

import dev.lockstep.jdbc.client.SqlState;
import dev.lockstep.protocol.Column;
import dev.lockstep.protocol.RowBatch;
import dev.lockstep.protocol.RowReader;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;

/**
 * Changes rows of a table as an updatable result shows them: one statement for each row. A row is
 * found by all its columns that the result has, so that one that was changed by somebody else
 * meanwhile is left alone. Used by one thread at a time.
 */
final class RowEditor {
  /** Conditions in one pair of parentheses. */
  private static final int GROUP = 100;

  private static final String ROWID = "rowid";
  private static final Set<String> ROWID_NAMES = Set.of(ROWID, "oid", "_rowid_");

  private static final String TABLE =
      "SELECT t.name, t.type, t.wr, x.name, x.pk, x.hidden FROM pragma_table_list t,"
          + " pragma_table_xinfo(t.name, 'main') x"
          + " WHERE t.schema = 'main' AND t.name = ? COLLATE NOCASE ORDER BY x.cid";

  private final LockstepConnection connection;
  private final String sql;
  private final List<Column> columns;

  /** The table's column of each column of the result; null for another value. */
  private TableColumn[] origins;

  private String table;
  private String refusal;
  private boolean known;

  /** A column of the table. */
  private record TableColumn(String name, boolean key, boolean generated) {
    String quoted() {
      return SqlText.quotedName(name);
    }
  }

  /** A statement and the values of its parameters. */
  private static final class Change {
    private final StringBuilder text;
    private final List<Object> values = new ArrayList<>();

    Change(String beginning) {
      text = new StringBuilder(beginning);
    }
  }

  /**
   * @param sql the query
   * @param columns those of its result
   */
  RowEditor(LockstepConnection connection, String sql, List<Column> columns) {
    this.connection = connection;
    this.sql = sql;
    this.columns = columns;
  }

  /** Why the rows cannot be changed; null if they can. Asks for the table's key at first. */
  String refusal() throws SQLException {
    if (!known) {
      refusal = findOrigins();
      known = true;
    }
    return refusal;
  }

  private String findOrigins() throws SQLException {
    SelectedTable selected = SelectedTable.of(sql);
    if (selected.refusal() != null) {
      return selected.refusal();
    }
    Map<String, TableColumn> found = new LinkedHashMap<>();
    boolean hasRowid = false;
    boolean hasKey = false;
    try (PreparedStatement statement = connection.prepareStatement(TABLE)) {
      statement.setString(1, selected.name());
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          if (!rows.getString(2).equals("table")) {
            return "it is one of a " + rows.getString(2);
          }
          table = rows.getString(1);
          hasRowid = !rows.getBoolean(3);
          hasKey |= rows.getInt(5) > 0;
          found.put(
              SqlText.folded(rows.getString(4)),
              new TableColumn(rows.getString(4), rows.getInt(5) > 0, rows.getInt(6) != 0));
        }
      }
    }
    if (table == null) {
      return "there is no table " + selected.name();
    }
    if (hasRowid && !hasKey) {
      for (String name : ROWID_NAMES) {
        found.putIfAbsent(name, new TableColumn(ROWID, true, false));
      }
    }
    origins = new TableColumn[columns.size()];
    for (int i = 0; i < origins.length; i++) {
      String label = SqlText.folded(columns.get(i).label());
      if (columns.get(i).table().equals(table) && !selected.aliases().contains(label)) {
        origins[i] = found.get(label);
      }
    }
    return hasKey ? missingKey(found) : missingRowid();
  }

  private String missingKey(Map<String, TableColumn> found) {
    List<TableColumn> selected = List.copyOf(selected().values());
    for (TableColumn column : found.values()) {
      if (column.key() && !selected.contains(column)) {
        return "it has no column " + column.name() + ", which is of the key of " + table;
      }
    }
    return null;
  }

  private String missingRowid() {
    return selected().values().stream().anyMatch(TableColumn::key)
        ? null
        : table + " has no primary key, and the rowid is not selected";
  }

  /** The first place of each column of the table in the result. */
  private Map<Integer, TableColumn> selected() {
    Map<Integer, TableColumn> selected = new LinkedHashMap<>();
    for (int i = 0; i < origins.length; i++) {
      if (origins[i] != null && !selected.containsValue(origins[i])) {
        selected.put(i, origins[i]);
      }
    }
    return selected;
  }

  /**
   * @param column counted from 1
   */
  void checkWritable(int column) throws SQLException {
    if (column < 1 || column > origins.length) {
      throw SqlState.INDEX_OUT_OF_RANGE.exception(
          "column " + column + " of " + origins.length + ", counted from 1");
    }
    TableColumn origin = origins[column - 1];
    if (origin == null || origin.generated()) {
      String label = columns.get(column - 1).label();
      throw SqlState.NOT_SUPPORTED.exception(
          "column '"
              + label
              + "' cannot be written: it is "
              + (origin == null ? "no column of " + table + " under its name" : "generated"));
    }
  }

  /**
   * Updates a row.
   *
   * @return the row as the result has it now
   */
  RowBatch update(RowReader row, RowEdits edits) throws SQLException {
    Change change = new Change("UPDATE " + SqlText.quotedName(table) + " SET ");
    StringJoiner assignments = new StringJoiner(", ");
    for (int i = 0; i < origins.length; i++) {
      if (edits.isSet(i)) {
        assignments.add(origins[i].quoted() + " = ?");
        change.values.add(edits.values()[i]);
      }
    }
    change.text.append(assignments);
    addCondition(change, row, false);
    change.text.append(" RETURNING ").append(selectList());
    RowBatch now = rowOf(change, row);
    if (now == null) {
      throw changedMeanwhile();
    }
    return now;
  }

  /** Deletes a row. */
  void delete(RowReader row) throws SQLException {
    Change change = new Change("DELETE FROM " + SqlText.quotedName(table));
    addCondition(change, row, false);
    try (PreparedStatement statement = prepare(change)) {
      if (statement.executeUpdate() == 0) {
        throw changedMeanwhile();
      }
    }
  }

  /** Inserts a row; columns that were not set get their defaults. */
  void insert(RowEdits edits) throws SQLException {
    Change change = new Change("INSERT INTO " + SqlText.quotedName(table));
    StringJoiner names = new StringJoiner(", ", " (", ")");
    StringJoiner values = new StringJoiner(", ", " VALUES (", ")");
    for (int i = 0; i < origins.length; i++) {
      if (edits.isSet(i)) {
        names.add(origins[i].quoted());
        values.add("?");
        change.values.add(edits.values()[i]);
      }
    }
    if (change.values.isEmpty()) {
      change.text.append(" DEFAULT VALUES");
    } else {
      change.text.append(names).append(values);
    }
    try (PreparedStatement statement = prepare(change)) {
      statement.executeUpdate();
    }
  }

  /**
   * Reads a row again, by its key.
   *
   * @return null if it is gone
   */
  RowBatch read(RowReader row) throws SQLException {
    Change change = new Change("SELECT " + selectList() + " FROM " + SqlText.quotedName(table));
    addCondition(change, row, true);
    return rowOf(change, row);
  }

  private String selectList() {
    StringJoiner names = new StringJoiner(", ");
    selected().values().forEach(column -> names.add(column.quoted()));
    return names.toString();
  }

  private void addCondition(Change change, RowReader row, boolean onlyKey) throws SQLException {
    List<String> conditions = new ArrayList<>();
    for (Map.Entry<Integer, TableColumn> entry : selected().entrySet()) {
      TableColumn column = entry.getValue();
      Object value = row.value(entry.getKey());
      if (column.key() && value == null) {
        // SQLite allows it, any number of times.
        throw SqlState.NOT_SUPPORTED.exception(
            "the row cannot be told from others: its key " + column.name() + " is NULL");
      }
      if (column.key() || !onlyKey) {
        // Other collations take different texts for the same; only the key's one has an index.
        conditions.add(column.quoted() + " COLLATE BINARY IS ?");
        change.values.add(value);
        if (column.key()) {
          conditions.add(column.quoted() + " IS ?");
          change.values.add(value);
        }
      }
    }
    change.text.append(" WHERE ").append(allOf(conditions));
  }

  /** In groups: SQLite's expressions are 1,000 deep at most. */
  private static String allOf(List<String> conditions) {
    StringJoiner groups = new StringJoiner(") AND (", "(", ")");
    for (int i = 0; i < conditions.size(); i += GROUP) {
      List<String> group = conditions.subList(i, Math.min(conditions.size(), i + GROUP));
      groups.add(String.join(" AND ", group));
    }
    return groups.toString();
  }

  private PreparedStatement prepare(Change change) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(change.text.toString());
    for (int i = 0; i < change.values.size(); i++) {
      statement.setObject(i + 1, change.values.get(i));
    }
    return statement;
  }

  /** The first row that the statement returns, among the result's other values; or null. */
  private RowBatch rowOf(Change change, RowReader row) throws SQLException {
    Object[] values = new Object[origins.length];
    try (PreparedStatement statement = prepare(change);
        LockstepResultSet rows = statement.executeQuery().unwrap(LockstepResultSet.class)) {
      if (!rows.next()) {
        return null;
      }
      List<TableColumn> returned = List.copyOf(selected().values());
      for (int i = 0; i < values.length; i++) {
        int place = origins[i] == null ? -1 : returned.indexOf(origins[i]);
        values[i] = place < 0 ? row.value(i) : rows.currentRow().value(place);
      }
    }
    return RowBatch.of(List.<Object[]>of(values));
  }

  private static SQLException changedMeanwhile() {
    return SqlState.NO_CURRENT_ROW.exception(
        "the row was changed or deleted since it was read, and was left alone: refreshRow shows"
            + " it as it is");
  }
}
