package dev.lockstep.server.log.jraft;

import dev.lockstep.server.log.jraft.OpenProposal.Place;
import java.util.ArrayList;
import java.util.List;

/**
 * Gives proposals to the engine in groups, so that each write to a disk, message and SQLite
 * transaction serves many of them: a proposal waits while more are under way than wait. One that
 * comes alone passes at once; under load the groups grow to about half of what is open, and one is
 * agreed upon while the one before is applied and answered. Used by several threads; the order of
 * {@link #pass} is kept.
 */
final class ProposalGate {
  /** Takes the proposals that pass; may end them at once, and throws nothing. */
  interface Engine {
    void accept(OpenProposal proposal);
  }

  private final Engine engine;
  private List<OpenProposal> waiting = new ArrayList<>();
  private int underWay;

  /** How often those that wait have been seen waiting. */
  private int sweeps;

  /** Whether a thread is giving proposals to the engine; it takes along what comes meanwhile. */
  private boolean open;

  ProposalGate(Engine engine) {
    this.engine = engine;
  }

  void pass(OpenProposal proposal) {
    synchronized (this) {
      if (proposal.place == Place.ENDED) {
        return;
      }
      proposal.place = Place.WAITS;
      waiting.add(proposal);
    }
    release(false);
  }

  /** The proposal has come back, or will not. */
  void ended(OpenProposal proposal) {
    synchronized (this) {
      Place before = proposal.place;
      proposal.place = Place.ENDED;
      if (before != Place.UNDER_WAY) {
        return;
      }
      underWay--;
    }
    release(false);
  }

  /**
   * Lets pass what waits since the last call but one. To be called now and then: what the engine
   * has forgotten must not hold up the others for ever.
   */
  void sweep() {
    synchronized (this) {
      sweeps = waiting.isEmpty() ? 0 : sweeps + 1;
      if (sweeps < 2) {
        return;
      }
    }
    release(true);
  }

  private void release(boolean regardless) {
    List<OpenProposal> group = begin(regardless);
    while (group != null) {
      // Without the lock: the engine ends proposals, and whoever waits for them has locks too.
      group.forEach(engine::accept);
      group = next();
    }
  }

  private synchronized List<OpenProposal> begin(boolean regardless) {
    return open ? null : group(regardless);
  }

  private synchronized List<OpenProposal> next() {
    open = false;
    return group(false);
  }

  private List<OpenProposal> group(boolean regardless) {
    if (waiting.isEmpty() || !regardless && waiting.size() < underWay) {
      return null;
    }
    List<OpenProposal> group = waiting;
    waiting = new ArrayList<>(group.size());
    group.removeIf(proposal -> proposal.place == Place.ENDED);
    for (OpenProposal proposal : group) {
      proposal.place = Place.UNDER_WAY;
    }
    underWay += group.size();
    sweeps = 0;
    open = true;
    return group;
  }
}
