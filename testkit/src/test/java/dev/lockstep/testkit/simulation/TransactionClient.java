package dev.lockstep.testkit.simulation;

import dev.lockstep.protocol.RowReader;
import dev.lockstep.protocol.SessionId;
import dev.lockstep.protocol.StatementCall;
import dev.lockstep.protocol.StatementResult;
import dev.lockstep.server.command.Command;
import dev.lockstep.server.command.CommandProposal;
import dev.lockstep.server.command.CommandResult;
import dev.lockstep.server.command.Digest;
import dev.lockstep.server.command.ExecuteCommand;
import dev.lockstep.server.command.OpenSession;
import dev.lockstep.server.command.StatementCommand;
import dev.lockstep.server.command.StatementCommand.Kind;
import dev.lockstep.server.command.StatementCommand.Rows;
import dev.lockstep.server.command.TransactionCommand;
import dev.lockstep.server.command.TransactionCommand.Step;
import dev.lockstep.server.database.ProvisionalTransaction;
import dev.lockstep.server.database.Replica;
import dev.lockstep.server.database.SessionState;
import dev.lockstep.server.database.StepResult;
import dev.lockstep.server.database.TransactionLimits;
import dev.lockstep.server.database.TransactionLostException;
import dev.lockstep.server.database.TransactionMode;
import dev.lockstep.server.database.TransactionStart;
import dev.lockstep.server.log.LogFailure;
import dev.lockstep.server.log.ReplicatedLog;
import dev.lockstep.testkit.history.ListTransaction;
import dev.lockstep.testkit.history.ListTransaction.Outcome;
import dev.lockstep.testkit.history.Micro;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * An application that runs transactions over lists, one after another, as the driver does: it keeps
 * the script, hands it to the next leader when the present one is lost, asks for the outcome of a
 * commit without an answer, sends it again under the same number, and lets a fence decide where
 * that cannot be.
 */
final class TransactionClient {
  static final int KEYS = 4;
  private static final int STEPS_MAX = 4;
  private static final int KEYS_FIRST_VALUE = 1_000_000;

  final List<ListTransaction> history = new ArrayList<>();
  int resumed;
  int asked;
  int fenced;

  private final ReplicaGroup group;
  private final Chance chance;
  private final int number;
  private final long thinkMicros;
  private final long timeoutMicros;
  private SessionId session = SessionId.NONE;
  private long sequence;
  private int transactions;
  private int values;
  private boolean stopped;
  private Run current;

  TransactionClient(ReplicaGroup group, int number) {
    this.group = group;
    this.number = number;
    this.chance = group.simulation.chance().split();
    this.thinkMicros = chance.between(100, 20_000);
    this.timeoutMicros = chance.between(20_000, 500_000);
  }

  boolean idle() {
    return current == null;
  }

  void stop() {
    stopped = true;
  }

  void start() {
    stopped = false;
    next();
  }

  private void next() {
    later(
        () -> {
          if (!stopped && current == null) {
            begin(chance.below(4) == 0);
          }
        });
  }

  private void begin(boolean autocommit) {
    List<Micro> plan = new ArrayList<>();
    int steps = autocommit ? 1 : 1 + chance.below(STEPS_MAX);
    for (int i = 0; i < steps; i++) {
      int key = chance.below(KEYS);
      plan.add(
          autocommit || chance.with(0.5)
              ? new Micro.Append(key, number * KEYS_FIRST_VALUE + ++values)
              : new Micro.Read(key, List.of()));
    }
    begin(plan, autocommit, autocommit || chance.with(0.9) ? -1 : chance.below(plan.size() + 1));
  }

  /** Reads all lists, as the last transaction of the history. */
  void readAll() {
    List<Micro> plan = new ArrayList<>();
    for (int key = 0; key < KEYS; key++) {
      plan.add(new Micro.Read(key, List.of()));
    }
    begin(plan, false, -1);
  }

  private void begin(List<Micro> plan, boolean autocommit, int giveUpAfter) {
    current = new Run(plan, autocommit, giveUpAfter);
    current.begin();
  }

  private void later(Runnable action) {
    group.simulation.after(
        chance.delay(thinkMicros), "transaction client " + number + " goes on", action);
  }

  private static StatementCommand statement(Micro step) {
    if (step instanceof Micro.Append append) {
      return new StatementCommand(
          new StatementCall(
              "INSERT INTO list VALUES (?, ?) ON CONFLICT (k) DO UPDATE SET v = v || ',' ||"
                  + " excluded.v",
              List.<Object[]>of(
                  new Object[] {(long) append.key(), String.valueOf(append.value())})),
          Kind.CHANGE);
    }
    return new StatementCommand(
        new StatementCall(
            "SELECT v FROM list WHERE k = ?", List.<Object[]>of(new Object[] {(long) step.key()})),
        Kind.QUERY,
        Rows.RESULT,
        0);
  }

  private static List<Integer> valuesOf(CommandResult result) {
    StatementResult.RowSet rows = ((CommandResult.Executed) result).results().get(0).rows();
    RowReader reader = new RowReader(rows.batch(), rows.columns().size());
    List<Integer> list = new ArrayList<>();
    while (reader.next()) {
      Arrays.stream(((String) reader.value(0)).split(",")).map(Integer::valueOf).forEach(list::add);
    }
    return list;
  }

  /** One transaction, until its outcome is known. */
  private final class Run {
    private final List<Micro> plan;
    private final boolean autocommit;
    private final List<Micro> seen = new ArrayList<>();
    private final List<Step> script = new ArrayList<>();
    private final long invoked = group.simulation.nowMicros();
    private final long seed = chance.bits();
    private final int giveUpAfter;
    private long clockMillis;
    private long writeSequence;
    private boolean commitSent;
    private boolean mustDecide;

    private String member;
    private Replica replica;
    private ProvisionalTransaction provisional;

    /**
     * @param giveUpAfter how many steps are followed by a rollback, or -1 for a commit
     */
    Run(List<Micro> plan, boolean autocommit, int giveUpAfter) {
      this.plan = plan;
      this.autocommit = autocommit;
      this.giveUpAfter = giveUpAfter;
    }

    // ---- the session

    void begin() {
      if (!session.isNone()) {
        goOn();
        return;
      }
      SessionId opening = new SessionId(7_000 + number, 1);
      propose(
          clock -> new OpenSession(ReplicaGroup.DATABASE, opening, clock),
          result -> {
            session = opening;
            goOn();
          },
          this::begin);
    }

    private void goOn() {
      if (autocommit) {
        if (writeSequence == 0) {
          writeSequence = ++sequence;
          seen.add(plan.get(0));
        }
        autocommit();
      } else {
        step();
      }
    }

    /** The same command under the same number until there is an answer: applied once. */
    private void autocommit() {
      propose(
          clock ->
              new ExecuteCommand(
                  ReplicaGroup.DATABASE,
                  session,
                  writeSequence,
                  clock,
                  seed,
                  false,
                  List.of(statement(plan.get(0)))),
          result -> end(Outcome.COMMITTED),
          this::autocommit);
    }

    // ---- before the commit

    private void step() {
      if (!isAlive() && !resume()) {
        return;
      }
      if (script.size() == giveUpAfter) {
        provisional.rollback();
        end(Outcome.ROLLED_BACK);
        return;
      }
      if (script.size() == plan.size()) {
        commit();
        return;
      }
      Micro next = plan.get(script.size());
      boolean[] done = {false};
      ProvisionalTransaction stepping = provisional;
      stepping.whenTurn(
          lost -> {
            try {
              if (lost != null) {
                throw lost;
              }
              StepResult result = stepping.step(List.of(statement(next)));
              script.add(new Step(List.of(statement(next)), result.seen()));
              seen.add(
                  next instanceof Micro.Read read
                      ? new Micro.Read(read.key(), valuesOf(result.result()))
                      : next);
              done[0] = true;
            } catch (TransactionLostException e) {
              lost(e);
            } finally {
              stepping.requestEnded();
            }
          });
      if (done[0]) {
        later(this::ifCurrent);
      }
    }

    private void ifCurrent() {
      if (current == this) {
        step();
      }
    }

    private boolean isAlive() {
      return provisional != null && group.replicas.get(member) == replica;
    }

    /** Begins the transaction, or goes on with its script, at whoever leads. */
    private boolean resume() {
      List<String> leaders = group.leaders();
      if (leaders.isEmpty()) {
        group.simulation.after(
            chance.between(1_000, 50_000), "client " + number + " looks", this::ifCurrent);
        return false;
      }
      member = chance.pick(leaders);
      replica = group.replicas.get(member);
      if (clockMillis == 0) {
        clockMillis = group.clockMillis(member);
      }
      provisional =
          replica
              .transactions()
              .begin(
                  new TransactionStart(
                      session,
                      clockMillis,
                      seed,
                      TransactionMode.OPTIMISTIC,
                      TransactionLimits.DEFAULT,
                      script));
      if (script.isEmpty()) {
        return true;
      }
      resumed++;
      boolean[] alike = {false};
      ProvisionalTransaction replaying = provisional;
      replaying.whenTurn(
          lost -> {
            try {
              if (lost != null) {
                throw lost;
              }
              replaying.replay();
              alike[0] = true;
            } catch (TransactionLostException e) {
              lost(e);
            } finally {
              replaying.requestEnded();
            }
          });
      return alike[0];
    }

    private void lost(TransactionLostException e) {
      provisional = null;
      if (!e.sqlState().equals("40001")) {
        // This node has lost it, not the transaction itself.
        group.simulation.after(
            chance.between(1_000, 50_000), "client " + number + " goes elsewhere", this::ifCurrent);
      } else if (commitSent) {
        // The commit may have been applied after all, and be what has changed.
        mustDecide = true;
        decide();
      } else {
        end(Outcome.ROLLED_BACK);
      }
    }

    // ---- the commit

    private void commit() {
      if (provisional.hasWritten()) {
        commitNow();
        return;
      }
      ProvisionalTransaction asking = provisional;
      boolean[] over = {false};
      Runnable elsewhere =
          () -> {
            over[0] = true;
            asking.rollback();
            provisional = null;
            group.simulation.after(
                chance.between(1_000, 50_000),
                "client " + number + " reads again",
                this::ifCurrent);
          };
      group
          .logs
          .get(member)
          .readIndex(
              (index, failure) -> {
                if (over[0]) {
                  return;
                }
                if (failure != null || !isAlive()) {
                  elsewhere.run();
                  return;
                }
                over[0] = true;
                group.guard(this::commitNow);
              });
      group.simulation.after(
          timeoutMicros,
          "client " + number + " waits no longer for a read index",
          () -> {
            if (!over[0]) {
              elsewhere.run();
            }
          });
    }

    private void commitNow() {
      if (provisional.hasWritten() && writeSequence == 0) {
        writeSequence = ++sequence;
      }
      ProvisionalTransaction committing = provisional;
      ReplicatedLog log = group.logs.get(member);
      committing.whenTurn(
          lost -> {
            try {
              if (lost != null) {
                throw lost;
              }
              boolean proposed =
                  committing.commit(
                      session,
                      writeSequence,
                      entry -> {
                        commitSent = true;
                        group.simulation.note(
                            "client "
                                + number
                                + " proposes write "
                                + writeSequence
                                + " at "
                                + member);
                        log.propose(
                            log.status().term(),
                            new Attempt(
                                entry, committing::committed, this::committed, this::unanswered));
                        return true;
                      });
              if (!proposed) {
                end(Outcome.COMMITTED);
              }
            } catch (TransactionLostException e) {
              lost(e);
            } finally {
              committing.requestEnded();
            }
          });
    }

    private void committed(CommandResult result) {
      group.simulation.note(
          "client " + number + ": write " + writeSequence + " was answered " + result);
      if (result instanceof CommandResult.Done) {
        end(Outcome.COMMITTED);
      } else if (((CommandResult.Failed) result).sqlState().equals("40001")) {
        end(Outcome.ROLLED_BACK);
      } else {
        throw new AssertionError("a commit was answered " + result);
      }
    }

    private void unanswered() {
      provisional = null;
      group.simulation.after(
          chance.between(1_000, 50_000),
          "client " + number + " asks for the outcome",
          () -> {
            if (current == this) {
              ask();
            }
          });
    }

    /** What became of the commit, at a leader that has applied what earlier ones committed. */
    private void ask() {
      List<String> leaders = group.leaders();
      if (leaders.isEmpty() || mustDecide) {
        unansweredOrDecide(leaders);
        return;
      }
      String leader = chance.pick(leaders);
      asked++;
      boolean[] over = {false};
      group
          .logs
          .get(leader)
          .readIndex(
              (index, failure) -> {
                if (over[0] || current != this) {
                  return;
                }
                over[0] = true;
                if (failure != null || !group.replicas.containsKey(leader)) {
                  unanswered();
                  return;
                }
                SessionState state = group.replicas.get(leader).session(session).orElseThrow();
                if (state.lastSequence() == writeSequence) {
                  group.guard(() -> committed(state.lastResult()));
                } else {
                  later(this::ifCurrent);
                }
              });
      group.simulation.after(
          timeoutMicros,
          "client " + number + " waits no longer for the outcome",
          () -> {
            if (!over[0] && current == this) {
              over[0] = true;
              unanswered();
            }
          });
    }

    private void unansweredOrDecide(List<String> leaders) {
      if (leaders.isEmpty()) {
        unanswered();
      } else {
        decide();
      }
    }

    /** A command of the same number that cannot succeed: its answer is the commit's, or final. */
    private void decide() {
      fenced++;
      propose(
          clock ->
              new TransactionCommand(
                  ReplicaGroup.DATABASE,
                  session,
                  writeSequence,
                  clock,
                  0,
                  0,
                  List.of(
                      new Step(
                          List.of(
                              new StatementCommand(
                                  new StatementCall("SELECT 1"), Kind.QUERY, Rows.RESULT, 0)),
                          Digest.ZERO))),
          this::committed,
          this::decide);
    }

    private void end(Outcome outcome) {
      group.simulation.note(
          "client "
              + number
              + ": transaction "
              + (transactions + 1)
              + " as write "
              + writeSequence
              + " is "
              + outcome);
      if (current != this) {
        throw new AssertionError("a transaction ended twice");
      }
      current = null;
      history.add(
          new ListTransaction(
              number * KEYS_FIRST_VALUE + ++transactions,
              invoked,
              group.simulation.nowMicros(),
              outcome,
              seen));
      next();
    }

    // ---- single commands

    private interface Maker {
      Command make(long clockMillis);
    }

    private void propose(Maker maker, Consumer<CommandResult> then, Runnable again) {
      List<String> leaders = group.leaders();
      if (leaders.isEmpty()) {
        group.simulation.after(chance.between(1_000, 50_000), "client " + number + " looks", again);
        return;
      }
      String leader = chance.pick(leaders);
      ReplicatedLog log = group.logs.get(leader);
      Attempt attempt =
          new Attempt(
              maker.make(group.clockMillis(leader)).encode(),
              () -> {},
              then,
              () ->
                  group.simulation.after(
                      chance.between(1_000, 50_000), "client " + number + " again", again));
      log.propose(log.status().term(), attempt);
    }
  }

  /** One proposal; whoever waits for it may give it up before it ends. */
  private final class Attempt implements CommandProposal {
    private final byte[] command;
    private final Runnable ended;
    private final Consumer<CommandResult> answered;
    private final Runnable unanswered;
    private boolean over;

    Attempt(byte[] command, Runnable ended, Consumer<CommandResult> answered, Runnable unanswered) {
      this.command = command;
      this.ended = ended;
      this.answered = answered;
      this.unanswered = unanswered;
      group.simulation.after(
          timeoutMicros / 2 + chance.delay(timeoutMicros),
          "transaction client " + number + " waits no longer",
          this::giveUp);
    }

    @Override
    public byte[] command() {
      return command;
    }

    @Override
    public void applied(long index, CommandResult result) {
      ended.run();
      boolean first = !over;
      over = true;
      if (first && chance.with(0.1)) {
        // As if the answer had been lost.
        unanswered.run();
      } else if (first) {
        group.guard(() -> answered.accept(result));
      }
    }

    @Override
    public void failed(LogFailure failure) {
      ended.run();
      giveUp();
    }

    private void giveUp() {
      if (!over) {
        over = true;
        unanswered.run();
      }
    }
  }
}
