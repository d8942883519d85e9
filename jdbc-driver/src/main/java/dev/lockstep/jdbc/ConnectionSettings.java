package dev.lockstep.jdbc;

import dev.lockstep.jdbc.client.ClientOptions;
import dev.lockstep.jdbc.client.NodeAddress;
import dev.lockstep.jdbc.client.SqlState;
import dev.lockstep.jdbc.spi.EmbeddedNodes;
import dev.lockstep.protocol.Limits;
import dev.lockstep.protocol.TransactionOptions;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a connection is to be like: where, and with which properties. */
final class ConnectionSettings {
  private final String url;
  private final List<NodeAddress> nodes;
  private final String database;

  /** Where the node that is to run in this process keeps its data; null if it runs elsewhere. */
  private final String place;

  private final Map<String, String> texts = new HashMap<>();
  private final Map<String, Object> values = new HashMap<>();
  private final Set<String> warnings = new LinkedHashSet<>();

  ConnectionSettings(String url, List<NodeAddress> nodes, String database) {
    this.url = url;
    this.nodes = List.copyOf(nodes);
    this.database = database;
    this.place = null;
  }

  /** For a node inside this process. */
  ConnectionSettings(String url, String place) {
    this.url = url;
    this.nodes = List.of();
    this.database = "";
    this.place = place;
  }

  /**
   * Sets a property.
   *
   * @throws SQLException if there is no such property or the value is not allowed
   */
  void set(String name, String text) throws SQLException {
    ConnectionProperty<?> property = ConnectionProperty.named(name);
    String value = text;
    if (property == null && name.endsWith("Millis")) {
      // Each time can also be given in milliseconds, by a name that says so.
      property = ConnectionProperty.named(name.substring(0, name.length() - "Millis".length()));
      value = text + "ms";
    }
    if (property == null && ForeignProperties.take(this, name, text)) {
      return;
    }
    if (property == null) {
      throw SqlState.INVALID_ARGUMENT.exception(
          "there is no property '"
              + name
              + "'; was "
              + ConnectionProperty.nearestName(name)
              + " meant?");
    }
    try {
      values.put(property.name(), property.parse(value));
      texts.put(property.name(), value);
    } catch (IllegalArgumentException e) {
      throw SqlState.INVALID_ARGUMENT.exception(e.getMessage(), e);
    }
  }

  @SuppressWarnings("unchecked") // only what the property's own parser returned is put in
  <T> T get(ConnectionProperty<T> property) {
    Object value = values.get(property.name());
    return value == null ? property.parse(property.defaultText()) : (T) value;
  }

  /** The property as it was given, or its default. */
  String text(ConnectionProperty<?> property) {
    return texts.getOrDefault(property.name(), property.defaultText());
  }

  /** Something asked for has no meaning here: connections say so. */
  void warn(String warning) {
    warnings.add(warning);
  }

  List<String> warnings() {
    return List.copyOf(warnings);
  }

  /** How dates and times are stored. */
  MomentFormat momentFormat() {
    return new MomentFormat(
        get(ConnectionProperty.TIME_ZONE),
        get(ConnectionProperty.DATE_TIME_FORMAT),
        get(ConnectionProperty.DATE_TIME_PATTERN).orElse(null));
  }

  /** The URL, without the properties in it: they may hold a password. */
  String url() {
    return url;
  }

  List<NodeAddress> nodes() {
    return nodes;
  }

  /** Null if the node does not run in this process. */
  String place() {
    return place;
  }

  String database() {
    return database;
  }

  /**
   * How to connect; starts the node if it is to run in this process.
   *
   * @param loginTimeoutMillis a limit from elsewhere for the time to connect, 0 for none
   */
  ClientOptions clientOptions(int loginTimeoutMillis) throws SQLException {
    int login =
        loginTimeoutMillis > 0
            ? Math.min(loginTimeoutMillis, get(ConnectionProperty.LOGIN_TIMEOUT))
            : get(ConnectionProperty.LOGIN_TIMEOUT);
    Map<String, String> properties = new HashMap<>();
    properties.put("driver", DriverVersion.NAME + " " + DriverVersion.TEXT);
    String application = get(ConnectionProperty.APPLICATION_NAME);
    if (!application.isEmpty()) {
      properties.put(ConnectionProperty.APPLICATION_NAME.name(), application);
    }
    List<NodeAddress> seeds = nodes;
    String name = database;
    if (place != null) {
      EmbeddedNodes.Address address = Embedded.open(place);
      seeds = List.of(new NodeAddress(address.host(), address.port()));
      name = address.database();
    }
    return new ClientOptions(
        seeds,
        checkLength("database", name),
        checkLength("user", get(ConnectionProperty.USER)),
        properties,
        get(ConnectionProperty.CONNECT_TIMEOUT),
        login,
        get(ConnectionProperty.SOCKET_TIMEOUT),
        get(ConnectionProperty.FAILOVER_TIMEOUT),
        get(ConnectionProperty.TCP_KEEP_ALIVE),
        get(ConnectionProperty.TARGET_SERVER_TYPE),
        get(ConnectionProperty.LOAD_BALANCE_HOSTS),
        get(ConnectionProperty.READ_CONSISTENCY),
        get(ConnectionProperty.MAX_STALENESS),
        new TransactionOptions(
            get(ConnectionProperty.TRANSACTION_MODE),
            get(ConnectionProperty.TRANSACTION_TIMEOUT),
            get(ConnectionProperty.TRANSACTION_IDLE_TIMEOUT),
            get(ConnectionProperty.TRANSACTION_TURN_TIMEOUT),
            get(ConnectionProperty.TRANSACTION_STEPS_MAX),
            get(ConnectionProperty.TRANSACTION_SCRIPT_SIZE_MAX),
            get(ConnectionProperty.TRANSACTION_RESULT_SIZE_MAX)),
        get(ConnectionProperty.FAILOVER_SCRIPT_SIZE_MAX));
  }

  private static String checkLength(String what, String name) throws SQLException {
    // A character takes three bytes at most.
    if (name.length() > Limits.NAME_BYTES_MAX / 3) {
      throw SqlState.INVALID_ARGUMENT.exception(
          "the name of the " + what + " has " + name.length() + " characters");
    }
    return name;
  }
}
