package dev.lockstep.testkit.migrations;

import java.io.IOException;
import java.nio.file.Path;
import liquibase.change.custom.CustomTaskChange;
import liquibase.database.Database;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.CustomChangeException;
import liquibase.exception.DatabaseException;
import liquibase.exception.ValidationErrors;
import liquibase.resource.ResourceAccessor;

/** A change that writes, stops at a {@link Gate}, and writes again. */
public final class GateChange implements CustomTaskChange {
  private String directory;
  private String name;

  public void setDirectory(String directory) {
    this.directory = directory;
  }

  public void setName(String name) {
    this.name = name;
  }

  @Override
  public void execute(Database database) throws CustomChangeException {
    try (var statement = ((JdbcConnection) database.getConnection()).createStatement()) {
      statement.execute("CREATE TABLE " + name + " (id INTEGER PRIMARY KEY)");
      new Gate(Path.of(directory), name).pass();
      statement.execute("INSERT INTO " + name + " VALUES (1)");
    } catch (IOException | java.sql.SQLException | DatabaseException e) {
      throw new CustomChangeException(e);
    }
  }

  @Override
  public String getConfirmationMessage() {
    return name + " was passed";
  }

  @Override
  public void setUp() {}

  @Override
  public void setFileOpener(ResourceAccessor resources) {}

  @Override
  public ValidationErrors validate(Database database) {
    return new ValidationErrors();
  }
}
