package dev.lockstep.testkit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Driver;
import java.sql.DriverPropertyInfo;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/** The file that DBeaver imports names what there is. */
final class DBeaverDriverTest {
  @Test
  void theDefinitionNamesTheDriverItsUrlAndItsPort() throws Exception {
    DBeaverDriver definition = DBeaverDriver.read();
    Driver driver = definition.load();
    assertThat(driver.acceptsURL(definition.url("db1,db2,db3", "shop"))).isTrue();
    assertThat(definition.library())
        .endsWith(
            "/lockstep-jdbc-"
                + driver.getMajorVersion()
                + "."
                + driver.getMinorVersion()
                + ".0.jar");
    // The port of a node whose URL names none.
    assertThat(definition.port()).isEqualTo(7400);
    assertThat(definition.urlTemplate()).contains("{host}[:{port}]/");
  }

  @Test
  void dbeaverTakesItForSqliteAndAsksTableByTable() throws Exception {
    DBeaverDriver definition = DBeaverDriver.read();
    assertThat(definition.provider()).isEqualTo("sqlite");
    assertThat(definition.parameters())
        .containsEntry("meta-model", "sqlite")
        .containsEntry("supports-struct-cache", "false")
        .containsEntry("supports-stored-code", "false");
  }

  @Test
  void thePageOfPropertiesHasDescriptionsAndChoices() throws Exception {
    DBeaverDriver definition = DBeaverDriver.read();
    DriverPropertyInfo[] all =
        definition.load().getPropertyInfo(definition.url("db1", "shop"), new Properties());
    assertThat(all).allSatisfy(property -> assertThat(property.description).isNotBlank());
    assertThat(all).anySatisfy(property -> assertThat(property.choices).contains("optimistic"));
  }
}
