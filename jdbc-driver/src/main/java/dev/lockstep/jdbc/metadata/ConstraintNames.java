package dev.lockstep.jdbc.metadata;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of keys. SQLite does not tell them; they stand in the table's declaration, or there are
 * none and the table's name makes one, the same wherever the key is mentioned.
 */
final class ConstraintNames {
  private static final String NAME = "(\"(?:[^\"]|\"\")*\"|`[^`]*`|\\[[^\\]]*\\]|\\w+)";

  private static final Pattern PRIMARY_KEY =
      Pattern.compile("CONSTRAINT\\s+" + NAME + "\\s+PRIMARY\\s+KEY", Pattern.CASE_INSENSITIVE);

  private static final Pattern FOREIGN_KEY =
      Pattern.compile(
          "CONSTRAINT\\s+" + NAME + "\\s+FOREIGN\\s+KEY\\s*\\(([^)]*)\\)",
          Pattern.CASE_INSENSITIVE);

  private ConstraintNames() {}

  /**
   * @param declaration the table's CREATE statement, or null if there is no such table
   */
  static String ofPrimaryKey(String table, String declaration) {
    Matcher matcher = PRIMARY_KEY.matcher(declaration == null ? "" : declaration);
    return matcher.find() ? unquoted(matcher.group(1)) : "PK_" + table;
  }

  /**
   * @param id SQLite's number of the key
   * @param columns the key's columns in their order
   */
  static String ofForeignKey(String table, int id, List<String> columns, String declaration) {
    Matcher matcher = FOREIGN_KEY.matcher(declaration == null ? "" : declaration);
    while (matcher.find()) {
      StringBuilder declared = new StringBuilder();
      for (String column : matcher.group(2).split(",", -1)) {
        declared.append(declared.length() == 0 ? "" : ",").append(unquoted(column.strip()));
      }
      if (declared.toString().equalsIgnoreCase(String.join(",", columns))) {
        return unquoted(matcher.group(1));
      }
    }
    return "FK_" + table + "_" + id;
  }

  private static String unquoted(String name) {
    if (name.length() < 2) {
      return name;
    }
    String inner = name.substring(1, name.length() - 1);
    return switch (name.charAt(0)) {
      case '"' -> inner.replace("\"\"", "\"");
      case '`', '[' -> inner;
      default -> name;
    };
  }
}
