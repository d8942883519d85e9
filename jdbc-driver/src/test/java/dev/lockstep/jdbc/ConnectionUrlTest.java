package dev.lockstep.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.jdbc.client.ClientOptions;
import dev.lockstep.jdbc.client.ReadConsistency;
import dev.lockstep.jdbc.client.ReadTarget;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ConnectionUrlTest {
  private static ConnectionSettings parse(String url) throws SQLException {
    return ConnectionUrl.parse(url, new Properties());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "jdbc:lockstep://db1/shop                         | [db1:7400]                     | shop",
        "jdbc:lockstep://db1:7401,db2,10.0.0.3:1/shop     | [db1:7401, db2:7400, 10.0.0.3:1] |"
            + " shop",
        "jdbc:lockstep://[::1]:7403,[fe80::1]/shop        | [[::1]:7403, [fe80::1]:7400]   | shop",
        "jdbc:lockstep://n1,n2,n3:7000/s                  | [n1:7400, n2:7400, n3:7000]    | s",
        "jdbc:lockstep:sqlite://db1/shop                  | [db1:7400]                     | shop",
        "JDBC:Lockstep://db1/shop                         | [db1:7400]                     | shop",
        "jdbc:lockstep://db1/sh%C3%B6p%3f?user=a          | [db1:7400]                     | shöp?",
      })
  void goodUrlsAreRead(String url, String nodes, String database) throws SQLException {
    ConnectionSettings settings = parse(url);
    assertThat(settings.nodes().toString()).isEqualTo(nodes);
    assertThat(settings.database()).isEqualTo(database);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "jdbc:lockstep:                       | '//' and the nodes are expected",
        "jdbc:lockstep:db1/shop               | '//' and the nodes are expected",
        "jdbc:lockstep://                     | '/' and the name of the database are expected",
        "jdbc:lockstep://db1                  | '/' and the name of the database are expected",
        "jdbc:lockstep://db1/                 | the name of the database is missing",
        "jdbc:lockstep://db1/?user=a          | the name of the database is missing",
        "jdbc:lockstep://db1/a/b              | the name of the database, 'a/b', has a '/' in it",
        "jdbc:lockstep:///shop                | a node is expected between '//' and '/'",
        "jdbc:lockstep://db1,,db2/shop        | there is nothing between two commas",
        "jdbc:lockstep://db1,/shop            | there is nothing between two commas",
        "jdbc:lockstep://db1:/shop            | a port is a number from 1 to 65535, not ''",
        "jdbc:lockstep://db1:0/shop           | a port is a number from 1 to 65535, not '0'",
        "jdbc:lockstep://db1:65536/shop       | not '65536'",
        "jdbc:lockstep://db1:-1/shop          | not '-1'",
        "jdbc:lockstep://db1:x/shop           | not 'x'",
        "jdbc:lockstep://:7400/shop           | a host is missing before the port in ':7400'",
        "jdbc:lockstep://::1/shop             | an IPv6 address stands in brackets: [::1]",
        "jdbc:lockstep://[::1/shop            | ']' is missing after the address '::1'",
        "jdbc:lockstep://[::1]7400/shop       | ':' and a port are expected after ']'",
        "jdbc:lockstep://db1/sh%zzp           | two hexadecimal digits are expected after '%'",
        "jdbc:lockstep://db1/sh%4             | two hexadecimal digits are expected after '%'",
        "jdbc:lockstep://db1/sh%ff            | is not UTF-8",
        "jdbc:lockstep://db1/shop?user        | name=value is expected in 'user'",
        "jdbc:lockstep://db1/shop?=a          | name=value is expected in '=a'",
      })
  void badUrlsAreRefusedWithTheReason(String url, String message) {
    assertThatThrownBy(() -> parse(url))
        .hasMessageContaining(message)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08001"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "failoverTimout=1         | there is no property 'failoverTimout'; was failoverTimeout"
            + " meant?",
        "username=a               | was user meant?",
        "readconsistency=local    | was readConsistency meant?",
        "readConsistency=eventual | one of linearizable, session, process, bounded, local is"
            + " expected",
        "targetServerType=leader  | one of primary, any, preferFollower is expected",
        "connectTimeout=0         | a time like 500ms, 10s, 2m, or a number of seconds is expected",
        "socketTimeout=-1         | a time like",
        "socketTimeout=soon       | property socketTimeout is 'soon'",
        "socketTimeout=99999999m  | a time like",
        "defaultRowFetchSize=-1   | a number from 0 to 2147483647 is expected",
        "readOnly=maybe           | one of false, true is expected",
        "timeZone=Mars/Phobos     | UTC, system, or a name like Europe/Berlin is expected",
      })
  void badPropertiesAreRefusedWithTheReason(String property, String message) {
    assertThatThrownBy(() -> parse("jdbc:lockstep://db1/shop?" + property))
        .hasMessageContaining(message)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("22023"));
  }

  @Test
  void propertiesAreReadFromUrlAndPropertiesAndTheLatterCount() throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", "ann");
    properties.setProperty("socketTimeoutMillis", "1500");
    ConnectionSettings settings =
        ConnectionUrl.parse(
            "jdbc:lockstep://db1/shop?user=bob&password=a%26b+c&failoverTimeout=2m"
                + "&tcpKeepAlive=false&loadBalanceHosts=false&readConsistency=BOUNDED&maxStaleness=3&targetServerType=preferFollower",
            properties);
    ClientOptions options = settings.clientOptions(0);
    assertThat(options.user()).isEqualTo("ann");
    assertThat(settings.get(ConnectionProperty.PASSWORD)).isEqualTo("a&b+c");
    assertThat(options.failoverTimeoutMillis()).isEqualTo(120_000);
    assertThat(options.socketTimeoutMillis()).isEqualTo(1_500);
    assertThat(options.maxStalenessMillis()).isEqualTo(3_000);
    assertThat(options.consistency()).isEqualTo(ReadConsistency.BOUNDED);
    assertThat(options.readTarget()).isEqualTo(ReadTarget.PREFER_FOLLOWER);
    assertThat(options.connectTimeoutMillis()).isEqualTo(10_000);
    assertThat(options.keepAlive()).isFalse();
    assertThat(options.spread()).isFalse();
    assertThat(settings.url()).as("no password in it").isEqualTo("jdbc:lockstep://db1/shop");
  }

  @Test
  void theLoginTimeoutFromElsewhereCountsIfItIsShorter() throws SQLException {
    ConnectionSettings settings = parse("jdbc:lockstep://db1/shop?loginTimeout=5s");
    assertThat(settings.clientOptions(0).loginTimeoutMillis()).isEqualTo(5_000);
    assertThat(settings.clientOptions(1_000).loginTimeoutMillis()).isEqualTo(1_000);
    assertThat(settings.clientOptions(9_000).loginTimeoutMillis()).isEqualTo(5_000);
  }

  @Test
  void whatToolsPassToSqliteIsAccepted() throws SQLException {
    ConnectionSettings settings =
        parse("jdbc:lockstep://db1/shop?enable_load_extension=true&open_mode=1&busy_timeout=5");
    assertThat(settings.get(ConnectionProperty.READ_ONLY)).isTrue();
    assertThat(settings.warnings())
        .containsExactly(
            "the property 'enable_load_extension' has no meaning here",
            "the property 'busy_timeout' has no meaning here");
    assertThat(parse("jdbc:lockstep://db1/shop?open_mode=6").get(ConnectionProperty.READ_ONLY))
        .isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ssl=false",
        "sslmode=disable",
        "sslMode=allow",
        "useSSL=false",
        "foreign_keys=ON",
        "recursive_triggers=false",
        "encoding=UTF-8",
        "jdbc.get_generated_keys=true",
      })
  void whatIsSoHereAnywayIsAcceptedWithoutAWord(String property) throws SQLException {
    assertThat(parse("jdbc:lockstep://db1/shop?" + property).warnings()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sslmode=prefer",
        "journal_mode=DELETE",
        "date_class=INTEGER",
        "limit_length=1000",
        "prepareThreshold=5",
        "reWriteBatchedInserts=true",
        "hostRecheckSeconds=10",
      })
  void whatHasNoMeaningHereIsAcceptedWithAWarning(String property) throws SQLException {
    assertThat(parse("jdbc:lockstep://db1/shop?" + property).warnings()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ssl=true                 | 0AL01 | property ssl asks for TLS",
        "ssl=                     | 0AL01 | asks for TLS",
        "sslmode=require          | 0AL01 | asks for TLS",
        "sslMode=VERIFY-FULL      | 0AL01 | asks for TLS",
        "sslrootcert=/ca.pem      | 0AL01 | property sslrootcert asks for TLS",
        "useSSL=true              | 0AL01 | asks for TLS",
        "requireSSL=true          | 0AL01 | asks for TLS",
        "hexkey_mode=SQLCIPHER    | 0AL01 | do not encrypt their files",
        "foreign_keys=off         | 22023 | would change what statements mean",
        "case_sensitive_like=true | 22023 | would change what statements mean",
        "open_mode=readonly       | 22023 | a number is expected",
      })
  void whatWouldNotBeGivenIsRefused(String property, String state, String message) {
    assertThatThrownBy(() -> parse("jdbc:lockstep://db1/shop?" + property))
        .hasMessageContaining(message)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(state));
  }

  @Test
  void theDriverIsFoundByItsUrlAndLeavesOthersAlone() throws SQLException {
    Driver driver = DriverManager.getDriver("jdbc:lockstep://db1/shop");
    assertThat(driver).isInstanceOf(dev.lockstep.jdbc.Driver.class);
    assertThat(driver.connect("jdbc:sqlite:a.db", new Properties())).isNull();
    assertThat(driver.acceptsURL("jdbc:lockstepx://db1/shop")).isFalse();
    assertThat(driver.acceptsURL(null)).isFalse();
  }

  @Test
  void allPropertiesAreDescribedAlsoForAnUnfinishedUrl() throws SQLException {
    Driver driver = new dev.lockstep.jdbc.Driver();
    for (String url : new String[] {"jdbc:lockstep://db1/shop?user=bob", "jdbc:lockstep://"}) {
      DriverPropertyInfo[] all = driver.getPropertyInfo(url, new Properties());
      assertThat(Arrays.stream(all).map(info -> info.name))
          .containsExactlyElementsOf(
              ConnectionProperty.ALL.stream().map(ConnectionProperty::name).toList());
      assertThat(all).allSatisfy(info -> assertThat(info.description).isNotBlank());
    }
    assertThat(driver.getPropertyInfo("jdbc:lockstep://db1/shop?user=bob", null)[0].value)
        .isEqualTo("bob");
  }

  @Test
  void defaultsAreAllowedValues() {
    assertThat(ConnectionProperty.ALL)
        .allSatisfy(property -> assertThat(property.parse(property.defaultText())).isNotNull());
  }

  @Test
  void aDataSourceMakesTheUrlOfItsParts() {
    LockstepDataSource source = new LockstepDataSource();
    source.setServerName("db1, db2:7401,[::1]");
    source.setPortNumber(7000);
    source.setDatabaseName("shop");
    assertThat(source.getUrl()).isEqualTo("jdbc:lockstep://db1:7000,db2:7401,[::1]:7000/shop");
  }
}
