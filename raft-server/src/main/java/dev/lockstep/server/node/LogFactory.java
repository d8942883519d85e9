package dev.lockstep.server.node;

import dev.lockstep.server.log.LogOptions;
import dev.lockstep.server.log.ReplicatedLog;
import dev.lockstep.server.log.StateMachine;
import dev.lockstep.server.log.jraft.JRaftLog;
import java.io.IOException;
import java.nio.file.Path;

/** Opens a node's end of the log: SOFAJRaft's, or another one in tests. */
public interface LogFactory {
  /**
   * Starts the member; the state machine may be called from within already.
   *
   * @throws IOException if its address or its files cannot be used
   */
  ReplicatedLog open(LogOptions options, StateMachine machine) throws IOException;

  /**
   * Replaces the snapshot of this node's member, which is closed, by a newer state.
   *
   * @param state directory with the state's files; they are moved away
   * @param index the last entry that it holds
   * @throws IOException if the member has one that is as new, or the disk fails
   */
  default void replaceSnapshot(LogOptions options, Path state, long index, long term)
      throws IOException {
    JRaftLog.replaceSnapshot(options, state, index, term);
  }
}
