package dev.lockstep.server.database;

import dev.lockstep.protocol.SessionId;
import dev.lockstep.protocol.StatementCall;
import dev.lockstep.server.command.Checkpoint;
import dev.lockstep.server.command.CloseSession;
import dev.lockstep.server.command.Command;
import dev.lockstep.server.command.CommandResult;
import dev.lockstep.server.command.Digest;
import dev.lockstep.server.command.ExecuteCommand;
import dev.lockstep.server.command.OpenSession;
import dev.lockstep.server.command.StatementCommand;
import dev.lockstep.server.command.TransactionCommand;
import dev.lockstep.sql.AnalyzedStatement;
import dev.lockstep.sql.SqliteReader;
import dev.lockstep.sql.StatementAnalyzer;
import dev.lockstep.sql.StatementException;
import dev.lockstep.sql.StatementKind;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Makes a log as a leader would: of what its analyzer lets through, with what its replica said. */
final class LogGenerator implements AutoCloseable {
  private static final String DATABASE = TestReplica.DATABASE;
  private static final long DAY_MILLIS = 86_400_000;
  private static final List<SessionId> SESSIONS =
      List.of(new SessionId(1, 1), new SessionId(2, 2), new SessionId(3, 3));

  private final GeneratedDice dice;
  private final GeneratedLeader leader;
  private final StatementAnalyzer analyzer;
  private final SqliteReader reader;
  private final GeneratedExpressions expressions;
  private final GeneratedStatements statements;
  private final GeneratedDefinitions definitions;
  private final GeneratorCounts counts;
  private GeneratedCatalog catalog =
      new GeneratedCatalog(List.of(), List.of(), List.of(), List.of());
  private boolean catalogIsOld = true;
  private long clockMillis = 1_700_000_000_000L;

  private LogGenerator(Path place, GeneratedDice dice, GeneratorCounts counts) throws SQLException {
    this.dice = dice;
    this.counts = counts;
    this.leader = new GeneratedLeader(place);
    this.expressions = new GeneratedExpressions(dice);
    this.statements = new GeneratedStatements(dice, expressions);
    this.definitions = new GeneratedDefinitions(dice, expressions, statements);
    Path file = leader.replica.currentFile();
    this.analyzer = StatementAnalyzer.open(file);
    this.reader = SqliteReader.open(file);
    leader.replica.addListener(
        new ReplicaListener() {
          @Override
          public void schemaChanged(long schemaVersion) {
            catalogIsOld = true;
            analyzer.schemaChanged((int) schemaVersion);
          }
        });
  }

  /** A log of so many entries, more or less. */
  static GeneratedLog generate(Path place, GeneratedDice dice, int entries, GeneratorCounts counts)
      throws SQLException, IOException {
    try (LogGenerator generator = new LogGenerator(place, dice, counts)) {
      return generator.run(entries);
    }
  }

  private GeneratedLog run(int entries) throws SQLException, IOException {
    for (SessionId session : SESSIONS) {
      leader.apply(new OpenSession(DATABASE, session, tick()).encode());
    }
    for (int i = dice.between(2, 4); i > 0; i--) {
      expressions.collect(null);
      execute(List.of(definitions.table(catalog.real())), List.of());
    }
    int attempts = 3 * entries;
    while (leader.entries().size() < entries && attempts-- > 0) {
      next();
      leader.maybeKeepState(dice);
    }
    return leader.finish();
  }

  private long tick() {
    clockMillis += dice.percent(2) ? DAY_MILLIS + dice.below(100_000) : dice.below(3_000);
    return clockMillis;
  }

  private void next() throws SQLException {
    switch (dice.below(40)) {
      case 0 -> repeat();
      case 1 -> leader.apply(new OpenSession(DATABASE, dice.pick(SESSIONS), tick()).encode());
      case 2 -> {
        if (dice.percent(40)) {
          leader.apply(new CloseSession(DATABASE, dice.pick(SESSIONS), tick()).encode());
        }
      }
      case 3 -> checkpoint();
      case 4, 5, 6, 7, 8, 9 -> execute(List.of(definitions.any(catalog())), List.of());
      case 10, 11 -> several();
      case 12, 13, 14, 15, 16, 17, 18 -> transaction();
      default -> change();
    }
  }

  private GeneratedCatalog catalog() throws SQLException {
    if (catalogIsOld) {
      catalog = GeneratedCatalog.read(reader);
      catalogIsOld = false;
    }
    while (catalog.real().isEmpty()) {
      expressions.collect(null);
      execute(List.of(definitions.table(List.of())), List.of());
      catalog = GeneratedCatalog.read(reader);
    }
    return catalog;
  }

  /** An entry again, as a client sends it that has lost the answer; also an old one. */
  private void repeat() {
    int count = leader.entries().size();
    int back = dice.percent(60) ? Math.min(count, 2) : count;
    byte[] command = leader.entries().get(count - 1 - dice.below(back)).command();
    leader.apply(command);
  }

  private void checkpoint() {
    leader.apply(new Checkpoint(DATABASE, new byte[0], dice.between(1, 40), 1 << 16).encode());
  }

  private void change() throws SQLException {
    List<Object> parameters = new ArrayList<>();
    GeneratedCatalog now = catalog();
    expressions.collect(dice.percent(60) ? parameters : null);
    String sql = statements.change(now);
    List<Object[]> rows = new ArrayList<>();
    rows.add(parameters.toArray());
    if (!parameters.isEmpty() && dice.percent(15)) {
      for (int i = dice.between(1, 3); i > 0; i--) {
        rows.add(parameters.stream().map(parameter -> expressions.value()).toArray());
      }
    }
    execute(List.of(sql), rows);
  }

  private void several() throws SQLException {
    List<String> texts = new ArrayList<>();
    GeneratedCatalog now = catalog();
    for (int i = dice.between(2, 4); i > 0; i--) {
      expressions.collect(null);
      texts.add(
          switch (dice.below(6)) {
            case 0 -> definitions.any(now);
            case 1 -> statements.query(now);
            default -> statements.change(now);
          });
    }
    execute(texts, List.of());
  }

  /** Proposes statements as one command, if they are let through and one of them writes. */
  private void execute(List<String> texts, List<Object[]> rows) throws SQLException {
    List<AnalyzedStatement> analyzed;
    try {
      analyzed = analyzer.analyze(String.join("\n;\n", texts)).statements();
    } catch (StatementException e) {
      counts.refused(e, texts);
      return;
    }
    List<StatementCommand> commands = commands(analyzed, rows);
    if (commands == null || analyzed.stream().noneMatch(AnalyzedStatement::writes)) {
      return;
    }
    boolean usesSession =
        analyzed.stream().anyMatch(each -> each.usesLastInsertRowid() || each.usesChanges());
    SessionId session = session();
    CommandResult result =
        leader.apply(
            new ExecuteCommand(
                    DATABASE,
                    session,
                    sequence(session),
                    tick(),
                    dice.anyLong(),
                    usesSession,
                    commands)
                .encode());
    counts.result(result);
  }

  private SessionId session() {
    return dice.percent(2) ? new SessionId(9, 9) : dice.pick(SESSIONS);
  }

  private long sequence(SessionId session) {
    Optional<SessionState> state = leader.replica.session(session);
    if (state.isEmpty() && dice.percent(90)) {
      leader.apply(new OpenSession(DATABASE, session, tick()).encode());
    }
    long last = state.map(SessionState::lastSequence).orElse(0L);
    return Math.max(1, last + (dice.percent(3) ? -1 : dice.pick(1, 1, 1, 5)));
  }

  /** Like the plan that the leader makes of a request; null if it would be refused. */
  private List<StatementCommand> commands(List<AnalyzedStatement> analyzed, List<Object[]> rows) {
    List<StatementCommand> commands = new ArrayList<>();
    for (AnalyzedStatement each : analyzed) {
      AnalyzedStatement statement = each;
      try {
        if (dice.percent(15)) {
          statement = statement.withGeneratedKeys(List.of());
        }
      } catch (StatementException e) {
        throw new IllegalStateException(e);
      }
      StatementCommand.Kind kind = kind(statement);
      boolean alone =
          kind == StatementCommand.Kind.VACUUM || kind == StatementCommand.Kind.SAVEPOINT;
      List<Object[]> parameters = rows.isEmpty() ? List.<Object[]>of(new Object[0]) : rows;
      if (statement.parameterCount() != parameters.get(0).length || alone && analyzed.size() > 1) {
        return null;
      }
      if (!statement.writes() && parameters.size() > 1) {
        parameters = parameters.subList(0, 1);
      }
      commands.add(
          new StatementCommand(
              new StatementCall(statement.sql(), parameters),
              kind,
              rows(statement),
              dice.percent(10) ? 2 : 0));
    }
    return commands;
  }

  private static StatementCommand.Kind kind(AnalyzedStatement statement) {
    return switch (statement.kind()) {
      case QUERY, PRAGMA_READ, EXPLAIN -> StatementCommand.Kind.QUERY;
      case DML -> StatementCommand.Kind.CHANGE;
      case DDL, PRAGMA_WRITE -> StatementCommand.Kind.DEFINITION;
      case MAINTENANCE ->
          statement.sql().toUpperCase(Locale.ROOT).startsWith("VACUUM")
              ? StatementCommand.Kind.VACUUM
              : StatementCommand.Kind.DEFINITION;
      case SAVEPOINT_CONTROL -> StatementCommand.Kind.SAVEPOINT;
      case TRANSACTION_CONTROL -> throw new IllegalStateException(statement.sql());
    };
  }

  private static StatementCommand.Rows rows(AnalyzedStatement statement) {
    if (statement.returnsGeneratedKeys()) {
      return StatementCommand.Rows.GENERATED_KEYS;
    }
    return statement.returnsRows() ? StatementCommand.Rows.RESULT : StatementCommand.Rows.NONE;
  }

  /** A transaction as a client runs it, with others' writes between its steps. */
  private void transaction() throws SQLException {
    SessionId session = dice.pick(SESSIONS);
    if (leader.replica.session(session).isEmpty()) {
      return;
    }
    ProvisionalTransaction transaction =
        leader.replica.transactions().begin(start(session, tick(), dice.anyLong()));
    try {
      for (int i = dice.between(1, 6); i > 0; i--) {
        step(transaction);
        if (dice.percent(10)) {
          change();
        }
      }
      if (dice.percent(15)) {
        return;
      }
      byte[][] proposed = new byte[1][];
      transaction.whenTurn(lost -> {});
      // Its own number, whatever else the session has written meanwhile.
      transaction.commit(
          session,
          sequence(session),
          entry -> {
            proposed[0] = entry;
            return true;
          });
      transaction.requestEnded();
      if (proposed[0] != null) {
        if (dice.percent(15)) {
          change();
        }
        counts.result(leader.apply(spoiled(proposed[0])));
        transaction.committed();
      }
    } catch (TransactionLostException e) {
      counts.lost(e);
    } finally {
      transaction.rollback();
    }
  }

  static TransactionStart start(SessionId session, long clockMillis, long seed) {
    return new TransactionStart(
        session, clockMillis, seed, TransactionMode.QUEUED, TransactionLimits.DEFAULT, List.of());
  }

  /** Now and then with a digest that nothing can have. */
  private byte[] spoiled(byte[] entry) {
    if (dice.percent(88)) {
      return entry;
    }
    TransactionCommand command = (TransactionCommand) Command.decode(entry);
    List<TransactionCommand.Step> steps = new ArrayList<>(command.steps());
    int at = dice.below(steps.size());
    steps.set(at, new TransactionCommand.Step(steps.get(at).statements(), new Digest(1, at)));
    return new TransactionCommand(
            command.database(),
            command.session(),
            command.sequence(),
            command.clockMillis(),
            command.seed(),
            // It was never seen.
            0,
            steps)
        .encode();
  }

  private void step(ProvisionalTransaction transaction)
      throws SQLException, TransactionLostException {
    List<Object> parameters = new ArrayList<>();
    GeneratedCatalog now = catalog();
    expressions.collect(dice.percent(50) ? parameters : null);
    String sql =
        switch (dice.below(20)) {
          case 0, 1 -> dice.pick("SAVEPOINT s", "SAVEPOINT s", "RELEASE s", "ROLLBACK TO s");
          case 2, 3 -> definitions.any(now);
          case 4, 5, 6, 7, 8, 9 -> statements.query(now);
          case 10 -> aboutTheSchema(now);
          default -> statements.change(now);
        };
    transaction.whenTurn(lost -> {});
    try {
      List<AnalyzedStatement> analyzed = transaction.analyze(analyzer, sql).statements();
      if (analyzed.get(0).kind() == StatementKind.MAINTENANCE && sql.equals("VACUUM")) {
        return;
      }
      List<Object[]> rows =
          parameters.isEmpty() ? List.of() : List.<Object[]>of(parameters.toArray());
      List<StatementCommand> commands = commands(analyzed, rows);
      if (commands != null) {
        counts.step(transaction.step(commands).result());
      }
    } catch (StatementException e) {
      counts.refused(e, List.of(sql));
    } finally {
      transaction.requestEnded();
    }
  }

  private String aboutTheSchema(GeneratedCatalog now) {
    String table = dice.pick(now.tables()).name();
    return dice.pick(
        "PRAGMA table_info(" + table + ")",
        "PRAGMA index_list(" + table + ")",
        "PRAGMA foreign_key_list(" + table + ")",
        "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite!_%' ESCAPE '!'",
        "PRAGMA user_version");
  }

  @Override
  public void close() throws SQLException {
    try (leader;
        reader) {
      analyzer.close();
    }
  }
}
