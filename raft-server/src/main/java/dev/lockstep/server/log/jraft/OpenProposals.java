package dev.lockstep.server.log.jraft;

import dev.lockstep.server.log.LogFailure;
import dev.lockstep.server.log.Proposal;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * All proposals that are not ended. The engine loses some when it is stopped, so they are kept here
 * to be failed at the end. Used by several threads.
 */
final class OpenProposals {
  private final Set<OpenProposal> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger count = new AtomicInteger();
  private final int max;

  private final ProposalGate gate;

  OpenProposals(int max, ProposalGate.Engine engine) {
    this.max = max;
    this.gate = new ProposalGate(engine);
  }

  /**
   * @return null if too many are open
   */
  OpenProposal add(long term, Proposal proposal) {
    if (count.incrementAndGet() > max) {
      count.decrementAndGet();
      return null;
    }
    OpenProposal added = new OpenProposal(term, proposal, this);
    open.add(added);
    return added;
  }

  void ended(OpenProposal proposal) {
    if (open.remove(proposal)) {
      count.decrementAndGet();
      gate.ended(proposal);
    }
  }

  /** Gives the proposal to the engine, as soon as the gate lets it pass. */
  void pass(OpenProposal proposal) {
    gate.pass(proposal);
  }

  void sweep() {
    gate.sweep();
  }

  int count() {
    return count.get();
  }

  void failAll(LogFailure failure) {
    for (OpenProposal proposal : open) {
      proposal.fail(failure);
    }
  }
}
