package dev.lockstep.server.service;

import dev.lockstep.protocol.ClientMessage;
import dev.lockstep.protocol.ClientMessage.Cancel;
import dev.lockstep.protocol.ClientMessage.CloseCursor;
import dev.lockstep.protocol.ClientMessage.CloseSession;
import dev.lockstep.protocol.ClientMessage.Commit;
import dev.lockstep.protocol.ClientMessage.Describe;
import dev.lockstep.protocol.ClientMessage.Execute;
import dev.lockstep.protocol.ClientMessage.Fetch;
import dev.lockstep.protocol.ClientMessage.FixState;
import dev.lockstep.protocol.ClientMessage.GetStatus;
import dev.lockstep.protocol.ClientMessage.Hello;
import dev.lockstep.protocol.ClientMessage.OpenSession;
import dev.lockstep.protocol.ClientMessage.Outcome;
import dev.lockstep.protocol.ClientMessage.Ping;
import dev.lockstep.protocol.ClientMessage.ReadContent;
import dev.lockstep.protocol.ClientMessage.ReadState;
import dev.lockstep.protocol.ClientMessage.RenewSession;
import dev.lockstep.protocol.ClientMessage.Resume;
import dev.lockstep.protocol.ClientMessage.Rollback;
import dev.lockstep.protocol.ServerMessage;
import dev.lockstep.protocol.ServerMessage.Failure;
import dev.lockstep.protocol.SessionId;
import dev.lockstep.server.command.Command;
import dev.lockstep.server.command.FixContent;
import dev.lockstep.server.database.TransactionView;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * One connection's requests, in their order: one begins when the one before it is answered, except
 * that autocommit writes may follow each other into the log. Lives on the connection's event loop,
 * but for {@link #cancel} and {@link #sweep}.
 */
final class DatabaseConversation implements Conversation {
  /** An Execute of more calls is looked at by a worker, to keep the event loop free. */
  private static final int CALLS_ON_EVENT_LOOP_MAX = 16;

  private final DatabaseService service;
  private final Backend backend;
  private final ClientConnection connection;
  private final long id;
  private final long cancelKey;
  private final boolean hasDatabase;
  private final Cursors cursors;
  private final Reads reads;
  private final Statements statements;
  private final Transactions transactions;
  private final Snapshots snapshots;
  private final Outcomes outcomes;

  /** What the connection reads of the state; null while it does not. */
  private StateSource stateSource;

  private final Deque<ClientRequest> waiting = new ArrayDeque<>();

  /** The request that keeps all later ones waiting, or null. */
  private volatile RunningRequest running;

  /** Writes that were proposed and are not answered yet. */
  private int proposed;

  /** What goes on when they are answered, or null. */
  private Runnable whenQuiet;

  private boolean gone;

  DatabaseConversation(
      DatabaseService service,
      Backend backend,
      ClientConnection connection,
      Hello hello,
      long id,
      long cancelKey) {
    this.service = service;
    this.backend = backend;
    this.connection = connection;
    this.id = id;
    this.cancelKey = cancelKey;
    this.hasDatabase = !hello.database().isEmpty();
    this.cursors = new Cursors(backend.options().limits().cursorsPerConnectionMax());
    this.reads = new Reads(backend, cursors);
    this.statements = new Statements(backend);
    this.transactions = new Transactions(backend);
    this.snapshots = new Snapshots(backend, reads, statements);
    this.outcomes = new Outcomes(backend);
  }

  long id() {
    return id;
  }

  /** The read-only transaction that is open, as others see it, or null. From any thread. */
  TransactionView snapshotView(long nanoTime) {
    return snapshots.view(nanoTime);
  }

  int openCursors() {
    return cursors.count();
  }

  @Override
  public void receive(ClientRequest request) {
    if (request.message() instanceof Ping) {
      // A sign of life: asked for by a client whose other request takes long, so not kept waiting.
      request.answer(new ServerMessage.Done(backend.replica().appliedIndex()));
      return;
    }
    service.requestBegan();
    waiting.add(request);
    advance();
  }

  @Override
  public void answered(ClientRequest request) {
    if (request.message() instanceof Ping) {
      return;
    }
    service.requestEnded();
    if (request.message() instanceof Execute execute) {
      backend
          .statistics()
          .executed(execute, request.given(), System.nanoTime() - request.arrivedNanos());
    }
    RunningRequest present = running;
    if (present != null && present.request() == request) {
      present.done();
      running = null;
    } else {
      proposed--;
      if (proposed == 0 && whenQuiet != null) {
        Runnable next = whenQuiet;
        whenQuiet = null;
        next.run();
      }
    }
    advance();
  }

  @Override
  public void disconnected() {
    gone = true;
    service.ended(this);
    int unanswered = waiting.size() + proposed + (running == null ? 0 : 1);
    for (int i = 0; i < unanswered; i++) {
      service.requestEnded();
    }
    waiting.clear();
    whenQuiet = null;
    RunningRequest present = running;
    if (present != null) {
      present.end(Failures.unavailable("the client is gone"));
      present.done();
    }
    transactions.rollback();
    snapshots.end();
    closeLater(cursors.close());
    StateSource source = stateSource;
    if (source != null && !backend.workers().execute(source::close)) {
      source.close();
    }
  }

  /** Ends what is running, if the key is right. From any thread. */
  void cancel(long key) {
    RunningRequest present = running;
    if (key == cancelKey && present != null) {
      present.end(Failures.statement("57014", "canceling statement due to user request"));
    }
  }

  /** Closes cursors that were idle too long. From any thread. */
  void sweep(long nanoTime) {
    long idleNanosMax =
        TimeUnit.MILLISECONDS.toNanos(backend.options().limits().cursorIdleMillis());
    closeLater(cursors.expire(nanoTime, idleNanosMax));
    snapshots.sweep(nanoTime);
  }

  private void closeLater(List<Cursor> unwanted) {
    if (!unwanted.isEmpty() && !backend.workers().execute(() -> unwanted.forEach(Cursor::close))) {
      unwanted.forEach(Cursor::close);
    }
  }

  private void advance() {
    while (running == null && !gone && !waiting.isEmpty()) {
      ClientRequest request = waiting.poll();
      RunningRequest next = new RunningRequest(request);
      running = next;
      begin(next, request.message());
    }
  }

  private void begin(RunningRequest next, ClientMessage message) {
    ClientRequest request = next.request();
    if (message instanceof GetStatus) {
      backend
          .workers()
          .execute(
              request,
              () -> request.answer(new ServerMessage.StatusReport(service.statusValues())),
              () -> {});
    } else if (message instanceof Cancel cancel) {
      service.cancel(cancel);
      request.answer(new ServerMessage.Done(backend.replica().appliedIndex()));
    } else if (message instanceof Hello) {
      request.answer(Failures.protocol("HELLO came twice"));
    } else if (!hasDatabase) {
      request.answer(Failures.statement("3D000", "the connection has named no database"));
    } else {
      Failure unavailable = backend.unavailable();
      if (unavailable != null) {
        request.answer(unavailable);
      } else {
        beginOnDatabase(next, message);
      }
    }
  }

  private void beginOnDatabase(RunningRequest next, ClientMessage message) {
    ClientRequest request = next.request();
    if (message instanceof Execute execute) {
      limit(next, execute.timeoutMillis());
      execute(next, execute);
    } else if (message instanceof Fetch fetch) {
      snapshots.used();
      reads.fetch(next, fetch);
    } else if (message instanceof CloseCursor close) {
      Cursor cursor = cursors.remove(close.cursor());
      if (cursor != null) {
        closeLater(List.of(cursor));
      }
      request.answer(new ServerMessage.Done(backend.replica().appliedIndex()));
    } else if (message instanceof Commit commit) {
      if (snapshots.has(commit.transaction())) {
        snapshots.end();
        request.answer(new ServerMessage.Done(backend.replica().appliedIndex()));
      } else if (hasSequence(request, commit.sequence())) {
        transactions.commit(next, commit);
      }
    } else if (message instanceof Rollback rollback) {
      if (snapshots.has(rollback.transaction())) {
        snapshots.end();
      } else if (transactions.has(rollback.transaction())) {
        transactions.rollback();
      }
      request.answer(new ServerMessage.Done(backend.replica().appliedIndex()));
    } else if (message instanceof Resume resume) {
      limit(next, resume.timeoutMillis());
      whenQuiet(() -> resume(next, resume));
    } else if (message instanceof Outcome outcome) {
      if (outcome.session().isNone()) {
        request.answer(Failures.protocol("an outcome without a session"));
      } else if (hasSequence(request, outcome.sequence())) {
        whenQuiet(() -> outcomes.find(next, outcome));
      }
    } else if (message instanceof Describe describe) {
      if (!transactions.describe(next, describe)) {
        statements.describe(next, describe);
      }
    } else if (message instanceof OpenSession open) {
      session(
          request,
          open.session(),
          new dev.lockstep.server.command.OpenSession(
              backend.options().database(), open.session(), backend.clockMillis()));
    } else if (message instanceof RenewSession renew) {
      session(
          request,
          renew.session(),
          new dev.lockstep.server.command.RenewSession(
              backend.options().database(), renew.session(), backend.clockMillis()));
    } else if (message instanceof CloseSession close) {
      session(
          request,
          close.session(),
          new dev.lockstep.server.command.CloseSession(
              backend.options().database(), close.session(), backend.clockMillis()));
    } else if (message instanceof ReadState read) {
      readState(next, read);
    } else if (message instanceof FixState) {
      propose(request, new FixContent(backend.options().database()));
    } else if (message instanceof ReadContent read) {
      onWorkerWhenApplied(
          request, read.fixedIndex(), () -> ContentReads.read(backend.replica(), read));
    } else {
      throw new IllegalStateException("no such request: " + message.type());
    }
  }

  private void readState(RunningRequest next, ReadState read) {
    ClientRequest request = next.request();
    if (stateSource == null) {
      stateSource = new StateSource(backend, id);
    }
    StateSource source = stateSource;
    onWorkerWhenApplied(request, read.appliedIndexMin(), () -> source.read(read));
  }

  private void onWorkerWhenApplied(
      ClientRequest request, long index, Supplier<ServerMessage> answer) {
    backend
        .replica()
        .whenApplied(
            index,
            failure -> {
              if (failure != null) {
                request.answer(Failures.of(failure, backend.topology()));
              } else {
                backend.workers().execute(request, () -> request.answer(answer.get()), () -> {});
              }
            });
  }

  private void session(ClientRequest request, SessionId session, Command command) {
    if (session.isNone()) {
      request.answer(Failures.protocol("the session has no id"));
    } else {
      propose(request, command);
    }
  }

  private void execute(RunningRequest next, Execute execute) {
    if (execute.transaction() > 0) {
      whenQuiet(() -> step(next, execute));
    } else {
      Plan plan =
          execute.calls().size() <= CALLS_ON_EVENT_LOOP_MAX ? statements.knownPlan(execute) : null;
      if (plan != null) {
        execute(next, execute, plan);
      } else {
        statements.plan(
            next,
            execute,
            Plan.Purpose.AUTOCOMMIT,
            found -> connection.execute(() -> execute(next, execute, found)));
      }
    }
  }

  private void step(RunningRequest next, Execute execute) {
    long number = execute.transaction();
    boolean begins =
        execute.begin() != null && !snapshots.isPast(number) && !transactions.isPast(number);
    if (execute.seen().count() > 0 && !execute.readOnly()) {
      next.request().answer(Failures.protocol("rows to skip in a transaction that may write"));
    } else if (begins && execute.readOnly()) {
      transactions.rollback();
      snapshots.begin(number, execute.begin());
      readOnlyStep(next, execute);
    } else if (snapshots.has(number)) {
      readOnlyStep(next, execute);
    } else {
      if (begins) {
        snapshots.end();
      }
      transactions.execute(next, execute);
    }
  }

  private void readOnlyStep(RunningRequest next, Execute execute) {
    statements.plan(
        next,
        execute,
        Plan.Purpose.TRANSACTION,
        plan ->
            connection.execute(
                () -> {
                  if (!next.over() && !gone) {
                    if (hasOneResult(next.request(), execute, plan)) {
                      snapshots.step(next, execute, plan);
                    }
                  }
                }));
  }

  private void resume(RunningRequest next, Resume resume) {
    long number = resume.transaction();
    if (snapshots.isPast(number) || transactions.isPast(number)) {
      next.request().answer(Failures.protocol("transaction " + number + " came before"));
    } else if (resume.readOnly()) {
      transactions.rollback();
      snapshots.resume(next, resume);
    } else {
      snapshots.end();
      transactions.resume(next, resume);
    }
  }

  private static boolean hasOneResult(ClientRequest request, Execute execute, Plan plan) {
    if (execute.seen().count() == 0 || (plan.statements().size() == 1 && !plan.writes())) {
      return true;
    }
    request.answer(Failures.protocol("rows to skip of something else than one query"));
    return false;
  }

  private void execute(RunningRequest next, Execute execute, Plan plan) {
    if (next.over() || gone || !hasOneResult(next.request(), execute, plan)) {
      return;
    }
    if (!plan.writes()) {
      whenQuiet(() -> reads.start(next, execute, plan));
      return;
    }
    ClientRequest request = next.request();
    if (execute.session().isNone()) {
      request.answer(
          backend.log().status().leads()
              ? Failures.sessionRequired()
              : Failures.notLeader(backend.topology()));
    } else if (hasSequence(request, execute.sequence())) {
      ServerMessage kept = outcomes.kept(execute.session(), execute.sequence());
      if (kept != null) {
        request.answer(kept);
      } else if (plan.usesNamedLocks()) {
        whenQuiet(() -> lock(next, execute, plan));
      } else {
        propose(request, statements.command(execute, plan, false));
      }
    }
  }

  /** All later requests wait for this one, as it may take long. */
  private void lock(RunningRequest next, Execute execute, Plan plan) {
    new LockRequest(backend, next, waits -> statements.command(execute, plan, waits).encode())
        .tryAgain();
  }

  private boolean hasSequence(ClientRequest request, long sequence) {
    if (sequence > 0) {
      return true;
    }
    request.answer(Failures.protocol("a write with sequence " + sequence));
    return false;
  }

  /** Proposes the write, and lets the next request begin: its place in the log is settled. */
  private void propose(ClientRequest request, Command command) {
    RunningRequest present = running;
    present.done();
    running = null;
    proposed++;
    Failure failure = backend.propose(request, command, answer -> answer);
    if (failure != null) {
      request.answer(failure);
    }
    // The caller may be a task of its own, after which nobody looks at the queue.
    advance();
  }

  /** Goes on when all writes before are answered: what comes now may depend on them. */
  private void whenQuiet(Runnable next) {
    if (proposed == 0) {
      next.run();
    } else {
      whenQuiet = next;
    }
  }

  private void limit(RunningRequest next, int timeoutMillis) {
    if (timeoutMillis > 0) {
      next.limitedBy(
          backend
              .timer()
              .schedule(
                  () ->
                      next.end(
                          Failures.statement(
                              "57014", "canceling statement due to statement timeout")),
                  timeoutMillis,
                  TimeUnit.MILLISECONDS));
    }
  }
}
