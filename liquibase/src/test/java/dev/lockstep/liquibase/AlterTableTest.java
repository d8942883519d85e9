package dev.lockstep.liquibase;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import liquibase.Liquibase;
import liquibase.database.Database;
import liquibase.database.DatabaseFactory;
import liquibase.database.jvm.JdbcConnection;
import liquibase.resource.ClassLoaderResourceAccessor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The extension's SQL, on SQLite itself, which has to be served beside Lockstep. */
final class AlterTableTest {
  private Connection connection;
  private Database database;

  @BeforeEach
  void update() throws Exception {
    connection = DriverManager.getConnection("jdbc:sqlite::memory:?foreign_keys=on");
    database =
        DatabaseFactory.getInstance()
            .findCorrectDatabaseImplementation(new JdbcConnection(connection));
    new Liquibase("alter-table.xml", new ClassLoaderResourceAccessor(), database).update();
  }

  @AfterEach
  void close() throws Exception {
    database.close();
  }

  private List<String> strings(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<String> strings = new ArrayList<>();
      while (rows.next()) {
        strings.add(rows.getString(1));
      }
      return strings;
    }
  }

  @Test
  void sqliteIsServedWithCatalogsAsByLiquibaseItself() {
    assertThat(database).isInstanceOf(LockstepDatabase.class);
    assertThat(LockstepDatabase.isConnected(database)).isFalse();
    assertThat(database.supportsCatalogs()).isTrue();
    assertThat(database.getDefaultDriver("jdbc:sqlite:file")).isEqualTo("org.sqlite.JDBC");
    assertThat(database.getDefaultDriver("jdbc:lockstep://db1/shop"))
        .isEqualTo("dev.lockstep.jdbc.Driver");
    assertThat(database.getDefaultDriver("jdbc:other:")).isNull();
  }

  @Test
  void addedColumnsHaveTheirDefaultsAndKeys() throws SQLException {
    assertThat(strings("SELECT state FROM customer")).containsExactly("new");
    assertThat(strings("SELECT \"table\" || '.' || \"to\" FROM pragma_foreign_key_list('invoice')"))
        .containsExactlyInAnyOrder("customer.id", "customer.id");
    assertThat(
            strings(
                "SELECT name FROM pragma_index_list('customer') WHERE \"unique\" AND origin = 'c'"))
        .containsExactly("customer_mail_unique");
    assertThat(
            strings("SELECT \"notnull\" FROM pragma_table_info('customer') WHERE name = 'state'"))
        .containsExactly("1");
  }

  @Test
  void droppedColumnsAreGoneAndNothingElseIs() throws SQLException {
    assertThat(strings("SELECT name FROM pragma_table_info('customer')"))
        .containsExactly("id", "name", "mail", "state");
    assertThat(strings("SELECT name FROM sqlite_schema WHERE type = 'trigger'"))
        .containsExactly("customer_named");
    assertThat(strings("SELECT name FROM customer")).containsExactly("Ann");
  }

  @Test
  void onlyTheLatestChangeSetIsTagged() throws Exception {
    database.tag("v1");
    assertThat(strings("SELECT id FROM DATABASECHANGELOG WHERE tag = 'v1'"))
        .containsExactly("drop");
  }
}
