package dev.lockstep.jdbc;

import dev.lockstep.jdbc.client.NodeAddress;
import dev.lockstep.jdbc.client.SqlState;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * Reads {@code jdbc:lockstep://host[:port],[host[:port]…]/database[?name=value&…]}, and {@code
 * jdbc:lockstep:embedded:place[?name=value&…]}. Host, database, place, names and values may be
 * percent-encoded; an IPv6 address stands in brackets.
 */
final class ConnectionUrl {
  static final String PREFIX = "jdbc:lockstep:";

  /**
   * Also accepted after {@link #PREFIX}: some tools know a SQLite database by this text in its URL.
   */
  private static final String ALIAS = "sqlite:";

  /** After {@link #PREFIX} for a node inside this process: a directory, or a name in memory. */
  private static final String EMBEDDED = "embedded:";

  private static final int HOSTS_MAX = 64;

  private ConnectionUrl() {}

  /** Whether a URL is one of ours; cheap. */
  static boolean isAccepted(String url) {
    return url != null && url.regionMatches(true, 0, PREFIX, 0, PREFIX.length());
  }

  /**
   * Reads a URL.
   *
   * @param properties override those of the URL
   * @throws SQLException 08001 with a message that says what is wrong where, if the URL is not a
   *     valid one; 22023 if a property is not
   */
  static ConnectionSettings parse(String url, Properties properties) throws SQLException {
    String rest = url.substring(PREFIX.length());
    if (rest.startsWith(ALIAS)) {
      rest = rest.substring(ALIAS.length());
    }
    int query = rest.indexOf('?');
    String shown = query < 0 ? url : url.substring(0, url.indexOf('?'));
    if (rest.startsWith(EMBEDDED)) {
      String place = decode(rest.substring(EMBEDDED.length(), query < 0 ? rest.length() : query));
      if (place.isBlank() || place.equals("memory:")) {
        throw malformed("a directory, or memory: and a name, is expected after 'embedded:'");
      }
      return withProperties(
          new ConnectionSettings(shown, place),
          query < 0 ? "" : rest.substring(query + 1),
          properties);
    }
    if (!rest.startsWith("//")) {
      throw malformed("'//' and the nodes are expected after 'jdbc:lockstep:'");
    }
    String path = rest.substring(2, query < 0 ? rest.length() : query);
    int slash = path.indexOf('/');
    if (slash < 0) {
      throw malformed("'/' and the name of the database are expected after the nodes");
    }
    String database = decode(path.substring(slash + 1));
    if (database.isEmpty()) {
      throw malformed("the name of the database is missing");
    }
    if (database.indexOf('/') >= 0) {
      throw malformed("the name of the database, '" + database + "', has a '/' in it");
    }
    return withProperties(
        new ConnectionSettings(shown, nodes(path.substring(0, slash)), database),
        query < 0 ? "" : rest.substring(query + 1),
        properties);
  }

  private static ConnectionSettings withProperties(
      ConnectionSettings settings, String query, Properties properties) throws SQLException {
    setAll(settings, query);
    for (Map.Entry<Object, Object> property : allOf(properties).entrySet()) {
      settings.set(property.getKey().toString(), property.getValue().toString());
    }
    return settings;
  }

  /** With the defaults that a Properties object may have, which its entries do not show. */
  private static Properties allOf(Properties properties) {
    Properties all = new Properties();
    if (properties != null) {
      all.putAll(properties);
      properties.stringPropertyNames().forEach(n -> all.put(n, properties.getProperty(n)));
    }
    return all;
  }

  private static List<NodeAddress> nodes(String text) throws SQLException {
    if (text.isEmpty()) {
      throw malformed("a node is expected between '//' and '/'");
    }
    List<NodeAddress> nodes = new ArrayList<>();
    for (String node : text.split(",", -1)) {
      nodes.add(node(node));
      if (nodes.size() > HOSTS_MAX) {
        throw malformed("there are more than " + HOSTS_MAX + " nodes");
      }
    }
    return nodes;
  }

  private static NodeAddress node(String text) throws SQLException {
    if (text.isEmpty()) {
      throw malformed("there is nothing between two commas of the list of nodes");
    }
    String host;
    String port;
    if (text.startsWith("[")) {
      int end = text.indexOf(']');
      if (end < 0) {
        throw malformed("']' is missing after the address '" + text.substring(1) + "'");
      }
      host = text.substring(1, end);
      port = text.substring(end + 1);
      if (!port.isEmpty() && !port.startsWith(":")) {
        throw malformed("':' and a port are expected after ']', not '" + port + "'");
      }
    } else {
      int colon = text.indexOf(':');
      host = colon < 0 ? text : text.substring(0, colon);
      port = colon < 0 ? "" : text.substring(colon);
      if (port.indexOf(':', 1) > 0) {
        throw malformed("an IPv6 address stands in brackets: [" + text + "]");
      }
    }
    host = decode(host);
    if (host.isBlank()) {
      throw malformed("a host is missing before the port in '" + text + "'");
    }
    return new NodeAddress(
        host, port.isEmpty() ? NodeAddress.DEFAULT_PORT : port(port.substring(1)));
  }

  private static int port(String text) throws SQLException {
    if (text.matches("[0-9]{1,5}")) {
      int port = Integer.parseInt(text);
      if (port >= 1 && port <= 65_535) {
        return port;
      }
    }
    throw malformed("a port is a number from 1 to 65535, not '" + text + "'");
  }

  private static void setAll(ConnectionSettings settings, String query) throws SQLException {
    for (String property : query.split("&", -1)) {
      if (property.isEmpty()) {
        continue;
      }
      int equals = property.indexOf('=');
      if (equals <= 0) {
        throw malformed("name=value is expected in '" + property + "'");
      }
      settings.set(decode(property.substring(0, equals)), decode(property.substring(equals + 1)));
    }
  }

  /** Percent-decoding; unlike in forms, a plus sign means itself. */
  private static String decode(String text) throws SQLException {
    if (text.indexOf('%') < 0) {
      return text;
    }
    ByteBuffer bytes = ByteBuffer.allocate(text.length() * 3);
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      if (c == '%') {
        if (!text.substring(i).matches("(?s)%[0-9a-fA-F]{2}.*")) {
          throw malformed("two hexadecimal digits are expected after '%' in '" + text + "'");
        }
        bytes.put((byte) Integer.parseInt(text.substring(i + 1, i + 3), 16));
        i += 3;
      } else {
        bytes.put(Character.toString(c).getBytes(StandardCharsets.UTF_8));
        i += Character.charCount(c);
      }
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException e) {
      throw malformed("'" + text + "' is not UTF-8 after percent-decoding");
    }
  }

  private static SQLException malformed(String what) {
    return SqlState.CONNECTION_NOT_ESTABLISHED.exception(
        "malformed URL: "
            + what
            + "; expected is jdbc:lockstep://host[:port],…/database?name=value");
  }
}
