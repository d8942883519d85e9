package dev.lockstep.liquibase;

import liquibase.change.ChangeMetaData;
import liquibase.change.ColumnConfig;
import liquibase.change.DatabaseChange;
import liquibase.change.core.DropColumnChange;
import liquibase.database.Database;
import liquibase.exception.ValidationErrors;
import liquibase.statement.SqlStatement;
import liquibase.statement.core.DropColumnStatement;

/**
 * Drops columns by ALTER TABLE. What Liquibase has for SQLite copies the table instead, with the
 * column if it is named by an attribute, and with foreign keys of other tables pointing to a table
 * that is gone.
 */
@DatabaseChange(
    name = "dropColumn",
    description = "Drop existing column(s).",
    priority = ChangeMetaData.PRIORITY_DATABASE,
    appliesTo = "column")
public final class AlterTableDropChange extends DropColumnChange {
  /** As the one that it stands for: on other databases than SQLite it does the same. */
  @Override
  public boolean supports(Database database) {
    return super.supports(database);
  }

  @Override
  public boolean generateStatementsVolatile(Database database) {
    return !(database instanceof LockstepDatabase) && super.generateStatementsVolatile(database);
  }

  @Override
  public ValidationErrors validate(Database database) {
    if (!(database instanceof LockstepDatabase)) {
      return super.validate(database);
    }
    ValidationErrors errors = new ValidationErrors(this);
    errors.checkRequiredField("tableName", getTableName());
    if (getColumns().isEmpty()) {
      errors.checkRequiredField("columnName", getColumnName());
    }
    return errors;
  }

  @Override
  public SqlStatement[] generateStatements(Database database) {
    if (!(database instanceof LockstepDatabase)) {
      return super.generateStatements(database);
    }
    if (getColumns().isEmpty()) {
      return new SqlStatement[] {drop(getColumnName())};
    }
    return getColumns().stream()
        .map(ColumnConfig::getName)
        .map(this::drop)
        .toArray(SqlStatement[]::new);
  }

  private DropColumnStatement drop(String column) {
    return new DropColumnStatement(getCatalogName(), getSchemaName(), getTableName(), column);
  }
}
