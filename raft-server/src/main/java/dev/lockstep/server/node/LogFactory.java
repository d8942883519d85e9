package dev.lockstep.server.node;

import dev.lockstep.server.log.LogOptions;
import dev.lockstep.server.log.ReplicatedLog;
import dev.lockstep.server.log.StateMachine;
import java.io.IOException;

/** Opens a node's end of the log: SOFAJRaft's, or another one in tests. */
public interface LogFactory {
  /**
   * Starts the member; the state machine may be called from within already.
   *
   * @throws IOException if its address or its files cannot be used
   */
  ReplicatedLog open(LogOptions options, StateMachine machine) throws IOException;
}
