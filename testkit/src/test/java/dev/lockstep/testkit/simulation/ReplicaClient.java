package dev.lockstep.testkit.simulation;

import dev.lockstep.protocol.SessionId;
import dev.lockstep.protocol.StatementCall;
import dev.lockstep.server.command.CommandProposal;
import dev.lockstep.server.command.CommandResult;
import dev.lockstep.server.command.StatementCommand;
import dev.lockstep.server.command.StatementCommand.Kind;
import dev.lockstep.server.log.LogFailure;
import dev.lockstep.testkit.simulation.ClientOperation.Type;
import java.util.ArrayList;
import java.util.List;

/**
 * An application with one connection: one operation after another, each asked for again until there
 * is an answer, with the same session and sequence and at whoever leads by then.
 */
final class ReplicaClient {
  static final int ACCOUNTS = 4;
  static final long BALANCE = 30;

  /** Each write that was ever asked for. */
  final List<ClientOperation> operations = new ArrayList<>();

  int repeatsAnswered;

  private final ReplicaGroup group;
  private final Chance chance;
  private final long number;
  private final long thinkMicros;
  private final long timeoutMicros;
  private long sessions;
  private long sequence;
  private SessionId session = SessionId.NONE;
  private ClientOperation current;
  private boolean stopped;

  ReplicaClient(ReplicaGroup group, long number) {
    this.group = group;
    this.number = number;
    this.chance = group.simulation.chance().split();
    this.thinkMicros = chance.between(1_000, 100_000);
    this.timeoutMicros = chance.between(20_000, 1_000_000);
  }

  /** Creates the tables, which takes effect before this client does anything else. */
  void define() {
    session = new SessionId(number, ++sessions);
    begin(new ClientOperation(Type.OPEN, session, 0, now()));
    stopped = true;
  }

  boolean idle() {
    return current == null;
  }

  void stop() {
    stopped = true;
  }

  void start() {
    stopped = false;
    goOn();
  }

  private void goOn() {
    group.simulation.after(
        chance.delay(thinkMicros),
        "client " + number + " goes on",
        () -> {
          if (!stopped && current == null) {
            begin(draw());
          }
        });
  }

  private ClientOperation draw() {
    if (session.isNone()) {
      session = new SessionId(number, ++sessions);
      sequence = 0;
      return new ClientOperation(Type.OPEN, session, 0, now());
    }
    if (chance.with(0.03)) {
      return new ClientOperation(Type.CLOSE, session, 0, now());
    }
    // An application may leave out numbers.
    sequence += chance.with(0.1) ? chance.between(2, 5) : 1;
    return switch (chance.below(7)) {
      case 0, 1 -> insert();
      case 2 -> batch();
      case 3 -> count();
      case 4 -> transfer();
      case 5 -> delete();
      default -> fail();
    };
  }

  void begin(ClientOperation operation) {
    current = operation;
    operations.add(operation);
    ask(operation);
  }

  ClientOperation write(Type type) {
    return new ClientOperation(type, session, sequence, now());
  }

  ClientOperation definition() {
    sequence++;
    ClientOperation define =
        write(Type.DEFINE)
            .definition(
                "CREATE TABLE entry(id INTEGER PRIMARY KEY AUTOINCREMENT, op TEXT, kind TEXT,"
                    + " target TEXT, chance INTEGER DEFAULT (random()),"
                    + " at TEXT DEFAULT CURRENT_TIMESTAMP)")
            .definition("CREATE TABLE item(op TEXT PRIMARY KEY, content BLOB) WITHOUT ROWID")
            .definition("CREATE TABLE counter(id INTEGER PRIMARY KEY, n INTEGER NOT NULL)")
            .definition(
                "CREATE TABLE account(id INTEGER PRIMARY KEY,"
                    + " balance INTEGER NOT NULL CHECK (balance >= 0))")
            .change("INSERT INTO counter VALUES (1, 0)");
    for (long i = 1; i <= ACCOUNTS; i++) {
      define.change("INSERT INTO account VALUES (?, ?)", i, BALANCE);
    }
    return define;
  }

  ClientOperation listDefinition() {
    sequence++;
    return write(Type.DEFINE).definition("CREATE TABLE list(k INTEGER PRIMARY KEY, v TEXT)");
  }

  private ClientOperation insert() {
    ClientOperation insert = write(Type.INSERT);
    insert.rows = 1;
    return insert
        .returning(
            "INSERT INTO entry(op, kind) VALUES (?, 'INSERT') RETURNING id, chance, at",
            insert.name)
        .change("INSERT INTO item VALUES (?, randomblob(20))", insert.name);
  }

  private ClientOperation batch() {
    ClientOperation batch = write(Type.BATCH);
    batch.rows = (int) chance.between(2, 5);
    List<Object[]> rows = new ArrayList<>();
    for (int i = 0; i < batch.rows; i++) {
      rows.add(new Object[] {batch.name});
    }
    return batch.add(
        new StatementCommand(
            new StatementCall("INSERT INTO entry(op, kind) VALUES (?, 'BATCH')", rows),
            Kind.CHANGE));
  }

  private ClientOperation count() {
    return write(Type.COUNT).change("UPDATE counter SET n = n + 1").entry();
  }

  /** Fails where the account does not have that much. */
  private ClientOperation transfer() {
    long amount = chance.between(1, BALANCE);
    return write(Type.TRANSFER)
        .change(
            "UPDATE account SET balance = balance + ? WHERE id = ?",
            amount,
            chance.between(1, ACCOUNTS))
        .entry()
        .change(
            "UPDATE account SET balance = balance - ? WHERE id = ?",
            amount,
            chance.between(1, ACCOUNTS));
  }

  private ClientOperation delete() {
    for (ClientOperation operation : operations) {
      if (operation.type == Type.INSERT && operation.tookEffect() && !operation.victimised) {
        operation.victimised = true;
        ClientOperation delete = write(Type.DELETE);
        delete.victim = operation;
        return delete.change("DELETE FROM item WHERE op = ?", operation.name).entry();
      }
    }
    return count();
  }

  private ClientOperation fail() {
    return write(Type.FAIL)
        .entry()
        .change("UPDATE counter SET n = n + 1000")
        .change(
            chance.with(0.5)
                ? "INSERT INTO counter VALUES (1, 5)"
                : "INSERT OR ROLLBACK INTO counter VALUES (1, 5)");
  }

  /** Asks a member that believes it leads; later again, if there is none or no answer. */
  private void ask(ClientOperation operation) {
    List<String> leaders = group.leaders();
    if (leaders.isEmpty()) {
      askAgain(operation);
    } else {
      propose(operation, chance.pick(leaders));
    }
  }

  private void propose(ClientOperation operation, String member) {
    byte[] command = operation.command(group.clockMillis(member), chance.bits()).encode();
    Attempt attempt = new Attempt(operation, command);
    operation.attempts++;
    group.logs.get(member).propose(group.logs.get(member).status().term(), attempt);
    group.simulation.after(
        timeoutMicros / 2 + chance.delay(timeoutMicros),
        "client " + number + " waits no longer for " + operation,
        attempt::over);
  }

  private void askAgain(ClientOperation operation) {
    group.simulation.after(
        chance.between(1_000, 50_000),
        "client " + number + " asks again for " + operation,
        () -> {
          if (operation == current) {
            ask(operation);
          }
        });
  }

  private void answered(ClientOperation operation, CommandResult result) {
    boolean first = !operation.isAnswered();
    operation.answered(result, operation == current, now());
    repeatsAnswered += first ? 0 : 1;
    if (operation != current) {
      return;
    }
    current = null;
    if (operation.type == Type.CLOSE) {
      session = SessionId.NONE;
    } else if (chance.with(0.2)) {
      // As if the answer had been lost.
      List<String> leaders = group.leaders();
      if (!leaders.isEmpty()) {
        propose(operation, chance.pick(leaders));
      }
    }
    goOn();
  }

  /** One request on its way. */
  private final class Attempt implements CommandProposal {
    private final ClientOperation operation;
    private final byte[] command;
    private boolean ended;
    private boolean over;

    Attempt(ClientOperation operation, byte[] command) {
      this.operation = operation;
      this.command = command;
    }

    @Override
    public byte[] command() {
      return command;
    }

    @Override
    public void applied(long index, CommandResult result) {
      end();
      over = true;
      // The replica only logs what whoever proposed throws.
      group.guard(() -> answered(operation, result));
    }

    @Override
    public void failed(LogFailure failure) {
      end();
      over();
    }

    private void end() {
      if (ended) {
        group.guard(
            () -> {
              throw new AssertionError(operation + ": an attempt ended twice");
            });
      }
      ended = true;
    }

    /** There is no answer, or none that says what happened. */
    void over() {
      if (over) {
        return;
      }
      over = true;
      if (operation != current) {
        return;
      }
      if (operation.sequence > 0 && operation.type != Type.DEFINE && chance.with(0.05)) {
        operation.abandoned = true;
        current = null;
        goOn();
      } else {
        askAgain(operation);
      }
    }
  }

  private long now() {
    return group.simulation.nowMicros();
  }
}
