package dev.lockstep.server.log.jraft;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Status;
import dev.lockstep.server.log.LogFailure;
import dev.lockstep.server.log.Proposal;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A proposal until it is ended, once, by whoever comes first: the state machine takes it, the
 * engine refuses it, or the log is closed. Used by several threads.
 */
final class OpenProposal implements Closure {
  /** Where it is, as the gate sees it. */
  enum Place {
    NEW,
    WAITS,
    UNDER_WAY,
    ENDED
  }

  final long term;
  final byte[] command;

  /** Guarded by the gate. */
  Place place = Place.NEW;

  private final AtomicReference<Proposal> proposal;
  private final OpenProposals owner;

  OpenProposal(long term, Proposal proposal, OpenProposals owner) {
    this.term = term;
    this.command = proposal.command();
    this.proposal = new AtomicReference<>(proposal);
    this.owner = owner;
  }

  /**
   * Hands the proposal over to the state machine.
   *
   * @return null if it has been ended already
   */
  Proposal take() {
    Proposal taken = proposal.getAndSet(null);
    if (taken != null) {
      owner.ended(this);
    }
    return taken;
  }

  void fail(LogFailure failure) {
    Proposal failed = take();
    if (failed == null) {
      return;
    }
    try {
      failed.failed(failure);
    } catch (RuntimeException e) {
      JRaftLog.LOG.error("a proposal's failure was not accepted: {}", failure, e);
    }
  }

  /** The engine's word; a success is told by handing the entry to the state machine instead. */
  @Override
  public void run(Status status) {
    fail(Failures.ofProposal(status));
  }
}
