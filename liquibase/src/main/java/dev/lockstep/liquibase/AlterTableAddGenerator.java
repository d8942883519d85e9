package dev.lockstep.liquibase;

import java.util.List;
import liquibase.change.AddColumnConfig;
import liquibase.database.Database;
import liquibase.sql.Sql;
import liquibase.sqlgenerator.SqlGeneratorFactory;
import liquibase.sqlgenerator.core.AddColumnGenerator;
import liquibase.statement.ColumnConstraint;
import liquibase.statement.ForeignKeyConstraint;
import liquibase.statement.core.AddColumnStatement;
import liquibase.statement.core.CreateIndexStatement;

/**
 * Adds a column by ALTER TABLE. What Liquibase has for SQLite copies the table instead, whereby the
 * column's default and the table's triggers are lost, and foreign keys of other tables point to a
 * table that is gone.
 */
public final class AlterTableAddGenerator extends AddColumnGenerator {
  /** Before Liquibase's own for SQLite. */
  @Override
  public int getPriority() {
    return PRIORITY_DATABASE + 1;
  }

  @Override
  public boolean supports(AddColumnStatement statement, Database database) {
    return database instanceof LockstepDatabase;
  }

  @Override
  protected String generateSingleColumnSQL(AddColumnStatement statement, Database database) {
    StringBuilder sql = new StringBuilder(super.generateSingleColumnSQL(statement, database));
    for (ColumnConstraint constraint : statement.getConstraints()) {
      if (constraint instanceof ForeignKeyConstraint key) {
        sql.append(references(key, database));
      }
    }
    return sql.toString();
  }

  private static String references(ForeignKeyConstraint key, Database database) {
    StringBuilder sql = new StringBuilder();
    if (key.getForeignKeyName() != null) {
      sql.append(" CONSTRAINT ").append(database.escapeConstraintName(key.getForeignKeyName()));
    }
    sql.append(" REFERENCES ");
    if (key.getReferences() != null) {
      sql.append(key.getReferences());
    } else {
      sql.append(database.escapeTableName(null, null, key.getReferencedTableName()))
          .append('(')
          .append(database.escapeColumnNameList(key.getReferencedColumnNames()))
          .append(')');
    }
    if (key.isDeleteCascade()) {
      sql.append(" ON DELETE CASCADE");
    }
    if (key.isInitiallyDeferred()) {
      sql.append(" DEFERRABLE INITIALLY DEFERRED");
    }
    return sql.toString();
  }

  /** Nothing: it is a part of the column. */
  @Override
  protected void addForeignKeyStatements(
      AddColumnStatement statement, Database database, List<Sql> returnSql) {}

  /** An index, since SQLite adds no constraints to a table. */
  @Override
  protected void addUniqueConstraintStatements(
      AddColumnStatement statement, Database database, List<Sql> returnSql) {
    if (statement.isUnique()) {
      String name = statement.getUniqueStatementName();
      AddColumnConfig column = new AddColumnConfig();
      column.setName(statement.getColumnName());
      CreateIndexStatement index =
          new CreateIndexStatement(
              name == null
                  ? statement.getTableName() + "_" + statement.getColumnName() + "_unique"
                  : name,
              statement.getCatalogName(),
              statement.getSchemaName(),
              statement.getTableName(),
              true,
              null,
              column);
      returnSql.addAll(List.of(SqlGeneratorFactory.getInstance().generateSql(index, database)));
    }
  }
}
