package dev.lockstep.server.service;

import dev.lockstep.protocol.Topology;
import dev.lockstep.server.database.TransactionView;
import dev.lockstep.server.log.LogStatus;
import dev.lockstep.sql.SystemContent;
import dev.lockstep.sql.SystemTable;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What this node knows, as rows of the system tables: {@code docs/SYSTEM-TABLES.md}. Safe for use
 * by several threads.
 */
final class SystemTables implements SystemContent {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS", Locale.ROOT);

  private final Backend backend;
  private final Supplier<Map<String, String>> status;
  private final NodeStatuses others;
  private final Supplier<List<TransactionView>> snapshots;

  /**
   * @param status what this node says of itself
   * @param others what the other nodes say
   * @param snapshots the read-only transactions that are open here
   */
  SystemTables(
      Backend backend,
      Supplier<Map<String, String>> status,
      NodeStatuses others,
      Supplier<List<TransactionView>> snapshots) {
    this.backend = backend;
    this.status = status;
    this.others = others;
    this.snapshots = snapshots;
  }

  @Override
  public void read(SystemTable table, Connection connection, Rows rows) throws SQLException {
    switch (table) {
      case NODES -> nodes(rows);
      case DATABASES -> databases(connection, rows);
      case SESSIONS -> sessions(connection, rows);
      case LOCKS -> locks(connection, rows);
      case TRANSACTIONS -> transactions(rows);
      case STATEMENTS -> backend.statistics().read(rows);
    }
  }

  private void nodes(Rows rows) throws SQLException {
    Map<String, Map<String, String>> statuses = others.ask();
    for (Topology.Member member : backend.topology().members()) {
      boolean self = member.nodeId().equals(backend.options().nodeId());
      Map<String, String> values = self ? status.get() : statuses.get(member.nodeId());
      boolean reachable = values != null;
      Map<String, String> known = reachable ? values : Map.of();
      String role = known.get("role");
      rows.add(
          member.nodeId(),
          member.host(),
          member.port(),
          self ? 1 : 0,
          reachable ? 1 : 0,
          role == null ? null : role.toLowerCase(Locale.ROOT),
          number(known, "term"),
          known.get("leader"),
          number(known, "applied.index"),
          known.get("fault"),
          number(known, "connections"),
          number(known, "uptime.seconds"),
          known.get("version.lockstep"),
          known.get("version.sqlite"));
    }
  }

  /** Null where another version of the node says something else, or nothing. */
  private static Long number(Map<String, String> values, String name) {
    try {
      return Long.valueOf(values.getOrDefault(name, ""));
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private void databases(Connection connection, Rows rows) throws SQLException {
    LogStatus log = backend.log().status();
    try (Statement statement = connection.createStatement();
        ResultSet state =
            statement.executeQuery(
                "SELECT name, applied_index, applied_term, page_count * page_size, schema_version"
                    + " FROM main.sqlite_lockstep_state, pragma_page_count('main'),"
                    + " pragma_page_size('main'), pragma_schema_version")) {
      while (state.next()) {
        rows.add(
            state.getString(1),
            log.leader(),
            log.term(),
            state.getLong(2),
            state.getLong(3),
            state.getLong(4),
            state.getLong(5));
      }
    }
  }

  private static void sessions(Connection connection, Rows rows) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet session =
            statement.executeQuery(
                "SELECT lower(hex(id)), opened, last_used, last_sequence, last_index,"
                    + " last_insert_rowid, changes, total_changes, length(last_result)"
                    + " FROM main.sqlite_lockstep_session")) {
      while (session.next()) {
        rows.add(
            session.getString(1),
            session.getLong(2),
            time(session.getLong(3)),
            session.getLong(4),
            session.getLong(5),
            session.getLong(6),
            session.getLong(7),
            session.getLong(8),
            session.getLong(9));
      }
    }
  }

  private static void locks(Connection connection, Rows rows) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet lock =
            statement.executeQuery(
                "SELECT name, lower(hex(session)), count FROM main.sqlite_lockstep_lock")) {
      while (lock.next()) {
        rows.add(lock.getString(1), lock.getString(2), lock.getInt(3));
      }
    }
  }

  private void transactions(Rows rows) throws SQLException {
    List<TransactionView> views = new ArrayList<>(backend.replica().transactions().views());
    views.addAll(snapshots.get());
    long now = System.currentTimeMillis();
    for (TransactionView view : views) {
      rows.add(
          view.session().isNone() ? null : view.session().toString(),
          view.mode(),
          view.state(),
          time(now - view.ageMillis()),
          view.ageMillis(),
          view.idleMillis(),
          view.steps(),
          view.writes() ? 1 : 0);
    }
  }

  /** As SQLite writes timestamps, UTC. */
  static String time(long millis) {
    long second = Math.floorDiv(millis, 1_000L);
    int nanos = (int) Math.floorMod(millis, 1_000L) * 1_000_000;
    return TIME.format(LocalDateTime.ofEpochSecond(second, nanos, ZoneOffset.UTC));
  }
}
