package dev.lockstep.benchmarks;

import dev.lockstep.server.log.CommittedEntry;
import dev.lockstep.server.log.LogStatus;
import dev.lockstep.server.log.StateMachine;
import java.nio.file.Path;
import java.util.Iterator;

/** A state machine that only says that it has applied an entry. */
final class StatelessMachine implements StateMachine {
  @Override
  public void apply(Iterator<CommittedEntry> batch) {
    while (batch.hasNext()) {
      if (batch.next().proposal() instanceof LogLoad.Timed timed) {
        timed.applied();
      }
    }
  }

  @Override
  public SnapshotWriter beginSnapshot() {
    return new SnapshotWriter() {
      @Override
      public void write(Path directory) {
        // There is no state.
      }

      @Override
      public void close() {
        // Nothing was taken.
      }
    };
  }

  @Override
  public void loadSnapshot(Path directory, long index, long term) {
    // There is no state.
  }

  @Override
  public void leadershipGained(long term) {
    // The load looks at the status.
  }

  @Override
  public void leadershipLost(LogStatus status) {
    System.err.println("the leadership was lost: the figures are worthless");
  }

  @Override
  public void leaderChanged(String leader, long term) {
    // Of no interest.
  }

  @Override
  public void stopped(String reason) {
    throw new IllegalStateException(reason);
  }
}
