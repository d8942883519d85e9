package dev.lockstep.sql;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Analyses statements that SQLite refuses because they read the schema {@code lockstep}: on a copy
 * of the database's schema that has it.
 */
final class SystemStatements {
  private static final String NO_TABLE = "no such table: " + SystemTable.SCHEMA + ".";
  private static final String NO_DATABASE = "unknown database " + SystemTable.SCHEMA;

  private SystemStatements() {}

  /** Whether SQLite has refused a statement for want of the schema. */
  static boolean isMeantBy(SqlError error) {
    String message = error.message().toLowerCase(Locale.ROOT);
    return message.startsWith(NO_TABLE) || message.equals(NO_DATABASE);
  }

  /**
   * What the statement is.
   *
   * @param connection has the database's schema; is not changed
   * @throws StatementException if it is wrong, or does more than read
   */
  static AnalyzedStatement analyze(Connection connection, StatementShape shape)
      throws StatementException, SQLException {
    try (SchemaCopy copy = SchemaCopy.of(connection)) {
      SystemSchema.attach(copy.connection());
      return copy.compiler().analyzeWithSystem(shape);
    }
  }

  /**
   * Refuses what does more than read.
   *
   * @param program the statement's
   */
  static void check(StatementKind kind, Program program) throws StatementException {
    if (kind != StatementKind.QUERY && program.writes() && !program.writesAttached()) {
      throw stored();
    }
    if (kind != StatementKind.QUERY || program.writesAttached()) {
      throw Refusal.notAllowed(
          "the tables of the schema "
              + SystemTable.SCHEMA
              + " tell what the nodes know, are made anew for each query, and can only be read");
    }
  }

  static StatementException stored() {
    return Refusal.unsupported(
        "the tables of the schema "
            + SystemTable.SCHEMA
            + " tell of one node, and replicas would write different values; read them first,"
            + " then write the values");
  }

  /**
   * What a query reads.
   *
   * @param connection where it was compiled
   * @param virtual names of the virtual tables that it reads
   */
  static SystemRead read(Program program, Connection connection, List<String> virtual)
      throws SQLException {
    return new SystemRead(
        tables(connection, program.attachedRoots()),
        TableNames.of(connection, program.roots(), virtual));
  }

  private static Set<SystemTable> tables(Connection connection, Set<Integer> roots)
      throws SQLException {
    Set<SystemTable> tables = EnumSet.noneOf(SystemTable.class);
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT rootpage, name FROM " + SystemTable.SCHEMA + ".sqlite_schema")) {
      while (rows.next()) {
        if (roots.contains(rows.getInt(1))) {
          tables.add(SystemTable.valueOf(rows.getString(2).toUpperCase(Locale.ROOT)));
        }
      }
    }
    return tables;
  }
}
