package dev.lockstep.server.log.jraft;

import dev.lockstep.server.log.CommittedEntry;
import dev.lockstep.server.log.LogStatus;
import dev.lockstep.server.log.StateMachine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Semaphore;

/**
 * A state that is the list of all commands as texts, held in memory; so a restarted member begins
 * with an empty one. Read by the test's thread while the engine's thread writes it.
 */
class ListMachine implements StateMachine {
  private static final String FILE = "commands";

  private final List<String> commands = new ArrayList<>();
  private final List<String> events = new ArrayList<>();
  private final Semaphore gate = new Semaphore(1);
  private long appliedIndex;
  private int largestBatch;
  private int loadedSnapshots;
  private String poison;
  private String stopReason;
  private volatile boolean trusted = true;

  @Override
  public void apply(Iterator<CommittedEntry> batch) {
    gate.acquireUninterruptibly();
    try {
      List<CommittedEntry> taken = new ArrayList<>();
      batch.forEachRemaining(taken::add);
      applyAll(taken);
      for (CommittedEntry entry : taken) {
        if (entry.proposal() instanceof WaitingProposal waiting) {
          waiting.applied(entry.index());
        }
      }
    } finally {
      gate.release();
    }
  }

  /** Whether the state is right, as far as is known. */
  void trust(boolean right) {
    trusted = right;
  }

  @Override
  public boolean isTrusted() {
    return trusted;
  }

  private synchronized void applyAll(List<CommittedEntry> taken) {
    largestBatch = Math.max(largestBatch, taken.size());
    List<CommittedEntry> fresh = taken.stream().filter(e -> e.index() > appliedIndex).toList();
    for (CommittedEntry entry : fresh) {
      if (WaitingProposal.text(entry.command()).equals(poison)) {
        taken.forEach(ListMachine::refused);
        throw new IllegalStateException("poisoned");
      }
    }
    for (CommittedEntry entry : fresh) {
      commands.add(WaitingProposal.text(entry.command()));
      appliedIndex = entry.index();
    }
  }

  private static void refused(CommittedEntry entry) {
    if (entry.proposal() instanceof WaitingProposal waiting) {
      waiting.refused();
    }
  }

  @Override
  public synchronized SnapshotWriter beginSnapshot() {
    List<String> lines = new ArrayList<>(commands);
    lines.add(0, Long.toString(appliedIndex));
    return new SnapshotWriter() {
      @Override
      public void write(Path directory) throws IOException {
        Files.write(directory.resolve(FILE), lines);
      }

      @Override
      public void close() {
        // The copy above is all there is.
      }
    };
  }

  @Override
  public synchronized void loadSnapshot(Path directory, long index, long term) {
    try {
      List<String> lines = Files.readAllLines(directory.resolve(FILE));
      commands.clear();
      commands.addAll(lines.subList(1, lines.size()));
      appliedIndex = Long.parseLong(lines.get(0));
      loadedSnapshots++;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public synchronized void leadershipGained(long term) {
    events.add("gained");
  }

  @Override
  public synchronized void leadershipLost(LogStatus status) {
    events.add("lost");
  }

  @Override
  public void leaderChanged(String leader, long term) {
    // The status tells.
  }

  @Override
  public synchronized void stopped(String reason) {
    stopReason = reason;
  }

  synchronized List<String> commands() {
    return List.copyOf(commands);
  }

  synchronized List<String> events() {
    return List.copyOf(events);
  }

  @Override
  public synchronized long appliedIndex() {
    return appliedIndex;
  }

  synchronized int largestBatch() {
    return largestBatch;
  }

  synchronized int loadedSnapshots() {
    return loadedSnapshots;
  }

  synchronized String stopReason() {
    return stopReason;
  }

  /** Drops the commands, so that snapshots are small. */
  synchronized void forget() {
    commands.clear();
  }

  /** Lets the machine fail when this command comes. */
  synchronized void poison(String command) {
    poison = command;
  }

  /** Keeps the engine's thread in the next {@link #apply} until {@link #resume}. */
  void pause() {
    gate.acquireUninterruptibly();
  }

  void resume() {
    gate.release();
  }
}
