package dev.lockstep.testkit;

import dev.lockstep.server.command.Command;
import dev.lockstep.server.log.CommittedEntry;
import dev.lockstep.server.log.LogStatus;
import dev.lockstep.server.log.StateMachine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** A state machine that is given other commands than those in the log, to make it diverge. */
final class TamperedMachine implements StateMachine {
  private final StateMachine machine;
  private final Supplier<UnaryOperator<Command>> tampering;

  /**
   * @param tampering what to do to commands at the moment: change them, or leave them out by giving
   *     null, which only a follower's can
   */
  TamperedMachine(StateMachine machine, Supplier<UnaryOperator<Command>> tampering) {
    this.machine = machine;
    this.tampering = tampering;
  }

  @Override
  public void apply(Iterator<CommittedEntry> batch) {
    List<CommittedEntry> entries = new ArrayList<>();
    while (batch.hasNext()) {
      CommittedEntry entry = batch.next();
      Command command = Command.decode(entry.command());
      Command changed = tampering.get().apply(command);
      if (changed == command) {
        entries.add(entry);
      } else if (changed != null) {
        entries.add(
            new CommittedEntry(entry.index(), entry.term(), changed.encode(), entry.proposal()));
      }
    }
    if (!entries.isEmpty()) {
      machine.apply(entries.iterator());
    }
  }

  @Override
  public SnapshotWriter beginSnapshot() {
    return machine.beginSnapshot();
  }

  @Override
  public void loadSnapshot(Path directory, long index, long term) throws Exception {
    machine.loadSnapshot(directory, index, term);
  }

  @Override
  public void leadershipGained(long term) {
    machine.leadershipGained(term);
  }

  @Override
  public void leadershipLost(LogStatus status) {
    machine.leadershipLost(status);
  }

  @Override
  public void leaderChanged(String leader, long term) {
    machine.leaderChanged(leader, term);
  }

  @Override
  public void stopped(String reason) {
    machine.stopped(reason);
  }

  @Override
  public long stateBytes() {
    return machine.stateBytes();
  }

  @Override
  public void closing() {
    machine.closing();
  }

  @Override
  public boolean isTrusted() {
    return machine.isTrusted();
  }

  @Override
  public boolean hasRoom() {
    return machine.hasRoom();
  }

  @Override
  public long appliedIndex() {
    return machine.appliedIndex();
  }

  @Override
  public void opening() {
    machine.opening();
  }

  @Override
  public void checkSnapshot(Path directory) throws Exception {
    machine.checkSnapshot(directory);
  }
}
