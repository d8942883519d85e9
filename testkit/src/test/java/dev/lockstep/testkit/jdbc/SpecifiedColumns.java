package dev.lockstep.testkit.jdbc;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The columns that the documentation of {@link java.sql.DatabaseMetaData} (JDBC 4.3) gives to the
 * result of each method.
 */
final class SpecifiedColumns {
  private static final Map<String, List<String>> COLUMNS = new LinkedHashMap<>();

  static {
    of("getCatalogs", "TABLE_CAT");
    of("getSchemas", "TABLE_SCHEM TABLE_CATALOG");
    of("getTableTypes", "TABLE_TYPE");
    of(
        "getTables",
        "TABLE_CAT TABLE_SCHEM TABLE_NAME TABLE_TYPE REMARKS TYPE_CAT TYPE_SCHEM TYPE_NAME"
            + " SELF_REFERENCING_COL_NAME REF_GENERATION");
    of(
        "getColumns",
        "TABLE_CAT TABLE_SCHEM TABLE_NAME COLUMN_NAME DATA_TYPE TYPE_NAME COLUMN_SIZE BUFFER_LENGTH"
            + " DECIMAL_DIGITS NUM_PREC_RADIX NULLABLE REMARKS COLUMN_DEF SQL_DATA_TYPE"
            + " SQL_DATETIME_SUB CHAR_OCTET_LENGTH ORDINAL_POSITION IS_NULLABLE SCOPE_CATALOG"
            + " SCOPE_SCHEMA SCOPE_TABLE SOURCE_DATA_TYPE IS_AUTOINCREMENT IS_GENERATEDCOLUMN");
    of(
        "getColumnPrivileges",
        "TABLE_CAT TABLE_SCHEM TABLE_NAME COLUMN_NAME GRANTOR GRANTEE PRIVILEGE IS_GRANTABLE");
    of(
        "getTablePrivileges",
        "TABLE_CAT TABLE_SCHEM TABLE_NAME GRANTOR GRANTEE PRIVILEGE IS_GRANTABLE");
    of(
        "getBestRowIdentifier",
        "SCOPE COLUMN_NAME DATA_TYPE TYPE_NAME COLUMN_SIZE BUFFER_LENGTH DECIMAL_DIGITS"
            + " PSEUDO_COLUMN");
    of(
        "getVersionColumns",
        "SCOPE COLUMN_NAME DATA_TYPE TYPE_NAME COLUMN_SIZE BUFFER_LENGTH DECIMAL_DIGITS"
            + " PSEUDO_COLUMN");
    of("getPrimaryKeys", "TABLE_CAT TABLE_SCHEM TABLE_NAME COLUMN_NAME KEY_SEQ PK_NAME");
    for (String keys : List.of("getImportedKeys", "getExportedKeys", "getCrossReference")) {
      of(
          keys,
          "PKTABLE_CAT PKTABLE_SCHEM PKTABLE_NAME PKCOLUMN_NAME FKTABLE_CAT FKTABLE_SCHEM"
              + " FKTABLE_NAME FKCOLUMN_NAME KEY_SEQ UPDATE_RULE DELETE_RULE FK_NAME PK_NAME"
              + " DEFERRABILITY");
    }
    of(
        "getTypeInfo",
        "TYPE_NAME DATA_TYPE PRECISION LITERAL_PREFIX LITERAL_SUFFIX CREATE_PARAMS NULLABLE"
            + " CASE_SENSITIVE SEARCHABLE UNSIGNED_ATTRIBUTE FIXED_PREC_SCALE AUTO_INCREMENT"
            + " LOCAL_TYPE_NAME MINIMUM_SCALE MAXIMUM_SCALE SQL_DATA_TYPE SQL_DATETIME_SUB"
            + " NUM_PREC_RADIX");
    of(
        "getIndexInfo",
        "TABLE_CAT TABLE_SCHEM TABLE_NAME NON_UNIQUE INDEX_QUALIFIER INDEX_NAME TYPE"
            + " ORDINAL_POSITION COLUMN_NAME ASC_OR_DESC CARDINALITY PAGES FILTER_CONDITION");
    of("getUDTs", "TYPE_CAT TYPE_SCHEM TYPE_NAME CLASS_NAME DATA_TYPE REMARKS BASE_TYPE");
    of(
        "getSuperTypes",
        "TYPE_CAT TYPE_SCHEM TYPE_NAME SUPERTYPE_CAT SUPERTYPE_SCHEM SUPERTYPE_NAME");
    of("getSuperTables", "TABLE_CAT TABLE_SCHEM TABLE_NAME SUPERTABLE_NAME");
    of(
        "getAttributes",
        "TYPE_CAT TYPE_SCHEM TYPE_NAME ATTR_NAME DATA_TYPE ATTR_TYPE_NAME ATTR_SIZE DECIMAL_DIGITS"
            + " NUM_PREC_RADIX NULLABLE REMARKS ATTR_DEF SQL_DATA_TYPE SQL_DATETIME_SUB"
            + " CHAR_OCTET_LENGTH ORDINAL_POSITION IS_NULLABLE SCOPE_CATALOG SCOPE_SCHEMA"
            + " SCOPE_TABLE SOURCE_DATA_TYPE");
    of("getClientInfoProperties", "NAME MAX_LEN DEFAULT_VALUE DESCRIPTION");
    // The three columns after the name are reserved for future use and have no names.
    of(
        "getProcedures",
        "PROCEDURE_CAT PROCEDURE_SCHEM PROCEDURE_NAME RESERVED1 RESERVED2 RESERVED3 REMARKS"
            + " PROCEDURE_TYPE SPECIFIC_NAME");
    of(
        "getProcedureColumns",
        "PROCEDURE_CAT PROCEDURE_SCHEM PROCEDURE_NAME COLUMN_NAME COLUMN_TYPE DATA_TYPE TYPE_NAME"
            + " PRECISION LENGTH SCALE RADIX NULLABLE REMARKS COLUMN_DEF SQL_DATA_TYPE"
            + " SQL_DATETIME_SUB CHAR_OCTET_LENGTH ORDINAL_POSITION IS_NULLABLE SPECIFIC_NAME");
    of(
        "getFunctions",
        "FUNCTION_CAT FUNCTION_SCHEM FUNCTION_NAME REMARKS FUNCTION_TYPE SPECIFIC_NAME");
    of(
        "getFunctionColumns",
        "FUNCTION_CAT FUNCTION_SCHEM FUNCTION_NAME COLUMN_NAME COLUMN_TYPE DATA_TYPE TYPE_NAME"
            + " PRECISION LENGTH SCALE RADIX NULLABLE REMARKS CHAR_OCTET_LENGTH ORDINAL_POSITION"
            + " IS_NULLABLE SPECIFIC_NAME");
    of(
        "getPseudoColumns",
        "TABLE_CAT TABLE_SCHEM TABLE_NAME COLUMN_NAME DATA_TYPE COLUMN_SIZE DECIMAL_DIGITS"
            + " NUM_PREC_RADIX COLUMN_USAGE REMARKS CHAR_OCTET_LENGTH IS_NULLABLE");
  }

  private SpecifiedColumns() {}

  private static void of(String method, String columns) {
    COLUMNS.put(method, Arrays.asList(columns.split(" ")));
  }

  /** Null if the method is not one that gives a result. */
  static List<String> of(String method) {
    return COLUMNS.get(method);
  }

  static int count() {
    return COLUMNS.size();
  }
}
