package dev.lockstep.liquibase;

import liquibase.database.Database;
import liquibase.datatype.DataTypeFactory;
import liquibase.sql.Sql;
import liquibase.sql.UnparsedSql;
import liquibase.sqlgenerator.SqlGeneratorChain;
import liquibase.sqlgenerator.core.TagDatabaseGenerator;
import liquibase.statement.core.TagDatabaseStatement;

/**
 * Tags the latest change set. What Liquibase has for SQLite tags all of the latest second, and a
 * rollback to the tag then goes behind the first of them.
 */
public final class LatestRowTagGenerator extends TagDatabaseGenerator {
  @Override
  public int getPriority() {
    return PRIORITY_DATABASE;
  }

  @Override
  public boolean supports(TagDatabaseStatement statement, Database database) {
    return database instanceof LockstepDatabase;
  }

  @Override
  public Sql[] generateSql(
      TagDatabaseStatement statement, Database database, SqlGeneratorChain sqlGeneratorChain) {
    String table =
        database.escapeTableName(
            database.getLiquibaseCatalogName(),
            database.getLiquibaseSchemaName(),
            database.getDatabaseChangeLogTableName());
    String tag =
        DataTypeFactory.getInstance()
            .fromObject(statement.getTag(), database)
            .objectToSql(statement.getTag(), database);
    return new Sql[] {
      new UnparsedSql(
          "UPDATE %s SET TAG = %s WHERE rowid = (SELECT rowid FROM %s ORDER BY DATEEXECUTED DESC, ORDEREXECUTED DESC LIMIT 1)"
              .formatted(table, tag, table))
    };
  }
}
