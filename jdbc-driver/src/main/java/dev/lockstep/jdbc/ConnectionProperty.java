package dev.lockstep.jdbc;

import dev.lockstep.jdbc.client.ReadConsistency;
import dev.lockstep.jdbc.client.ReadTarget;
import dev.lockstep.protocol.Limits;
import dev.lockstep.protocol.TransactionMode;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A property of a connection: its name in URLs and {@link java.util.Properties}, its default, how
 * its text is read, and what it means. {@link #ALL} feeds the parser, {@code getPropertyInfo} and
 * the documentation.
 *
 * @param <T> what the text is read as
 */
final class ConnectionProperty<T> {
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,9})([kKmM]?)");

  /** What is kept of a transaction must fit one message of the protocol. */
  private static final int SCRIPT_SIZE_MAX = 12 << 20;

  /** What every node refuses a statement's rows beyond. */
  private static final int RESULT_SIZE_MAX = 15 << 20;

  static final ConnectionProperty<String> USER =
      new ConnectionProperty<>(
          "user", "", text("a name"), "Name of the user; nodes do not check it.");

  static final ConnectionProperty<String> PASSWORD =
      new ConnectionProperty<>(
          "password",
          "",
          text("a password"),
          "Accepted and not sent: nodes do not ask clients who they are.");

  static final ConnectionProperty<Integer> CONNECT_TIMEOUT =
      new ConnectionProperty<>(
          "connectTimeout", "10s", duration(1), "Time to connect to one node." + unit());

  static final ConnectionProperty<Integer> LOGIN_TIMEOUT =
      new ConnectionProperty<>(
          "loginTimeout",
          "30s",
          duration(1),
          "Time to establish a connection, whatever nodes it takes." + unit());

  static final ConnectionProperty<Integer> SOCKET_TIMEOUT =
      new ConnectionProperty<>(
          "socketTimeout",
          "0",
          duration(0),
          "Time to wait for an answer before the connection is closed; 0 for no limit. A node that"
              + " was cut off is noticed without it."
              + unit());

  static final ConnectionProperty<Boolean> TCP_KEEP_ALIVE =
      new ConnectionProperty<>(
          "tcpKeepAlive",
          "true",
          flag(),
          "Whether the operating system looks after connections that are idle.");

  static final ConnectionProperty<Integer> FAILOVER_TIMEOUT =
      new ConnectionProperty<>(
          "failoverTimeout",
          "30s",
          duration(0),
          "Time that a statement is repeated while there is no leader, before it fails." + unit());

  static final ConnectionProperty<ReadConsistency> READ_CONSISTENCY =
      new ConnectionProperty<>(
          "readConsistency",
          "linearizable",
          choice(
              Map.entry("linearizable", ReadConsistency.LINEARIZABLE),
              Map.entry("session", ReadConsistency.SESSION),
              Map.entry("process", ReadConsistency.PROCESS),
              Map.entry("bounded", ReadConsistency.BOUNDED),
              Map.entry("local", ReadConsistency.LOCAL)),
          "How fresh reads are: linearizable sees all acknowledged writes, session those of this"
              + " connection, process those of all connections of this process to the same hosts,"
              + " bounded a state at most maxStaleness old, local what the node has.");

  static final ConnectionProperty<Integer> MAX_STALENESS =
      new ConnectionProperty<>(
          "maxStaleness",
          "5s",
          duration(0),
          "How old a read may be with readConsistency=bounded." + unit());

  static final ConnectionProperty<ReadTarget> TARGET_SERVER_TYPE =
      new ConnectionProperty<>(
          "targetServerType",
          "primary",
          choice(
              Map.entry("primary", ReadTarget.PRIMARY),
              Map.entry("any", ReadTarget.ANY),
              Map.entry("preferFollower", ReadTarget.PREFER_FOLLOWER)),
          "Which node serves a read-only connection: its reads in autocommit mode, and its"
              + " transactions. Everything else is the leader's.");

  static final ConnectionProperty<Boolean> LOAD_BALANCE_HOSTS =
      new ConnectionProperty<>(
          "loadBalanceHosts",
          "true",
          flag(),
          "Whether connections with targetServerType=preferFollower take a follower at random, or"
              + " the first in the cluster's order that can be reached.");

  static final ConnectionProperty<TransactionMode> TRANSACTION_MODE =
      new ConnectionProperty<>(
          "transactionMode",
          "queued",
          choice(
              Map.entry("queued", TransactionMode.QUEUED),
              Map.entry("optimistic", TransactionMode.OPTIMISTIC)),
          "Whether transactions that may write take turns: queued, first come first served, or"
              + " optimistic, for applications that run a transaction again after 40001.");

  static final ConnectionProperty<Integer> TRANSACTION_TIMEOUT =
      new ConnectionProperty<>(
          "transactionTimeout",
          "10m",
          duration(1),
          "Time of a transaction from its first statement to its commit; 25P04 when it is over."
              + unit());

  static final ConnectionProperty<Integer> TRANSACTION_IDLE_TIMEOUT =
      new ConnectionProperty<>(
          "transactionIdleTimeout",
          "5m",
          duration(1),
          "Time between two requests of a transaction; 25P03 when it is over." + unit());

  static final ConnectionProperty<Integer> TRANSACTION_TURN_TIMEOUT =
      new ConnectionProperty<>(
          "transactionTurnTimeout",
          "1m",
          duration(1),
          "Time that a statement waits for its transaction's turn; 55P03 when it is over."
              + unit());

  static final ConnectionProperty<Integer> TRANSACTION_STEPS_MAX =
      new ConnectionProperty<>(
          "transactionStepsMax",
          String.valueOf(Limits.STEPS_MAX),
          integer(1, Limits.STEPS_MAX),
          "Requests of a transaction; one more is refused with 54000.");

  static final ConnectionProperty<Integer> TRANSACTION_SCRIPT_SIZE_MAX =
      new ConnectionProperty<>(
          "transactionScriptSizeMax",
          "8m",
          size(1, SCRIPT_SIZE_MAX),
          "Size of all statements of a transaction with their parameters; one that goes beyond it"
              + " is refused with 54000."
              + sizeUnit());

  static final ConnectionProperty<Integer> TRANSACTION_RESULT_SIZE_MAX =
      new ConnectionProperty<>(
          "transactionResultSizeMax",
          "15m",
          size(1, RESULT_SIZE_MAX),
          "Size of the rows that one statement of a transaction returns, which stay in memory; a"
              + " statement that returns more is refused with 54000, and undone."
              + sizeUnit());

  static final ConnectionProperty<Integer> FAILOVER_SCRIPT_SIZE_MAX =
      new ConnectionProperty<>(
          "failoverScriptSizeMax",
          "8m",
          size(0, SCRIPT_SIZE_MAX),
          "Size of the statements of a transaction with their parameters that the driver keeps, to"
              + " carry the transaction over to another leader. One that is larger fails with 40001"
              + " when its leader is lost."
              + sizeUnit());

  static final ConnectionProperty<Integer> DEFAULT_ROW_FETCH_SIZE =
      new ConnectionProperty<>(
          "defaultRowFetchSize",
          "0",
          integer(0, Integer.MAX_VALUE),
          "Rows that are fetched at once; 0 lets the node choose.");

  static final ConnectionProperty<Boolean> READ_ONLY =
      new ConnectionProperty<>(
          "readOnly", "false", flag(), "Whether connections begin as read-only ones.");

  static final ConnectionProperty<String> APPLICATION_NAME =
      new ConnectionProperty<>(
          "ApplicationName", "", text("a name"), "Name of the application, for the nodes' status.");

  static final ConnectionProperty<String> DATABASE_PRODUCT_NAME =
      new ConnectionProperty<>(
          "databaseProductName",
          "SQLite",
          text("a name"),
          "What getDatabaseProductName() answers: tools choose their dialect by it.");

  static final ConnectionProperty<ZoneId> TIME_ZONE =
      new ConnectionProperty<>(
          "timeZone",
          "UTC",
          zone(),
          "Zone in which instants (Timestamp, Instant, OffsetDateTime) are written and read where"
              + " the text names none; UTC is that of SQLite's CURRENT_TIMESTAMP. 'system' is the"
              + " JVM's.");

  static final ConnectionProperty<DateTimeForm> DATE_TIME_FORMAT =
      new ConnectionProperty<>(
          "dateTimeFormat",
          "text",
          choice(
              Map.entry("text", DateTimeForm.TEXT),
              Map.entry("epochMillis", DateTimeForm.EPOCH_MILLIS),
              Map.entry("epochSeconds", DateTimeForm.EPOCH_SECONDS),
              Map.entry("julianDay", DateTimeForm.JULIAN_DAY)),
          "What dates and times are stored as, and what numbers are read as that stand for them:"
              + " the last three are sqlite-jdbc's date_class=INTEGER, the same with"
              + " date_precision=SECONDS, and date_class=REAL.");

  static final ConnectionProperty<Optional<DateTimeFormatter>> DATE_TIME_PATTERN =
      new ConnectionProperty<>(
          "dateTimePattern",
          "",
          pattern(),
          "With dateTimeFormat=text: pattern of all dates and times, like yyyy-MM-dd HH:mm:ss.SSS;"
              + " sqlite-jdbc's date_string_format. Empty for SQLite's own forms.");

  /** All of them, in the order of documentation. */
  static final List<ConnectionProperty<?>> ALL =
      List.of(
          USER,
          PASSWORD,
          CONNECT_TIMEOUT,
          LOGIN_TIMEOUT,
          SOCKET_TIMEOUT,
          TCP_KEEP_ALIVE,
          FAILOVER_TIMEOUT,
          READ_CONSISTENCY,
          MAX_STALENESS,
          TARGET_SERVER_TYPE,
          LOAD_BALANCE_HOSTS,
          TRANSACTION_MODE,
          TRANSACTION_TIMEOUT,
          TRANSACTION_IDLE_TIMEOUT,
          TRANSACTION_TURN_TIMEOUT,
          TRANSACTION_STEPS_MAX,
          TRANSACTION_SCRIPT_SIZE_MAX,
          TRANSACTION_RESULT_SIZE_MAX,
          FAILOVER_SCRIPT_SIZE_MAX,
          DEFAULT_ROW_FETCH_SIZE,
          READ_ONLY,
          APPLICATION_NAME,
          DATABASE_PRODUCT_NAME,
          TIME_ZONE,
          DATE_TIME_FORMAT,
          DATE_TIME_PATTERN);

  private final String name;
  private final String defaultText;
  private final Syntax<T> syntax;
  private final String description;

  private ConnectionProperty(
      String name, String defaultText, Syntax<T> syntax, String description) {
    this.name = name;
    this.defaultText = defaultText;
    this.syntax = syntax;
    this.description = description;
  }

  /** How a text is read. */
  private record Syntax<T>(Parser<T> parser, String allowed, List<String> choices) {}

  private interface Parser<T> {
    /** Null if the text is none of the allowed ones. */
    T parse(String text);
  }

  String name() {
    return name;
  }

  String defaultText() {
    return defaultText;
  }

  String description() {
    return description;
  }

  /** The allowed texts, or null if they cannot be listed. */
  String[] choices() {
    return syntax.choices() == null ? null : syntax.choices().toArray(new String[0]);
  }

  /**
   * Reads a value.
   *
   * @throws IllegalArgumentException if the text is not allowed; the message says what is
   */
  T parse(String text) {
    T value = syntax.parser().parse(text);
    if (value == null) {
      throw new IllegalArgumentException(
          "property " + name + " is '" + text + "'; " + syntax.allowed() + " is expected");
    }
    return value;
  }

  private static String unit() {
    return " A number of seconds, or with its unit: 500ms, 10s, 2m.";
  }

  private static String sizeUnit() {
    return " A number of bytes, or with its unit: 64k, 8m.";
  }

  private static Syntax<String> text(String what) {
    return new Syntax<>(text -> text, what, null);
  }

  @SafeVarargs
  private static <T> Syntax<T> choice(Map.Entry<String, T>... choices) {
    Map<String, T> byName = new LinkedHashMap<>();
    for (Map.Entry<String, T> choice : choices) {
      byName.put(choice.getKey(), choice.getValue());
    }
    return new Syntax<>(
        text ->
            byName.entrySet().stream()
                .filter(choice -> choice.getKey().equalsIgnoreCase(text))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null),
        "one of " + String.join(", ", byName.keySet()),
        List.copyOf(byName.keySet()));
  }

  private static Syntax<Boolean> flag() {
    return choice(Map.entry("false", false), Map.entry("true", true));
  }

  private static Syntax<Integer> integer(int min, int max) {
    return new Syntax<>(
        text -> {
          try {
            int value = Integer.parseInt(text.strip());
            return value >= min && value <= max ? value : null;
          } catch (NumberFormatException e) {
            return null;
          }
        },
        "a number from " + min + " to " + max,
        null);
  }

  private static Syntax<Integer> size(int min, int max) {
    return new Syntax<>(
        text -> {
          Matcher matcher = SIZE.matcher(text.strip());
          if (!matcher.matches()) {
            return null;
          }
          int shift =
              switch (matcher.group(2).toLowerCase(Locale.ROOT)) {
                case "k" -> 10;
                case "m" -> 20;
                default -> 0;
              };
          long bytes = Long.parseLong(matcher.group(1)) << shift;
          return bytes >= min && bytes <= max ? (Integer) (int) bytes : null;
        },
        "a size like 64k, 8m, or a number of bytes, of at most " + (max >> 20) + "m",
        null);
  }

  private static Syntax<Integer> duration(int millisMin) {
    return new Syntax<>(
        text -> {
          Integer millis = millis(text.strip().toLowerCase(Locale.ROOT));
          return millis != null && millis >= millisMin ? millis : null;
        },
        "a time like 500ms, 10s, 2m, or a number of seconds",
        null);
  }

  private static Integer millis(String text) {
    Map<String, TimeUnit> units = new LinkedHashMap<>();
    units.put("ms", TimeUnit.MILLISECONDS);
    units.put("s", TimeUnit.SECONDS);
    units.put("m", TimeUnit.MINUTES);
    String unit = units.keySet().stream().filter(text::endsWith).findFirst().orElse("");
    try {
      long number = Long.parseLong(text.substring(0, text.length() - unit.length()).strip());
      long millis = units.getOrDefault(unit, TimeUnit.SECONDS).toMillis(number);
      return number >= 0 && millis <= Integer.MAX_VALUE ? (Integer) (int) millis : null;
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static Syntax<ZoneId> zone() {
    return new Syntax<>(
        text -> {
          if (text.equalsIgnoreCase("system")) {
            return ZoneId.systemDefault();
          }
          try {
            return ZoneId.of(text);
          } catch (java.time.DateTimeException e) {
            return null;
          }
        },
        "UTC, system, or a name like Europe/Berlin",
        null);
  }

  private static Syntax<Optional<DateTimeFormatter>> pattern() {
    return new Syntax<>(
        text -> {
          try {
            return text.isEmpty()
                ? Optional.empty()
                : Optional.of(DateTimeFormatter.ofPattern(text, Locale.ROOT));
          } catch (IllegalArgumentException e) {
            return null;
          }
        },
        "a pattern like yyyy-MM-dd HH:mm:ss.SSS",
        null);
  }

  /** The property of this name, or null. */
  static ConnectionProperty<?> named(String name) {
    return ALL.stream().filter(property -> property.name.equals(name)).findFirst().orElse(null);
  }

  /** The name that a misspelt one was most probably meant to be. */
  static String nearestName(String name) {
    return ALL.stream()
        .map(ConnectionProperty::name)
        .min((a, b) -> Integer.compare(distance(name, a), distance(name, b)))
        .orElseThrow();
  }

  /** Levenshtein's distance, letters of both cases being alike. */
  private static int distance(String from, String to) {
    String a = from.toLowerCase(Locale.ROOT);
    String b = to.toLowerCase(Locale.ROOT);
    int[] row = new int[b.length() + 1];
    Arrays.setAll(row, i -> i);
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
