package dev.lockstep.jdbc.metadata;

import java.sql.DatabaseMetaData;
import java.util.Comparator;
import java.util.List;

/**
 * A type that columns are declared with, as {@link DatabaseMetaData#getTypeInfo} lists it. SQLite
 * takes any name; these are the ones whose meaning the driver knows.
 *
 * @param name as in a declaration
 * @param parameters what stands in parentheses behind it, or null
 * @param prefix what a literal begins with; null for none
 */
record TypeInfo(String name, String parameters, String prefix) {
  /** The best ones of a JDBC type before others of it. */
  private static final List<TypeInfo> ALL =
      List.of(
          new TypeInfo("BOOLEAN", null, null),
          new TypeInfo("TINYINT", null, null),
          new TypeInfo("BIGINT", null, null),
          new TypeInfo("BLOB", null, "X'"),
          new TypeInfo("VARBINARY", "length", "X'"),
          new TypeInfo("BINARY", "length", "X'"),
          new TypeInfo("CHAR", "length", "'"),
          new TypeInfo("NUMERIC", "precision,scale", null),
          new TypeInfo("DECIMAL", "precision,scale", null),
          new TypeInfo("INTEGER", null, null),
          new TypeInfo("SMALLINT", null, null),
          new TypeInfo("DOUBLE", null, null),
          new TypeInfo("REAL", null, null),
          new TypeInfo("VARCHAR", "length", "'"),
          new TypeInfo("TEXT", null, "'"),
          new TypeInfo("NCHAR", "length", "'"),
          new TypeInfo("NVARCHAR", "length", "'"),
          new TypeInfo("DATE", null, "'"),
          new TypeInfo("TIME", null, "'"),
          new TypeInfo("TIMESTAMP", null, "'"),
          new TypeInfo("DATETIME", null, "'"),
          new TypeInfo("CLOB", null, "'"),
          new TypeInfo("TIMESTAMP WITH TIME ZONE", null, "'"));

  /** The rows, by JDBC type and how well a type fits it. */
  static List<Object[]> rows() {
    return ALL.stream()
        .map(TypeInfo::row)
        .sorted(Comparator.comparing(row -> (Long) row[1]))
        .toList();
  }

  private Object[] row() {
    DeclaredType type = DeclaredType.of(name);
    boolean decimal = parameters != null && parameters.endsWith("scale");
    return new Object[] {
      name,
      (long) type.jdbcType(),
      (long) type.size(),
      prefix,
      prefix == null ? null : "'",
      parameters,
      (long) DatabaseMetaData.typeNullable,
      type.isText() ? 1L : 0L,
      (long) DatabaseMetaData.typeSearchable,
      0L,
      0L,
      name.equals("INTEGER") ? 1L : 0L,
      name,
      0L,
      // No limit: a number whose digits a double does not hold is kept as a text.
      decimal ? (long) Short.MAX_VALUE : 0L,
      0L,
      0L,
      type.isNumber() ? 10L : null
    };
  }
}
