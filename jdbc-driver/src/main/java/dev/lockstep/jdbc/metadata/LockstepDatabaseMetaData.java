package dev.lockstep.jdbc.metadata;

import dev.lockstep.protocol.Column;
import java.sql.Connection;
import java.sql.PseudoColumnUsage;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Metadata of the database behind a connection (JDBC 4.3, chapter 7): one schema {@code main}, no
 * catalogs. Names are found without regard to case, as SQLite does.
 */
public final class LockstepDatabaseMetaData extends DatabaseFacts {
  private static final String SCHEMA = "main";
  private static final String SYSTEM_TABLE = "SYSTEM TABLE";

  private final MetaDataSource source;
  private final Catalog catalog;

  public LockstepDatabaseMetaData(MetaDataSource source) {
    this.source = source;
    this.catalog = new Catalog(source.connection());
  }

  @Override
  public Connection getConnection() {
    return source.connection();
  }

  @Override
  public String getURL() {
    return source.url();
  }

  @Override
  public String getUserName() {
    return source.user();
  }

  @Override
  public boolean isReadOnly() throws SQLException {
    return source.connection().isReadOnly();
  }

  /** SQLite, since every statement of SQLite's means the same here, and clients ask for that. */
  @Override
  public String getDatabaseProductName() {
    return source.productName();
  }

  @Override
  public String getDatabaseProductVersion() {
    return source.sqliteVersion();
  }

  @Override
  public int getDatabaseMajorVersion() {
    return versionPart(source.sqliteVersion(), 0);
  }

  @Override
  public int getDatabaseMinorVersion() {
    return versionPart(source.sqliteVersion(), 1);
  }

  @Override
  public String getDriverName() {
    return "Lockstep JDBC Driver";
  }

  @Override
  public String getDriverVersion() {
    return source.driverVersion();
  }

  @Override
  public int getDriverMajorVersion() {
    return versionPart(source.driverVersion(), 0);
  }

  @Override
  public int getDriverMinorVersion() {
    return versionPart(source.driverVersion(), 1);
  }

  private static int versionPart(String version, int part) {
    String[] parts = version.split("\\.", -1);
    return part < parts.length && parts[part].matches("\\d{1,9}")
        ? Integer.parseInt(parts[part])
        : 0;
  }

  @Override
  public ResultSet getCatalogs() throws SQLException {
    return result(ResultShape.CATALOGS, List.of());
  }

  @Override
  public ResultSet getSchemas() throws SQLException {
    return getSchemas(null, null);
  }

  @Override
  public ResultSet getSchemas(String catalogName, String schemaPattern) throws SQLException {
    String schema =
        isSystem(catalogName, schemaPattern)
            ? Catalog.SYSTEM_SCHEMA
            : isHere(catalogName, schemaPattern) ? SCHEMA : null;
    return result(
        ResultShape.SCHEMAS, schema == null ? List.of() : List.<Object[]>of(row(schema, null)));
  }

  @Override
  public ResultSet getTableTypes() throws SQLException {
    return result(ResultShape.TABLE_TYPES, List.of(row(SYSTEM_TABLE), row("TABLE"), row("VIEW")));
  }

  @Override
  public ResultSet getTables(
      String catalogName, String schemaPattern, String tablePattern, String[] types)
      throws SQLException {
    List<Object[]> rows = new ArrayList<>();
    if (isHere(catalogName, schemaPattern)) {
      for (Catalog.Table table : catalog.tables(tablePattern)) {
        String type = table.isSystem() ? SYSTEM_TABLE : table.isView() ? "VIEW" : "TABLE";
        if (types == null || Arrays.asList(types).contains(type)) {
          rows.add(row(null, SCHEMA, table.name(), type, null, null, null, null, null, null));
        }
      }
    }
    boolean wanted = types == null || Arrays.asList(types).contains(SYSTEM_TABLE);
    if (wanted && isSystem(catalogName, schemaPattern)) {
      for (String name : catalog.systemTables(tablePattern)) {
        rows.add(
            row(
                null,
                Catalog.SYSTEM_SCHEMA,
                name,
                SYSTEM_TABLE,
                null,
                null,
                null,
                null,
                null,
                null));
      }
    }
    // By type, catalog, schema and name, as the method's contract has it.
    rows.sort(
        Comparator.<Object[], String>comparing(row -> (String) row[3])
            .thenComparing(row -> (String) row[2]));
    return result(ResultShape.TABLES, rows);
  }

  @Override
  public ResultSet getColumns(
      String catalogName, String schemaPattern, String tablePattern, String columnPattern)
      throws SQLException {
    List<Object[]> rows = new ArrayList<>();
    if (isHere(catalogName, schemaPattern)) {
      for (Catalog.TableColumn column : catalog.columns(tablePattern, columnPattern)) {
        rows.add(columnRow(SCHEMA, column));
      }
    }
    if (isSystem(catalogName, schemaPattern)) {
      for (Catalog.TableColumn column : catalog.systemColumns(tablePattern, columnPattern)) {
        rows.add(columnRow(Catalog.SYSTEM_SCHEMA, column));
      }
    }
    return result(ResultShape.COLUMNS, rows);
  }

  private static Object[] columnRow(String schema, Catalog.TableColumn column) {
    DeclaredType type = column.type();
    boolean notNull = column.notNull() || column.rowid();
    return row(
        null,
        schema,
        column.table(),
        column.name(),
        (long) type.jdbcType(),
        type.name(),
        (long) type.size(),
        null,
        digits(type),
        type.isNumber() ? 10L : null,
        (long) (notNull ? columnNoNulls : columnNullable),
        null,
        column.defaultValue(),
        0L,
        0L,
        octets(type),
        (long) column.position(),
        notNull ? "NO" : "YES",
        null,
        null,
        null,
        null,
        column.rowid() ? "YES" : "NO",
        column.generated() ? "YES" : "NO");
  }

  /** DECIMAL_DIGITS: null where there are none. */
  private static Long digits(DeclaredType type) {
    return type.isNumber() ? (Long) (long) type.scale() : null;
  }

  /** CHAR_OCTET_LENGTH, for texts: a character takes up to four bytes in UTF-8. */
  private static Long octets(DeclaredType type) {
    return type.isText() ? (Long) Math.min(4L * type.size(), Integer.MAX_VALUE) : null;
  }

  @Override
  public ResultSet getPrimaryKeys(String catalogName, String schema, String table)
      throws SQLException {
    List<Object[]> rows = new ArrayList<>();
    if (isHere(catalogName, schema)) {
      for (Catalog.KeyColumn column : catalog.primaryKeys(table)) {
        rows.add(
            row(
                null,
                SCHEMA,
                column.table(),
                column.column(),
                (long) column.position(),
                column.key()));
      }
    }
    rows.sort(Comparator.comparing(row -> (String) row[3]));
    return result(ResultShape.PRIMARY_KEYS, rows);
  }

  @Override
  public ResultSet getImportedKeys(String catalogName, String schema, String table)
      throws SQLException {
    return foreignKeys(
        isHere(catalogName, schema) ? catalog.foreignKeys(table) : List.of(), 2, key -> true);
  }

  @Override
  public ResultSet getExportedKeys(String catalogName, String schema, String table)
      throws SQLException {
    return getCrossReference(catalogName, schema, table, catalogName, schema, null);
  }

  @Override
  public ResultSet getCrossReference(
      String parentCatalog,
      String parentSchema,
      String parentTable,
      String foreignCatalog,
      String foreignSchema,
      String foreignTable)
      throws SQLException {
    boolean here = isHere(parentCatalog, parentSchema) && isHere(foreignCatalog, foreignSchema);
    return foreignKeys(
        here ? catalog.foreignKeys(foreignTable) : List.of(),
        6,
        key ->
            parentTable == null
                || parentTable.equals("%")
                || key.parent().equalsIgnoreCase(parentTable));
  }

  private ResultSet foreignKeys(
      List<Catalog.ForeignKey> keys, int sortColumn, Predicate<Catalog.ForeignKey> wanted)
      throws SQLException {
    List<Object[]> rows = new ArrayList<>();
    for (Catalog.ForeignKey key : keys) {
      if (wanted.test(key)) {
        rows.add(
            row(
                null,
                SCHEMA,
                key.parent(),
                key.parentColumn(),
                null,
                SCHEMA,
                key.table(),
                key.column(),
                (long) key.position(),
                rule(key.onUpdate()),
                rule(key.onDelete()),
                key.name(),
                key.parentKey(),
                (long) key.deferrability()));
      }
    }
    rows.sort(
        Comparator.<Object[], String>comparing(row -> (String) row[sortColumn])
            .thenComparing(row -> (String) row[11])
            .thenComparing(row -> (Long) row[8]));
    return result(ResultShape.FOREIGN_KEYS, rows);
  }

  private static Long rule(String action) {
    return switch (action.toUpperCase(Locale.ROOT)) {
      case "CASCADE" -> (long) importedKeyCascade;
      case "RESTRICT" -> (long) importedKeyRestrict;
      case "SET NULL" -> (long) importedKeySetNull;
      case "SET DEFAULT" -> (long) importedKeySetDefault;
      default -> (long) importedKeyNoAction;
    };
  }

  @Override
  public ResultSet getIndexInfo(
      String catalogName, String schema, String table, boolean unique, boolean approximate)
      throws SQLException {
    List<Object[]> rows = new ArrayList<>();
    if (isHere(catalogName, schema)) {
      for (Catalog.IndexColumn column : catalog.indexes(table, unique)) {
        rows.add(
            row(
                null,
                SCHEMA,
                column.table(),
                column.unique() ? 0L : 1L,
                null,
                column.index(),
                (long) tableIndexOther,
                (long) column.position(),
                column.column(),
                column.descending() ? "D" : "A",
                0L,
                0L,
                column.condition()));
      }
    }
    return result(ResultShape.INDEXES, rows);
  }

  @Override
  public ResultSet getTypeInfo() throws SQLException {
    return result(ResultShape.TYPE_INFO, TypeInfo.rows());
  }

  @Override
  public ResultSet getBestRowIdentifier(
      String catalogName, String schema, String table, int scope, boolean nullable)
      throws SQLException {
    List<Object[]> rows = new ArrayList<>();
    if (isHere(catalogName, schema)) {
      List<Catalog.TableColumn> key = catalog.rowIdentifier(table);
      if (key.isEmpty()
          || (!nullable && key.stream().anyMatch(LockstepDatabaseMetaData::mayBeNull))) {
        // VACUUM may give other rowids to rows of a table whose key they are not.
        if (scope != bestRowSession && catalog.hasRowid(table)) {
          DeclaredType type = DeclaredType.of("INTEGER").asRowid();
          rows.add(identifierRow(bestRowTransaction, "rowid", type, bestRowPseudo));
        }
      } else {
        for (Catalog.TableColumn column : key) {
          rows.add(identifierRow(bestRowSession, column.name(), column.type(), bestRowNotPseudo));
        }
      }
    }
    return result(ResultShape.ROW_IDENTIFIER, rows);
  }

  private static boolean mayBeNull(Catalog.TableColumn column) {
    return !column.notNull() && !column.rowid();
  }

  private static Object[] identifierRow(int scope, String name, DeclaredType type, int pseudo) {
    return row(
        (long) scope,
        name,
        (long) type.jdbcType(),
        type.name(),
        (long) type.size(),
        null,
        digits(type),
        (long) pseudo);
  }

  @Override
  public ResultSet getPseudoColumns(
      String catalogName, String schemaPattern, String tablePattern, String columnPattern)
      throws SQLException {
    List<Object[]> rows = new ArrayList<>();
    if (isHere(catalogName, schemaPattern)) {
      for (Catalog.PseudoColumn column : catalog.pseudoColumns(tablePattern, columnPattern)) {
        DeclaredType type = column.type();
        rows.add(
            row(
                null,
                SCHEMA,
                column.table(),
                column.name(),
                (long) type.jdbcType(),
                (long) type.size(),
                digits(type),
                type.isNumber() ? 10L : null,
                PseudoColumnUsage.NO_USAGE_RESTRICTIONS.name(),
                null,
                octets(type),
                column.notNull() ? "NO" : "YES"));
      }
    }
    return result(ResultShape.PSEUDO_COLUMNS, rows);
  }

  @Override
  public ResultSet getFunctions(String catalogName, String schemaPattern, String namePattern)
      throws SQLException {
    List<Object[]> rows = new ArrayList<>();
    if (isHere(catalogName, schemaPattern)) {
      for (String name : catalog.functions(namePattern)) {
        rows.add(row(null, SCHEMA, name, null, (long) functionNoTable, name));
      }
    }
    return result(ResultShape.FUNCTIONS, rows);
  }

  @Override
  public ResultSet getClientInfoProperties() throws SQLException {
    return result(
        ResultShape.CLIENT_INFO,
        List.<Object[]>of(
            row("ApplicationName", 256L, "", "Name of the application, for status and logs")));
  }

  // What SQLite does not have: results with the right columns and no rows.

  @Override
  public ResultSet getProcedures(String catalogName, String schemaPattern, String namePattern)
      throws SQLException {
    return result(ResultShape.PROCEDURES, List.of());
  }

  @Override
  public ResultSet getProcedureColumns(
      String catalogName, String schemaPattern, String namePattern, String columnPattern)
      throws SQLException {
    return result(ResultShape.PROCEDURE_COLUMNS, List.of());
  }

  @Override
  public ResultSet getFunctionColumns(
      String catalogName, String schemaPattern, String namePattern, String columnPattern)
      throws SQLException {
    return result(ResultShape.FUNCTION_COLUMNS, List.of());
  }

  @Override
  public ResultSet getTablePrivileges(String catalogName, String schemaPattern, String tablePattern)
      throws SQLException {
    return result(ResultShape.TABLE_PRIVILEGES, List.of());
  }

  @Override
  public ResultSet getColumnPrivileges(
      String catalogName, String schema, String table, String columnPattern) throws SQLException {
    return result(ResultShape.COLUMN_PRIVILEGES, List.of());
  }

  @Override
  public ResultSet getVersionColumns(String catalogName, String schema, String table)
      throws SQLException {
    return result(ResultShape.ROW_IDENTIFIER, List.of());
  }

  @Override
  public ResultSet getUDTs(
      String catalogName, String schemaPattern, String typePattern, int[] types)
      throws SQLException {
    return result(ResultShape.USER_TYPES, List.of());
  }

  @Override
  public ResultSet getSuperTypes(String catalogName, String schemaPattern, String typePattern)
      throws SQLException {
    return result(ResultShape.SUPER_TYPES, List.of());
  }

  @Override
  public ResultSet getSuperTables(String catalogName, String schemaPattern, String tablePattern)
      throws SQLException {
    return result(ResultShape.SUPER_TABLES, List.of());
  }

  @Override
  public ResultSet getAttributes(
      String catalogName, String schemaPattern, String typePattern, String attributePattern)
      throws SQLException {
    return result(ResultShape.ATTRIBUTES, List.of());
  }

  private ResultSet result(List<Column> columns, List<Object[]> rows) throws SQLException {
    return source.resultOf(columns, rows);
  }

  private static Object[] row(Object... values) {
    return values;
  }

  /**
   * Whether the one schema is meant. It has no catalog; its own name is taken for one all the same,
   * since SQLite's schemas are catalogs to some tools: Liquibase finds a table in the schema main
   * and asks for its columns in the catalog MAIN.
   */
  /** Whether the schema of system tables is meant: by its name, not by a pattern that fits all. */
  private static boolean isSystem(String catalogName, String schemaPattern) {
    return isHere(catalogName, null) && Catalog.SYSTEM_SCHEMA.equalsIgnoreCase(schemaPattern);
  }

  private static boolean isHere(String catalogName, String schemaPattern) {
    return (catalogName == null || catalogName.isEmpty() || catalogName.equalsIgnoreCase(SCHEMA))
        && (schemaPattern == null || schemaPattern.isEmpty() || matches(SCHEMA, schemaPattern));
  }

  /** LIKE as SQLite has it, without regard to the case of ASCII letters. */
  private static boolean matches(String name, String pattern) {
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c == '\\' && i + 1 < pattern.length()) {
        i++;
        regex.append(Pattern.quote(String.valueOf(pattern.charAt(i))));
      } else if (c == '%') {
        regex.append(".*");
      } else if (c == '_') {
        regex.append('.');
      } else {
        regex.append(Pattern.quote(String.valueOf(c)));
      }
    }
    return Pattern.compile(regex.toString(), Pattern.CASE_INSENSITIVE | Pattern.DOTALL)
        .matcher(name)
        .matches();
  }
}
