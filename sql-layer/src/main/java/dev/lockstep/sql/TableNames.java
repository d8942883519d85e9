package dev.lockstep.sql;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The names of tables by the root pages of theirs and their indexes. */
final class TableNames {
  private TableNames() {}

  /**
   * The names in alphabetical order, without Lockstep's own tables.
   *
   * @param virtual names that are added, of tables without a page
   */
  static List<String> of(Connection connection, Set<Integer> roots, Collection<String> virtual)
      throws SQLException {
    Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    names.addAll(virtual);
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT rootpage, tbl_name FROM main.sqlite_schema WHERE rootpage > 0"
                    + " UNION ALL SELECT 1, 'sqlite_schema'")) {
      while (rows.next()) {
        String name = rows.getString(2);
        if (roots.contains(rows.getInt(1)) && !name.startsWith(TextRules.INTERNAL_PREFIX)) {
          names.add(name);
        }
      }
    }
    return new ArrayList<>(names);
  }
}
