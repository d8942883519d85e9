package dev.lockstep.testkit.simulation;

import dev.lockstep.server.log.CommittedEntry;
import dev.lockstep.server.log.LogFailure;
import dev.lockstep.server.log.LogStatus;
import dev.lockstep.server.log.ReplicatedLog.Completion;
import dev.lockstep.server.log.StateMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * What a member still has to tell its state machine, in order: committed entries, and between them
 * news of the leadership and snapshots. Tells it later, one thing at a time.
 */
final class Delivery {
  /** Something to do once the entry with the index is applied. */
  private record Marker(long index, String what, Step step) {}

  private interface Step {
    void run() throws Exception;
  }

  private final SimulatedLog log;
  private final StateMachine machine;
  private final Deque<Marker> markers = new ArrayDeque<>();
  private long delivered;
  private boolean scheduled;
  private PendingSnapshot pendingSnapshot;
  private long lastSnapshotIndex;
  private long gainedTerm;

  Delivery(SimulatedLog log, StateMachine machine) {
    this.log = log;
    this.machine = machine;
  }

  long delivered() {
    return delivered;
  }

  /** As an engine does on start: the newest snapshot first, entries after it come again. */
  void start() throws Exception {
    DurableLog.Snapshot snapshot = log.disk().snapshot;
    if (snapshot != null) {
      load(snapshot);
    }
  }

  void committed() {
    poke();
  }

  void leadershipGained(long term, long index) {
    add(
        index,
        "leads term " + term,
        () -> {
          if (log.status().leads() && log.status().term() == term || log.chance().with(0.3)) {
            gainedTerm = term;
            machine.leadershipGained(term);
          }
        });
  }

  void leadershipLost(LogStatus status) {
    add(log.commit(), "leads no more", () -> loseLeadership(status));
  }

  private void loseLeadership(LogStatus status) {
    if (gainedTerm != 0) {
      gainedTerm = 0;
      machine.leadershipLost(status);
    }
  }

  void leaderChanged(String leader, long term) {
    add(
        log.commit(),
        "follows '" + leader + "' in term " + term,
        () -> machine.leaderChanged(leader, term));
  }

  void snapshot(Completion completion) {
    add(log.commit(), "snapshot", () -> beginSnapshot(completion));
  }

  void install(DurableLog.Snapshot snapshot, Runnable afterwards) {
    add(
        log.commit(),
        "install snapshot " + snapshot.index(),
        () -> {
          load(snapshot);
          afterwards.run();
        });
  }

  private void add(long index, String what, Step step) {
    markers.add(new Marker(index, what, step));
    poke();
  }

  private void poke() {
    if (!scheduled && (!markers.isEmpty() || delivered < log.commit())) {
      scheduled = true;
      log.later(log.chance().delay(log.conditions().applyMicros()), "delivers", this::next);
    }
  }

  private void next() {
    scheduled = false;
    try {
      Marker marker = markers.peek();
      if (marker != null && marker.index <= delivered) {
        markers.remove();
        log.note(marker.what);
        marker.step.run();
      } else {
        long end = marker == null ? log.commit() : Math.min(log.commit(), marker.index);
        apply(Math.min(end, delivered + log.chance().between(1, log.conditions().batchMax())));
      }
    } catch (SimulationFailure failure) {
      throw failure;
    } catch (Exception | AssertionError failure) {
      log.broken(failure);
      return;
    }
    if (log.running()) {
      poke();
    }
  }

  private void apply(long last) {
    List<DurableLog.Entry> entries = new ArrayList<>();
    for (long i = delivered + 1; i <= last; i++) {
      DurableLog.Entry entry = log.disk().entry(i);
      log.history().checkSame(log.id(), i, entry);
      if (entry.command() != null) {
        entries.add(entry);
      }
    }
    log.note("applies " + (delivered + 1) + "-" + last);
    if (!entries.isEmpty()) {
      Batch batch = new Batch(log, entries.iterator());
      machine.apply(batch);
      if (batch.hasNext()) {
        throw new SimulationFailure(log.id() + " did not take all entries up to " + last);
      }
    }
    delivered = last;
    int every = log.conditions().snapshotEntries();
    if (every > 0 && delivered - lastSnapshotIndex >= every && pendingSnapshot == null) {
      beginSnapshot(failure -> {});
    }
  }

  /** A proposal becomes the state machine's when its entry is taken. */
  private record Batch(SimulatedLog log, Iterator<DurableLog.Entry> entries)
      implements Iterator<CommittedEntry> {
    @Override
    public boolean hasNext() {
      return entries.hasNext();
    }

    @Override
    public CommittedEntry next() {
      DurableLog.Entry entry = entries.next();
      Ticket ticket = log.takeOpen(entry);
      return new CommittedEntry(
          entry.index(), entry.term(), entry.command(), ticket == null ? null : ticket.proposal);
    }
  }

  private void load(DurableLog.Snapshot snapshot) throws Exception {
    if (snapshot.index() > delivered) {
      machine.loadSnapshot(snapshot.directory(), snapshot.index(), snapshot.term());
      delivered = snapshot.index();
      lastSnapshotIndex = snapshot.index();
    }
  }

  /** A snapshot that is begun but not written. */
  private record PendingSnapshot(
      StateMachine.SnapshotWriter writer, long index, long term, Completion completion) {}

  private void beginSnapshot(Completion completion) {
    if (pendingSnapshot != null || delivered <= lastSnapshotIndex) {
      completion.completed(
          pendingSnapshot == null
              ? null
              : new LogFailure(LogFailure.Kind.BUSY, "another snapshot is being taken"));
      return;
    }
    StateMachine.SnapshotWriter writer;
    try {
      writer = machine.beginSnapshot();
    } catch (RuntimeException refused) {
      completion.completed(
          new LogFailure(LogFailure.Kind.FAILED, "no snapshot is taken: " + refused.getMessage()));
      return;
    }
    pendingSnapshot =
        new PendingSnapshot(writer, delivered, log.disk().termAt(delivered), completion);
    long delay = log.chance().delay(log.conditions().applyMicros() * 4);
    log.later(delay, "writes snapshot " + delivered, this::writeSnapshot);
  }

  private void writeSnapshot() {
    PendingSnapshot pending = pendingSnapshot;
    pendingSnapshot = null;
    Exception failure = null;
    Path directory = log.snapshotDirectory(pending.index);
    try (StateMachine.SnapshotWriter writer = pending.writer) {
      Files.createDirectories(directory);
      writer.write(directory);
    } catch (Exception e) {
      failure = e;
    }
    if (failure == null) {
      lastSnapshotIndex = Math.max(lastSnapshotIndex, pending.index);
      log.snapshotTaken(new DurableLog.Snapshot(pending.index, pending.term, directory));
      pending.completion.completed(null);
    } else {
      log.cluster().addFault(log.id(), failure);
      pending.completion.completed(
          new LogFailure(LogFailure.Kind.STOPPED, "snapshot failed: " + failure));
    }
    poke();
  }

  /** Orderly end: what is being done is finished, or given back. */
  void close() {
    if (pendingSnapshot != null && log.chance().with(0.5)) {
      writeSnapshot();
    }
    giveBackSnapshot();
    markers.clear();
    if (log.chance().with(0.5)) {
      loseLeadership(log.status());
    }
  }

  /** No word more to the state machine; only this JVM gets its things back. */
  void abandon() {
    giveBackSnapshot();
    markers.clear();
  }

  void stopped(String reason) {
    giveBackSnapshot();
    markers.clear();
    machine.stopped(reason);
  }

  private void giveBackSnapshot() {
    if (pendingSnapshot != null) {
      PendingSnapshot pending = pendingSnapshot;
      pendingSnapshot = null;
      pending.writer.close();
    }
  }

  /** Copies the files of a snapshot, which has no directories in it, or one level of them. */
  static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (var files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
  }
}
