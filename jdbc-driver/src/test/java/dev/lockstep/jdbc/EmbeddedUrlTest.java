package dev.lockstep.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** There is no node on this module's class path. */
class EmbeddedUrlTest {
  @Test
  void needsANode() {
    assertThatThrownBy(() -> DriverManager.getConnection("jdbc:lockstep:embedded:/var/shop"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("dev.lockstep:lockstep-embedded")
        .satisfies(e -> assertThat(((SQLException) e).getSQLState()).isEqualTo("08001"));
  }

  @ParameterizedTest
  @CsvSource({
    "jdbc:lockstep:embedded:/var/shop, /var/shop",
    "jdbc:lockstep:embedded:data?user=a, data",
    "jdbc:lockstep:embedded:my%20data, my data",
    "jdbc:lockstep:embedded:C:\\data\\shop, C:\\data\\shop",
    "jdbc:lockstep:embedded:memory:test, memory:test",
    "jdbc:lockstep:sqlite:embedded:data, data",
  })
  void placeIsRead(String url, String place) throws SQLException {
    ConnectionSettings settings = ConnectionUrl.parse(url, new Properties());
    assertThat(settings.place()).isEqualTo(place);
    assertThat(settings.nodes()).isEmpty();
  }

  @Test
  void propertiesAreRead() throws SQLException {
    ConnectionSettings settings =
        ConnectionUrl.parse("jdbc:lockstep:embedded:data?user=a%26b", new Properties());
    assertThat(settings.get(ConnectionProperty.USER)).isEqualTo("a&b");
    assertThat(settings.url()).isEqualTo("jdbc:lockstep:embedded:data");
    assertThatThrownBy(
            () -> ConnectionUrl.parse("jdbc:lockstep:embedded:data?usr=a", new Properties()))
        .hasMessageContaining("was user meant?");
  }

  @ParameterizedTest
  @CsvSource({
    "jdbc:lockstep:embedded:",
    "jdbc:lockstep:embedded:?user=a",
    "jdbc:lockstep:embedded:memory:",
  })
  void placeMustBeThere(String url) {
    assertThatThrownBy(() -> ConnectionUrl.parse(url, new Properties()))
        .hasMessageContaining("a directory, or memory: and a name");
  }
}
