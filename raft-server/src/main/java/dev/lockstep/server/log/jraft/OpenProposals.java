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

  OpenProposals(int max) {
    this.max = max;
  }

  /**
   * @return null if too many are open
   */
  OpenProposal add(Proposal proposal) {
    if (count.incrementAndGet() > max) {
      count.decrementAndGet();
      return null;
    }
    OpenProposal added = new OpenProposal(proposal, this);
    open.add(added);
    return added;
  }

  void ended(OpenProposal proposal) {
    if (open.remove(proposal)) {
      count.decrementAndGet();
    }
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
