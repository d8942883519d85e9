package dev.lockstep.server.database;

import dev.lockstep.protocol.SessionId;
import dev.lockstep.protocol.StatementCall;
import dev.lockstep.server.command.Command;
import dev.lockstep.server.command.CommandProposal;
import dev.lockstep.server.command.CommandResult;
import dev.lockstep.server.command.ExecuteCommand;
import dev.lockstep.server.command.OpenSession;
import dev.lockstep.server.command.StatementCommand;
import dev.lockstep.server.command.StatementCommand.Kind;
import dev.lockstep.server.command.StatementCommand.Rows;
import dev.lockstep.server.log.CommittedEntry;
import dev.lockstep.server.log.LogFailure;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/** A replica that is fed by hand, and the commands to feed it with. */
final class TestReplica implements AutoCloseable {
  static final String CLUSTER = "c1";
  static final String DATABASE = "shop";
  static final SessionId SESSION = new SessionId(1, 1);

  final Path directory;
  private final SessionLimits sessionLimits;
  private final TransactionOptions transactions;
  final AtomicLong nanoTime = new AtomicLong();
  Replica replica;
  long index;
  long term = 1;

  TestReplica(Path directory) {
    this(directory, new Disk());
  }

  TestReplica(Path directory, Disk disk) {
    this(directory, disk, SessionLimits.DEFAULT);
  }

  TestReplica(Path directory, Disk disk, SessionLimits sessionLimits) {
    this(directory, disk, sessionLimits, TransactionOptions.DEFAULT);
  }

  TestReplica(
      Path directory, Disk disk, SessionLimits sessionLimits, TransactionOptions transactions) {
    this.transactions = transactions;
    this.directory = directory;
    this.sessionLimits = sessionLimits;
    replica = open(directory, disk);
    index = replica.appliedIndex();
  }

  private Replica open(Path path, Disk disk) {
    return Replica.open(
        new ReplicaOptions(path, CLUSTER, DATABASE, transactions),
        disk,
        nanoTime::get,
        new ManualAlarm(),
        sessionLimits);
  }

  static ReplicaOptions options(Path directory) {
    return new ReplicaOptions(directory, CLUSTER, DATABASE, TransactionOptions.DEFAULT);
  }

  void reopen() {
    replica.close();
    replica = open(directory, new Disk());
  }

  /** Applies commands as one batch. */
  List<CommandResult> apply(Command... commands) {
    return apply(List.of(commands));
  }

  List<CommandResult> apply(List<Command> commands) {
    List<Waiter> waiters = new ArrayList<>();
    List<CommittedEntry> entries = new ArrayList<>();
    for (Command command : commands) {
      Waiter waiter = new Waiter(command.encode());
      waiters.add(waiter);
      entries.add(new CommittedEntry(++index, term, waiter.command(), waiter));
    }
    replica.apply(entries.iterator());
    return waiters.stream().map(Waiter::result).toList();
  }

  CommandResult applyOne(Command command) {
    return apply(command).get(0);
  }

  /** A proposal that counts how often it was ended. */
  static class Waiter implements CommandProposal {
    private final byte[] command;
    final List<CommandResult> results = new ArrayList<>();
    final List<LogFailure> failures = new ArrayList<>();
    final List<Long> indexes = new ArrayList<>();

    Waiter(byte[] command) {
      this.command = command;
    }

    @Override
    public byte[] command() {
      return command;
    }

    @Override
    public void applied(long index, CommandResult result) {
      indexes.add(index);
      results.add(result);
    }

    @Override
    public void failed(LogFailure failure) {
      failures.add(failure);
    }

    CommandResult result() {
      if (results.size() != 1 || !failures.isEmpty()) {
        throw new AssertionError("ended with " + results + " and " + failures);
      }
      return results.get(0);
    }
  }

  static OpenSession open(SessionId session) {
    return new OpenSession(DATABASE, session, 1_000);
  }

  static ExecuteCommand execute(long sequence, String... sql) {
    return execute(SESSION, sequence, sql);
  }

  static ExecuteCommand execute(SessionId session, long sequence, String... sql) {
    List<StatementCommand> statements = new ArrayList<>();
    for (String text : sql) {
      statements.add(statement(text));
    }
    return execute(session, sequence, statements);
  }

  static ExecuteCommand execute(
      SessionId session, long sequence, List<StatementCommand> statements) {
    return new ExecuteCommand(
        DATABASE, session, sequence, 1_000 + sequence, 7 * sequence, false, statements);
  }

  /** A statement, with what its first word says of it. */
  static StatementCommand statement(String sql, Object... parameters) {
    String word = sql.split("[ (]", 2)[0].toUpperCase(Locale.ROOT);
    Kind kind =
        switch (word) {
          case "SELECT" -> Kind.QUERY;
          case "INSERT", "UPDATE", "DELETE", "REPLACE", "WITH" -> Kind.CHANGE;
          case "SAVEPOINT", "RELEASE", "ROLLBACK" -> Kind.SAVEPOINT;
          case "VACUUM" -> Kind.VACUUM;
          default -> Kind.DEFINITION;
        };
    boolean rows = kind == Kind.QUERY || sql.toUpperCase(Locale.ROOT).contains("RETURNING");
    StatementCall call =
        parameters.length == 0
            ? new StatementCall(sql)
            : new StatementCall(sql, List.<Object[]>of(parameters));
    return new StatementCommand(call, kind, rows ? Rows.RESULT : Rows.NONE, 0);
  }

  /** Everything in the file, Lockstep's own tables included, as text. */
  List<String> dump() throws SQLException {
    return dump(replica.currentFile());
  }

  static List<String> dump(Path file) throws SQLException {
    List<String> lines = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      for (String table :
          query(
              statement,
              "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE"
                  + " 'sqlite_stat%' ORDER BY name")) {
        lines.add("table " + table);
        lines.addAll(rowsOf(statement, table));
      }
      lines.addAll(query(statement, "SELECT coalesce(sql, name) FROM sqlite_schema ORDER BY name"));
    }
    return lines;
  }

  private static List<String> rowsOf(Statement statement, String table) throws SQLException {
    List<String> columns =
        query(statement, "SELECT '\"' || name || '\"' FROM pragma_table_info('" + table + "')");
    String row = String.join(") || ', ' || quote(", columns);
    return query(statement, "SELECT quote(" + row + ") FROM \"" + table + "\" ORDER BY 1");
  }

  static List<String> query(Statement statement, String sql) throws SQLException {
    List<String> values = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        values.add(rows.getString(1));
      }
    }
    return values;
  }

  /** The first column of a query on the committed state. */
  List<String> query(String sql) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + replica.currentFile());
        Statement statement = connection.createStatement()) {
      return query(statement, sql);
    }
  }

  @Override
  public void close() {
    replica.close();
  }
}
