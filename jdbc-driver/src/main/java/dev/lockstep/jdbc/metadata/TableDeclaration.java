package dev.lockstep.jdbc.metadata;

import java.sql.DatabaseMetaData;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a CREATE TABLE statement says of keys and SQLite's pragmas do not: their names, and when
 * foreign keys are checked.
 *
 * @param primaryKey name of the primary key, or null if it has none
 * @param foreignKeys in the order of the statement
 */
record TableDeclaration(String primaryKey, List<ForeignKey> foreignKeys) {
  private static final TableDeclaration NONE = new TableDeclaration(null, List.of());

  /** Words that begin a table's constraint, where a column's name would stand otherwise. */
  private static final Set<String> CONSTRAINTS =
      Set.of("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN");

  /** Words that begin another constraint of a column, to which an earlier name does not belong. */
  private static final Set<String> OTHERS =
      Set.of("UNIQUE", "CHECK", "DEFAULT", "NOT", "NULL", "COLLATE", "GENERATED", "AS");

  /**
   * A foreign key.
   *
   * @param name null if it has none
   * @param deferrability one of {@link DatabaseMetaData#importedKeyNotDeferrable} and its like
   */
  record ForeignKey(String name, int deferrability) {}

  /**
   * Reads a statement.
   *
   * @param sql null for none
   */
  static TableDeclaration of(String sql) {
    if (sql == null) {
      return NONE;
    }
    Reader reader = new Reader();
    DeclarationParts.of(SqlToken.of(sql), 0).parts().forEach(reader::read);
    return new TableDeclaration(reader.primaryKey, List.copyOf(reader.foreignKeys));
  }

  /** The primary key's name, or one made of the table's, the same wherever it is mentioned. */
  String primaryKeyOf(String table) {
    return primaryKey == null ? "PK_" + table : primaryKey;
  }

  /**
   * A foreign key by SQLite's number of it, with a name in any case.
   *
   * @param id counted from 0, which is the last one of the statement
   */
  ForeignKey foreignKey(String table, int id) {
    int index = foreignKeys.size() - 1 - id;
    ForeignKey declared =
        index < 0
            ? new ForeignKey(null, DatabaseMetaData.importedKeyNotDeferrable)
            : foreignKeys.get(index);
    return declared.name() != null
        ? declared
        : new ForeignKey("FK_" + table + "_" + id, declared.deferrability());
  }

  /** Goes through the columns and constraints. */
  private static final class Reader {
    private final List<ForeignKey> foreignKeys = new ArrayList<>();
    private String primaryKey;

    void read(List<SqlToken> part) {
      String name = null;
      int i = !part.isEmpty() && CONSTRAINTS.contains(part.get(0).keyword()) ? 0 : 1;
      int depth = 0;
      for (; i < part.size(); i++) {
        String word = part.get(i).keyword();
        if (word.equals("(")) {
          depth++;
        } else if (word.equals(")")) {
          depth--;
        } else if (depth > 0) {
          continue;
        } else if (word.equals("CONSTRAINT") && i + 1 < part.size()) {
          name = part.get(++i).text();
        } else if (word.equals("PRIMARY")) {
          primaryKey = name;
          name = null;
        } else if (word.equals("REFERENCES")) {
          foreignKeys.add(new ForeignKey(name, DatabaseMetaData.importedKeyNotDeferrable));
          name = null;
          // The parent's name may be any word.
          i++;
        } else if (word.equals("DEFERRABLE")) {
          defer(part, i);
        } else if (OTHERS.contains(word)) {
          name = null;
        }
      }
    }

    private void defer(List<SqlToken> part, int position) {
      if (foreignKeys.isEmpty() || part.get(position - 1).is("NOT")) {
        return;
      }
      boolean deferred =
          position + 2 < part.size()
              && part.get(position + 1).is("INITIALLY")
              && part.get(position + 2).is("DEFERRED");
      int last = foreignKeys.size() - 1;
      foreignKeys.set(
          last,
          new ForeignKey(
              foreignKeys.get(last).name(),
              deferred
                  ? DatabaseMetaData.importedKeyInitiallyDeferred
                  : DatabaseMetaData.importedKeyInitiallyImmediate));
    }
  }
}
