package dev.lockstep.jdbc;

import dev.lockstep.jdbc.SchemaReader.ForeignKeyColumn;
import dev.lockstep.jdbc.SchemaReader.IndexColumn;
import dev.lockstep.jdbc.SchemaReader.KeyColumn;
import dev.lockstep.jdbc.SchemaReader.Table;
import dev.lockstep.jdbc.SchemaReader.TableColumn;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What the database is and holds. There are no catalogs, and one schema. Results are complete when
 * they are returned.
 */
final class LockstepDatabaseMetaData extends ConstantMetaData {
  private static final String SCHEMA = LockstepConnection.SCHEMA;

  /** Characters that a text or blob may have: SQLite's own default limit. */
  private static final int LENGTH_MAX = 1_000_000_000;

  private static final String[] KEY_COLUMNS = {
    "PKTABLE_CAT", "PKTABLE_SCHEM", "PKTABLE_NAME", "PKCOLUMN_NAME", "FKTABLE_CAT", "FKTABLE_SCHEM",
    "FKTABLE_NAME", "FKCOLUMN_NAME", "#KEY_SEQ", "#UPDATE_RULE", "#DELETE_RULE", "FK_NAME",
    "PK_NAME", "#DEFERRABILITY"
  };

  private final LockstepConnection connection;
  private final SchemaReader reader;

  LockstepDatabaseMetaData(LockstepConnection connection) {
    this.connection = connection;
    this.reader = new SchemaReader(connection);
  }

  // ---- about this connection

  @Override
  public Connection getConnection() {
    return connection;
  }

  @Override
  public String getURL() {
    return connection.settings().url();
  }

  @Override
  public String getUserName() {
    return connection.settings().get(ConnectionProperty.USER);
  }

  @Override
  public boolean isReadOnly() throws SQLException {
    return connection.isReadOnly();
  }

  /** SQLite, by which tools choose their dialect; a property changes it. */
  @Override
  public String getDatabaseProductName() {
    return connection.settings().get(ConnectionProperty.DATABASE_PRODUCT_NAME);
  }

  /** The version of SQLite in the nodes. */
  @Override
  public String getDatabaseProductVersion() {
    return connection.client().welcome().sqliteVersion();
  }

  @Override
  public int getDatabaseMajorVersion() {
    return versionPart(0);
  }

  @Override
  public int getDatabaseMinorVersion() {
    return versionPart(1);
  }

  private int versionPart(int index) {
    String[] parts = getDatabaseProductVersion().split("\\.");
    return index < parts.length && parts[index].matches("\\d{1,9}")
        ? Integer.parseInt(parts[index])
        : 0;
  }

  @Override
  public boolean supportsResultSetType(int type) {
    return type == ResultSet.TYPE_FORWARD_ONLY;
  }

  @Override
  public boolean supportsResultSetConcurrency(int type, int concurrency) {
    return type == ResultSet.TYPE_FORWARD_ONLY && concurrency == ResultSet.CONCUR_READ_ONLY;
  }

  @Override
  public boolean supportsResultSetHoldability(int holdability) {
    return holdability == ResultSet.HOLD_CURSORS_OVER_COMMIT;
  }

  /** All levels are accepted: each is served by the highest one. */
  @Override
  public boolean supportsTransactionIsolationLevel(int level) {
    return level == Connection.TRANSACTION_READ_UNCOMMITTED
        || level == Connection.TRANSACTION_READ_COMMITTED
        || level == Connection.TRANSACTION_REPEATABLE_READ
        || level == Connection.TRANSACTION_SERIALIZABLE;
  }

  // ---- tables and columns

  @Override
  public ResultSet getCatalogs() {
    return new MetaRows("TABLE_CAT").toResultSet(owner());
  }

  @Override
  public ResultSet getSchemas() {
    return getSchemas(null, null);
  }

  @Override
  public ResultSet getSchemas(String catalog, String schemaPattern) {
    MetaRows rows = new MetaRows("TABLE_SCHEM", "TABLE_CATALOG");
    if (isHere(catalog, schemaPattern)) {
      rows.add(SCHEMA, null);
    }
    return rows.toResultSet(owner());
  }

  @Override
  public ResultSet getTableTypes() {
    return new MetaRows("TABLE_TYPE").add("TABLE").add("VIEW").toResultSet(owner());
  }

  @Override
  public ResultSet getTables(
      String catalog, String schemaPattern, String tablePattern, String[] types)
      throws SQLException {
    MetaRows rows =
        new MetaRows(
            "TABLE_CAT",
            "TABLE_SCHEM",
            "TABLE_NAME",
            "TABLE_TYPE",
            "REMARKS",
            "TYPE_CAT",
            "TYPE_SCHEM",
            "TYPE_NAME",
            "SELF_REFERENCING_COL_NAME",
            "REF_GENERATION");
    if (isHere(catalog, schemaPattern)) {
      for (Table table : reader.tables(tablePattern)) {
        if (types == null
            || Arrays.stream(types).anyMatch(type -> table.type().equalsIgnoreCase(type))) {
          rows.add(null, SCHEMA, table.name(), table.type(), null, null, null, null, null, null);
        }
      }
    }
    return rows.toResultSet(owner());
  }

  @Override
  public ResultSet getColumns(
      String catalog, String schemaPattern, String tablePattern, String columnPattern)
      throws SQLException {
    MetaRows rows =
        new MetaRows(
            "TABLE_CAT",
            "TABLE_SCHEM",
            "TABLE_NAME",
            "COLUMN_NAME",
            "#DATA_TYPE",
            "TYPE_NAME",
            "#COLUMN_SIZE",
            "#BUFFER_LENGTH",
            "#DECIMAL_DIGITS",
            "#NUM_PREC_RADIX",
            "#NULLABLE",
            "REMARKS",
            "COLUMN_DEF",
            "#SQL_DATA_TYPE",
            "#SQL_DATETIME_SUB",
            "#CHAR_OCTET_LENGTH",
            "#ORDINAL_POSITION",
            "IS_NULLABLE",
            "SCOPE_CATALOG",
            "SCOPE_SCHEMA",
            "SCOPE_TABLE",
            "#SOURCE_DATA_TYPE",
            "IS_AUTOINCREMENT",
            "IS_GENERATEDCOLUMN");
    if (isHere(catalog, schemaPattern)) {
      for (TableColumn column : reader.columns(tablePattern, columnPattern)) {
        addColumn(rows, column);
      }
    }
    return rows.toResultSet(owner());
  }

  private static void addColumn(MetaRows rows, TableColumn column) {
    DeclaredType declared = DeclaredType.of(column.type());
    // The rowid has 64 bits, whatever its column is called.
    int jdbcType = column.isRowid() ? Types.BIGINT : declared.jdbcType();
    ColumnType type = ColumnType.of(jdbcType);
    boolean nullable = !column.notNull() && !column.isRowid();
    int size = declared.precision() > 0 ? declared.precision() : type.precision();
    rows.add(
        null,
        SCHEMA,
        column.table(),
        column.name(),
        jdbcType,
        declared.isDeclared() ? declared.name() : type.name(),
        size,
        null,
        type.signed() ? (Object) declared.scale() : null,
        type.signed() ? (Object) 10 : null,
        nullable ? columnNullable : columnNoNulls,
        null,
        column.defaultValue(),
        null,
        null,
        type.text() ? (Object) size : null,
        column.position(),
        nullable ? "YES" : "NO",
        null,
        null,
        null,
        null,
        column.isRowid() ? "YES" : "NO",
        column.generated() ? "YES" : "NO");
  }

  @Override
  public ResultSet getPrimaryKeys(String catalog, String schema, String table) throws SQLException {
    MetaRows rows =
        new MetaRows(
            "TABLE_CAT", "TABLE_SCHEM", "TABLE_NAME", "COLUMN_NAME", "#KEY_SEQ", "PK_NAME");
    if (isHere(catalog, schema)) {
      for (KeyColumn key : reader.primaryKeys(table)) {
        rows.add(null, SCHEMA, key.table(), key.name(), key.position(), key.keyName());
      }
    }
    return rows.toResultSet(owner());
  }

  @Override
  public ResultSet getIndexInfo(
      String catalog, String schema, String table, boolean unique, boolean approximate)
      throws SQLException {
    MetaRows rows =
        new MetaRows(
            "TABLE_CAT",
            "TABLE_SCHEM",
            "TABLE_NAME",
            "?NON_UNIQUE",
            "INDEX_QUALIFIER",
            "INDEX_NAME",
            "#TYPE",
            "#ORDINAL_POSITION",
            "COLUMN_NAME",
            "ASC_OR_DESC",
            "#CARDINALITY",
            "#PAGES",
            "FILTER_CONDITION");
    if (isHere(catalog, schema)) {
      for (IndexColumn index : reader.indexes(table)) {
        if (!unique || !index.nonUnique()) {
          rows.add(
              null,
              SCHEMA,
              index.table(),
              index.nonUnique(),
              null,
              index.index(),
              tableIndexOther,
              index.position(),
              index.name(),
              index.descends() ? "D" : "A",
              0,
              0,
              null);
        }
      }
    }
    return rows.toResultSet(owner());
  }

  @Override
  public ResultSet getBestRowIdentifier(
      String catalog, String schema, String table, int scope, boolean nullable)
      throws SQLException {
    MetaRows rows =
        new MetaRows(
            "#SCOPE",
            "COLUMN_NAME",
            "#DATA_TYPE",
            "TYPE_NAME",
            "#COLUMN_SIZE",
            "#BUFFER_LENGTH",
            "#DECIMAL_DIGITS",
            "#PSEUDO_COLUMN");
    if (isHere(catalog, schema)) {
      for (KeyColumn key : reader.primaryKeys(table)) {
        DeclaredType declared = DeclaredType.of(key.type());
        ColumnType type = ColumnType.of(declared.jdbcType());
        rows.add(
            bestRowSession,
            key.name(),
            declared.jdbcType(),
            declared.isDeclared() ? declared.name() : type.name(),
            declared.precision() > 0 ? declared.precision() : type.precision(),
            null,
            declared.scale(),
            bestRowNotPseudo);
      }
    }
    return rows.toResultSet(owner());
  }

  // ---- foreign keys

  @Override
  public ResultSet getImportedKeys(String catalog, String schema, String table)
      throws SQLException {
    return keys(isHere(catalog, schema), table, null, true);
  }

  @Override
  public ResultSet getExportedKeys(String catalog, String schema, String table)
      throws SQLException {
    return keys(isHere(catalog, schema), null, table, false);
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
    return keys(here, foreignTable, parentTable, false);
  }

  private ResultSet keys(boolean here, String from, String to, boolean sortByParent)
      throws SQLException {
    MetaRows rows = new MetaRows(KEY_COLUMNS);
    if (here) {
      for (ForeignKeyColumn key : reader.foreignKeys(from, to)) {
        rows.add(
            null,
            SCHEMA,
            key.parent(),
            key.parentColumn(),
            null,
            SCHEMA,
            key.table(),
            key.column(),
            key.position(),
            rule(key.onUpdate()),
            rule(key.onDelete()),
            key.name(),
            key.parentKeyName(),
            importedKeyNotDeferrable);
      }
    }
    return (sortByParent ? rows.sort(2, 11, 8) : rows.sort(6, 11, 8)).toResultSet(owner());
  }

  private static int rule(String action) {
    return switch (action.toUpperCase(Locale.ROOT)) {
      case "CASCADE" -> importedKeyCascade;
      case "SET NULL" -> importedKeySetNull;
      case "SET DEFAULT" -> importedKeySetDefault;
      case "RESTRICT" -> importedKeyRestrict;
      default -> importedKeyNoAction;
    };
  }

  // ---- types

  @Override
  public ResultSet getTypeInfo() {
    MetaRows rows =
        new MetaRows(
            "TYPE_NAME",
            "#DATA_TYPE",
            "#PRECISION",
            "LITERAL_PREFIX",
            "LITERAL_SUFFIX",
            "CREATE_PARAMS",
            "#NULLABLE",
            "?CASE_SENSITIVE",
            "#SEARCHABLE",
            "?UNSIGNED_ATTRIBUTE",
            "?FIXED_PREC_SCALE",
            "?AUTO_INCREMENT",
            "LOCAL_TYPE_NAME",
            "#MINIMUM_SCALE",
            "#MAXIMUM_SCALE",
            "#SQL_DATA_TYPE",
            "#SQL_DATETIME_SUB",
            "#NUM_PREC_RADIX");
    for (int jdbcType :
        List.of(
            Types.TINYINT,
            Types.BIGINT,
            Types.BLOB,
            Types.CHAR,
            Types.NUMERIC,
            Types.DECIMAL,
            Types.INTEGER,
            Types.SMALLINT,
            Types.DOUBLE,
            Types.VARCHAR,
            Types.BOOLEAN,
            Types.DATE,
            Types.TIME,
            Types.TIMESTAMP,
            Types.CLOB)) {
      ColumnType type = ColumnType.of(jdbcType);
      boolean quoted = !type.signed();
      rows.add(
          type.name(),
          jdbcType,
          Math.min(type.precision(), LENGTH_MAX),
          quoted ? jdbcType == Types.BLOB ? "X'" : "'" : null,
          quoted ? "'" : null,
          jdbcType == Types.DECIMAL || jdbcType == Types.NUMERIC ? "precision,scale" : null,
          typeNullable,
          type.text(),
          typeSearchable,
          !type.signed(),
          false,
          jdbcType == Types.INTEGER,
          null,
          0,
          jdbcType == Types.DECIMAL || jdbcType == Types.NUMERIC ? 15 : 0,
          null,
          null,
          10);
    }
    return rows.sort(1).toResultSet(owner());
  }

  @Override
  public ResultSet getClientInfoProperties() {
    return new MetaRows("NAME", "#MAX_LEN", "DEFAULT_VALUE", "DESCRIPTION")
        .add(
            ConnectionProperty.APPLICATION_NAME.name(),
            1_000,
            "",
            ConnectionProperty.APPLICATION_NAME.description())
        .toResultSet(owner());
  }

  // ---- what SQLite has not: results without rows

  @Override
  public ResultSet getProcedures(String catalog, String schemaPattern, String namePattern) {
    return new MetaRows(
            "PROCEDURE_CAT",
            "PROCEDURE_SCHEM",
            "PROCEDURE_NAME",
            "RESERVED1",
            "RESERVED2",
            "RESERVED3",
            "REMARKS",
            "#PROCEDURE_TYPE",
            "SPECIFIC_NAME")
        .toResultSet(owner());
  }

  @Override
  public ResultSet getProcedureColumns(
      String catalog, String schemaPattern, String namePattern, String columnPattern) {
    return new MetaRows(
            "PROCEDURE_CAT",
            "PROCEDURE_SCHEM",
            "PROCEDURE_NAME",
            "COLUMN_NAME",
            "#COLUMN_TYPE",
            "#DATA_TYPE",
            "TYPE_NAME",
            "#PRECISION",
            "#LENGTH",
            "#SCALE",
            "#RADIX",
            "#NULLABLE",
            "REMARKS",
            "COLUMN_DEF",
            "#SQL_DATA_TYPE",
            "#SQL_DATETIME_SUB",
            "#CHAR_OCTET_LENGTH",
            "#ORDINAL_POSITION",
            "IS_NULLABLE",
            "SPECIFIC_NAME")
        .toResultSet(owner());
  }

  @Override
  public ResultSet getFunctions(String catalog, String schemaPattern, String namePattern) {
    return new MetaRows(
            "FUNCTION_CAT",
            "FUNCTION_SCHEM",
            "FUNCTION_NAME",
            "REMARKS",
            "#FUNCTION_TYPE",
            "SPECIFIC_NAME")
        .toResultSet(owner());
  }

  @Override
  public ResultSet getFunctionColumns(
      String catalog, String schemaPattern, String namePattern, String columnPattern) {
    return new MetaRows(
            "FUNCTION_CAT",
            "FUNCTION_SCHEM",
            "FUNCTION_NAME",
            "COLUMN_NAME",
            "#COLUMN_TYPE",
            "#DATA_TYPE",
            "TYPE_NAME",
            "#PRECISION",
            "#LENGTH",
            "#SCALE",
            "#RADIX",
            "#NULLABLE",
            "REMARKS",
            "#CHAR_OCTET_LENGTH",
            "#ORDINAL_POSITION",
            "IS_NULLABLE",
            "SPECIFIC_NAME")
        .toResultSet(owner());
  }

  @Override
  public ResultSet getColumnPrivileges(
      String catalog, String schema, String table, String columnPattern) {
    return new MetaRows(
            "TABLE_CAT",
            "TABLE_SCHEM",
            "TABLE_NAME",
            "COLUMN_NAME",
            "GRANTOR",
            "GRANTEE",
            "PRIVILEGE",
            "IS_GRANTABLE")
        .toResultSet(owner());
  }

  @Override
  public ResultSet getTablePrivileges(String catalog, String schemaPattern, String tablePattern) {
    return new MetaRows(
            "TABLE_CAT",
            "TABLE_SCHEM",
            "TABLE_NAME",
            "GRANTOR",
            "GRANTEE",
            "PRIVILEGE",
            "IS_GRANTABLE")
        .toResultSet(owner());
  }

  @Override
  public ResultSet getVersionColumns(String catalog, String schema, String table) {
    return new MetaRows(
            "#SCOPE",
            "COLUMN_NAME",
            "#DATA_TYPE",
            "TYPE_NAME",
            "#COLUMN_SIZE",
            "#BUFFER_LENGTH",
            "#DECIMAL_DIGITS",
            "#PSEUDO_COLUMN")
        .toResultSet(owner());
  }

  @Override
  public ResultSet getUDTs(String catalog, String schemaPattern, String namePattern, int[] types) {
    return new MetaRows(
            "TYPE_CAT",
            "TYPE_SCHEM",
            "TYPE_NAME",
            "CLASS_NAME",
            "#DATA_TYPE",
            "REMARKS",
            "#BASE_TYPE")
        .toResultSet(owner());
  }

  @Override
  public ResultSet getAttributes(
      String catalog, String schemaPattern, String typePattern, String attributePattern) {
    return new MetaRows(
            "TYPE_CAT",
            "TYPE_SCHEM",
            "TYPE_NAME",
            "ATTR_NAME",
            "#DATA_TYPE",
            "ATTR_TYPE_NAME",
            "#ATTR_SIZE",
            "#DECIMAL_DIGITS",
            "#NUM_PREC_RADIX",
            "#NULLABLE",
            "REMARKS",
            "ATTR_DEF",
            "#SQL_DATA_TYPE",
            "#SQL_DATETIME_SUB",
            "#CHAR_OCTET_LENGTH",
            "#ORDINAL_POSITION",
            "IS_NULLABLE",
            "SCOPE_CATALOG",
            "SCOPE_SCHEMA",
            "SCOPE_TABLE",
            "#SOURCE_DATA_TYPE")
        .toResultSet(owner());
  }

  @Override
  public ResultSet getSuperTypes(String catalog, String schemaPattern, String typePattern) {
    return new MetaRows(
            "TYPE_CAT",
            "TYPE_SCHEM",
            "TYPE_NAME",
            "SUPERTYPE_CAT",
            "SUPERTYPE_SCHEM",
            "SUPERTYPE_NAME")
        .toResultSet(owner());
  }

  @Override
  public ResultSet getSuperTables(String catalog, String schemaPattern, String tablePattern) {
    return new MetaRows("TABLE_CAT", "TABLE_SCHEM", "TABLE_NAME", "SUPERTABLE_NAME")
        .toResultSet(owner());
  }

  @Override
  public ResultSet getPseudoColumns(
      String catalog, String schemaPattern, String tablePattern, String columnPattern) {
    return new MetaRows(
            "TABLE_CAT",
            "TABLE_SCHEM",
            "TABLE_NAME",
            "COLUMN_NAME",
            "#DATA_TYPE",
            "#COLUMN_SIZE",
            "#DECIMAL_DIGITS",
            "#NUM_PREC_RADIX",
            "COLUMN_USAGE",
            "REMARKS",
            "#CHAR_OCTET_LENGTH",
            "IS_NULLABLE")
        .toResultSet(owner());
  }

  /** Whether the arguments mean the one schema there is. */
  private static boolean isHere(String catalog, String schema) {
    boolean anyCatalog = catalog == null || catalog.isEmpty() || catalog.equals("%");
    boolean anySchema = schema == null || schema.isEmpty() || schema.equals("%");
    return anyCatalog && (anySchema || schema.equalsIgnoreCase(SCHEMA));
  }

  /** Clients close a result of metadata by closing its statement, so it has one of its own. */
  private LockstepStatement owner() {
    return new LockstepStatement(connection);
  }
}
