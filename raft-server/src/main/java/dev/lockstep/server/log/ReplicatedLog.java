package dev.lockstep.server.log;

/**
 * One member's end of a replicated log. Commands that are proposed here come back, on every member
 * and in the same order, through {@link StateMachine#apply}.
 *
 * <p>All methods may be called by any thread, event loops included: none of them blocks, besides
 * {@link #close}. Completions are called on threads of the engine and must not block either.
 */
public interface ReplicatedLog extends AutoCloseable {

  /**
   * Offers a command to the log. The log takes over the proposal and ends it exactly once: either
   * it hands it to {@link StateMachine#apply} with the committed entry on this member, or it calls
   * {@link Proposal#failed}. Not after both, and on no path after neither.
   *
   * <p>The command enters the log only if this member still leads the given term when it is
   * appended (so a command that waited in a queue across an election cannot come late).
   *
   * @param term the term in which the caller decided to propose, from {@link #status}
   */
  void propose(long term, Proposal proposal);

  /**
   * Makes a linearizable read possible (Raft thesis, section 6.4: ReadIndex): finds the index that
   * was committed when the read came, asking the leader on a follower, and waits until this member
   * has applied everything up to it. That index may be one of the engine's own entries, which the
   * state machine never sees: so the log waits, not the caller.
   */
  void readIndex(ReadIndexCompletion completion);

  /** What this member knows of itself and the leader now; cheap. */
  LogStatus status();

  /** Has a snapshot taken and the log before it dropped; the completion says how it went. */
  void snapshot(Completion completion);

  /**
   * Hands the leadership to another member that is caught up, if this member leads.
   *
   * @param targetMember id of the member that is to lead, or the empty text for the best one
   */
  void transferLeadership(String targetMember, Completion completion);

  /**
   * Stops the member: hands the leadership over first if it leads, waits for the state machine to
   * finish what it is doing, fails all open proposals, gives back all threads and files.
   * Idempotent.
   */
  @Override
  void close();

  /**
   * Stops the member as {@link #close} does, but without waiting for commands on their way and
   * without handing the leadership over: what the others see of a member that died. For tests.
   */
  default void abandon() {
    close();
  }

  /** Called once; {@code failure} is null if it went well. */
  interface Completion {
    void completed(LogFailure failure);
  }

  /** Called once. */
  interface ReadIndexCompletion {
    /**
     * @param index the log index up to which this member has applied everything, if {@code failure}
     *     is null: the read may run now
     */
    void completed(long index, LogFailure failure);
  }
}
