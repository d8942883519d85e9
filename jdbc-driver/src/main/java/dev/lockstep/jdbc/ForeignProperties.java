package dev.lockstep.jdbc;

import dev.lockstep.jdbc.client.SqlState;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Properties of other drivers that users and tools bring along. What asks for something that is so
 * here anyway is accepted; what only tunes another product is accepted with a warning; what asks
 * for something that would not be given is refused, never passed over.
 */
final class ForeignProperties {
  /** By which sqlite-jdbc is told how to open a file: flags, of which the lowest is READONLY. */
  private static final String OPEN_MODE = "open_mode";

  /** Of sqlite-jdbc: how one file is stored, cached and locked, and how dates are written. */
  private static final Set<String> SQLITE_TUNING =
      Set.of(
          "application_id",
          "auto_vacuum",
          "automatic_index",
          "busy_timeout",
          "cache_size",
          "cache_spill",
          "count_changes",
          "date_class",
          "date_precision",
          "date_string_format",
          "default_cache_size",
          "empty_result_callback",
          "enable_load_extension",
          "full_column_names",
          "fullsync",
          "incremental_vacuum",
          "jdbc.explicit_readonly",
          "journal_mode",
          "journal_size_limit",
          "legacy_file_format",
          "locking_mode",
          "max_page_count",
          "mmap_size",
          "page_size",
          "reverse_unordered_selects",
          "secure_delete",
          "shared_cache",
          "short_column_names",
          "synchronous",
          "temp_store",
          "temp_store_directory",
          "transaction_mode",
          "user_version",
          "wal_autocheckpoint");

  /** Of sqlite-jdbc: what statements mean. Only these values are so here. */
  private static final Map<String, Set<String>> SQLITE_MEANING =
      Map.of(
          "case_sensitive_like", Set.of("false", "off", "0", "no"),
          "defer_foreign_keys", Set.of("false", "off", "0", "no"),
          "encoding", Set.of("utf-8", "utf8", "\"utf-8\"", "'utf-8'"),
          "foreign_keys", Set.of("true", "on", "1", "yes"),
          "jdbc.get_generated_keys", Set.of("true", "on", "1", "yes"),
          "legacy_alter_table", Set.of("false", "off", "0", "no"),
          "read_uncommitted", Set.of("false", "off", "0", "no"),
          "recursive_triggers", Set.of("false", "off", "0", "no"));

  /** Of pgjdbc and others: how the client works, of no influence on what it does. */
  private static final Set<String> CLIENT_TUNING =
      Set.of(
          "assumeMinServerVersion",
          "binaryTransfer",
          "cancelSignalTimeout",
          "hostRecheckSeconds",
          "logUnclosedConnections",
          "prepareThreshold",
          "preparedStatementCacheQueries",
          "preparedStatementCacheSizeMiB",
          "receiveBufferSize",
          "reWriteBatchedInserts",
          "sendBufferSize",
          "tcpNoDelay");

  /** Ways in which drivers are asked not to encrypt, or not to insist on it. */
  private static final Set<String> NO_TLS = Set.of("false", "disable", "disabled", "allow");

  private ForeignProperties() {}

  /**
   * Takes a property of another driver.
   *
   * @return false if no driver that is known here has it
   * @throws SQLException if what it asks for is not given here
   */
  static boolean take(ConnectionSettings settings, String name, String value) throws SQLException {
    String lower = name.toLowerCase(Locale.ROOT);
    String asked = value.strip().toLowerCase(Locale.ROOT);
    if (lower.startsWith("ssl") || lower.equals("usessl") || lower.equals("requiressl")) {
      takeTls(settings, name, asked);
    } else if (name.equals("hexkey_mode") || name.equals("cipher")) {
      throw SqlState.NOT_SUPPORTED.exception(
          "property " + name + ": nodes do not encrypt their files");
    } else if (name.equals(OPEN_MODE)) {
      if (isReadOnly(value)) {
        settings.set(ConnectionProperty.READ_ONLY.name(), "true");
      }
    } else if (SQLITE_MEANING.containsKey(name)) {
      if (!SQLITE_MEANING.get(name).contains(asked)) {
        throw SqlState.INVALID_ARGUMENT.exception(
            "property "
                + name
                + " of SQLite is '"
                + value
                + "', which would change what statements mean: the same for all clients here is "
                + SQLITE_MEANING.get(name).stream().sorted().findFirst().orElseThrow());
      }
    } else if (SQLITE_TUNING.contains(name)
        || name.startsWith("limit_")
        || CLIENT_TUNING.contains(name)) {
      settings.warn("the property '" + name + "' has no meaning here");
    } else {
      return false;
    }
    return true;
  }

  private static void takeTls(ConnectionSettings settings, String name, String asked)
      throws SQLException {
    if (asked.equals("prefer")) {
      settings.warn("the connection is not encrypted: nodes have no TLS");
    } else if (!NO_TLS.contains(asked)) {
      throw SqlState.NOT_SUPPORTED.exception(
          "property "
              + name
              + " asks for TLS, which nodes do not have: the connection would not be encrypted");
    }
  }

  private static boolean isReadOnly(String flags) throws SQLException {
    try {
      return (Integer.decode(flags.strip()) & 1) != 0;
    } catch (NumberFormatException e) {
      throw SqlState.INVALID_ARGUMENT.exception(
          "property " + OPEN_MODE + " is '" + flags + "'; a number is expected", e);
    }
  }
}
