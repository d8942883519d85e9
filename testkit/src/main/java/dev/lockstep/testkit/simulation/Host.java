package dev.lockstep.testkit.simulation;

import dev.lockstep.server.log.ReplicatedLog;
import dev.lockstep.server.log.StateMachine;

/** What runs on the members of a simulated group; single-threaded, like all of the simulation. */
public interface Host {
  /** Opens the member's state machine from its files. */
  StateMachine open(String member) throws Exception;

  /** The member takes part; called after {@link #open} and after a snapshot was loaded, if any. */
  void started(String member, ReplicatedLog log);

  /** Closes the state machine, in good order; its log is closed already. */
  void close(String member) throws Exception;

  /**
   * The member's process was killed: what is on the disk now is what it finds when it is opened
   * again. Proposals and questions that it had open are never answered.
   */
  void crash(String member) throws Exception;
}
