package dev.lockstep.testkit.simulation;

import dev.lockstep.server.log.LogFailure;
import dev.lockstep.server.log.Proposal;

/** A proposal's way through the log; sees to it that it ends once. */
final class Ticket {
  private enum State {
    QUEUED,
    APPENDED,
    FAILING,
    DELIVERED,
    FAILED
  }

  final long number;
  final long term;
  final Proposal proposal;
  private final byte[] command;
  private final int commandHash;
  private State state = State.QUEUED;

  Ticket(long number, long term, Proposal proposal) {
    this.number = number;
    this.term = term;
    this.proposal = proposal;
    this.command = proposal.command();
    this.commandHash = java.util.Arrays.hashCode(command);
  }

  byte[] command() {
    return command;
  }

  void appended() {
    move(State.QUEUED, State.APPENDED);
  }

  /** The proposal goes to the state machine, which ends it. */
  void delivered() {
    move(State.APPENDED, State.DELIVERED);
    checkUnchanged();
  }

  /** It is decided that it fails; from here on it is not delivered any more. */
  void failing() {
    if (state != State.QUEUED && state != State.APPENDED) {
      throw new SimulationFailure(this + " fails but is " + state);
    }
    state = State.FAILING;
  }

  void fail(LogFailure failure) {
    move(State.FAILING, State.FAILED);
    checkUnchanged();
    proposal.failed(failure);
  }

  private void move(State from, State to) {
    if (state != from) {
      throw new SimulationFailure(this + " becomes " + to + " but is " + state);
    }
    state = to;
  }

  private void checkUnchanged() {
    if (proposal.command() != command || java.util.Arrays.hashCode(command) != commandHash) {
      throw new SimulationFailure(this + ": the bytes were changed after propose");
    }
  }

  @Override
  public String toString() {
    return "proposal " + number + " of term " + term;
  }
}
