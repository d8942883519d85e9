package dev.lockstep.testkit.simulation;

import dev.lockstep.server.log.LogFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What members do with each other: elect, replicate, confirm, hand over. */
final class Exchange {
  private final SimulatedCluster cluster;

  Exchange(SimulatedCluster cluster) {
    this.cluster = cluster;
  }

  /** A new member of the group begins to wait for its leader's silence. */
  void joined(SimulatedLog log) {
    long timeout = cluster.conditions().electionTimeoutMicros();
    log.later(
        chance().between(timeout / 2, timeout * 2),
        "looks for its leader",
        () -> {
          if (!log.status().leads() && log.silentMicros() >= timeout) {
            campaign(log);
          }
          joined(log);
        });
  }

  /** Asks all for their votes; they answer at once or not at all. */
  boolean campaign(SimulatedLog candidate) {
    if (candidate.status().leads()) {
      return false;
    }
    candidate.becomeCandidate();
    long term = candidate.disk().term;
    candidate.note("campaigns for term " + term);
    int votes = 1;
    long newest = term;
    for (String other : cluster.others(candidate.id())) {
      if (!cluster.delivers(candidate.id(), other)) {
        continue;
      }
      SimulatedLog voter = cluster.running(other);
      boolean granted = voter.disk().term < term && voter.disk().votesFor(candidate.disk());
      voter.seeTerm(term);
      if (cluster.delivers(other, candidate.id())) {
        votes += granted ? 1 : 0;
        newest = Math.max(newest, voter.disk().term);
      }
    }
    if (newest > term) {
      candidate.seeTerm(newest);
      return false;
    }
    if (votes <= cluster.size() / 2) {
      return false;
    }
    candidate.becomeLeader();
    for (String other : cluster.others(candidate.id())) {
      replicateForEver(candidate, term, other);
    }
    checkQuorumForEver(candidate, term);
    return true;
  }

  private void replicateForEver(SimulatedLog leader, long term, String follower) {
    leader.later(
        chance().delay(cluster.conditions().networkMicros()) + 100,
        "sends to " + follower,
        () -> {
          if (leads(leader, term)) {
            replicate(leader, follower);
            replicateForEver(leader, term, follower);
          }
        });
  }

  private void checkQuorumForEver(SimulatedLog leader, long term) {
    leader.later(
        cluster.conditions().electionTimeoutMicros(),
        "looks for its followers",
        () -> {
          if (!leads(leader, term)) {
            return;
          }
          if (leader.heardFrom() <= cluster.size() / 2 && chance().with(0.5)) {
            leader.stepDown("");
          } else {
            checkQuorumForEver(leader, term);
          }
        });
  }

  private static boolean leads(SimulatedLog log, long term) {
    return log.running() && log.status().leads() && log.status().term() == term;
  }

  private void replicate(SimulatedLog leader, String id) {
    if (!cluster.delivers(leader.id(), id)) {
      return;
    }
    SimulatedLog follower = cluster.running(id);
    long term = leader.disk().term;
    if (follower.disk().term > term) {
      if (cluster.delivers(id, leader.id())) {
        leader.seeTerm(follower.disk().term);
      }
      return;
    }
    follower.follow(leader.id(), term);
    if (follower.installing()) {
      return;
    }
    long agreed = leader.disk().agreement(follower.disk());
    if (agreed < 0) {
      install(leader, follower);
      return;
    }
    long last =
        Math.min(
            leader.disk().lastIndex(),
            agreed + chance().between(0, cluster.conditions().replicatedMax()));
    append(leader.disk(), follower, agreed, last);
    boolean answered = cluster.delivers(id, leader.id());
    if (!answered && chance().with(0.5)) {
      return; // It crashed, or was cut off, before the entries were on its disk.
    }
    follower.disk().force();
    follower.commitUntil(Math.min(leader.commit(), last));
    if (answered) {
      leader.answered(id, last);
    }
  }

  private void append(DurableLog from, SimulatedLog to, long agreed, long last) {
    DurableLog log = to.disk();
    for (long i = agreed + 1; i <= last; i++) {
      if (i <= log.lastIndex()) {
        if (log.termAt(i) == from.termAt(i)) {
          continue;
        }
        to.note("truncates its log after " + (i - 1));
        cluster.history().truncated(to.id(), log, i - 1);
        log.truncateAfter(i - 1);
      }
      log.append(from.entry(i));
    }
  }

  private void install(SimulatedLog leader, SimulatedLog follower) {
    DurableLog.Snapshot snapshot = leader.disk().snapshot;
    Path directory = cluster.newSnapshotDirectory(follower.id(), snapshot.index());
    follower.note("receives snapshot " + snapshot.index() + " from " + leader.id());
    try {
      Delivery.copy(snapshot.directory(), directory);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    cluster.countInstallation();
    follower.install(new DurableLog.Snapshot(snapshot.index(), snapshot.term(), directory));
  }

  /** Whether a majority still takes this member for its leader, or at least knows no newer one. */
  boolean confirms(SimulatedLog leader) {
    int members = 1;
    for (String other : cluster.others(leader.id())) {
      if (cluster.delivers(leader.id(), other)) {
        SimulatedLog follower = cluster.running(other);
        if (follower.disk().term > leader.disk().term) {
          continue;
        }
        follower.follow(leader.id(), leader.disk().term);
        members += cluster.delivers(other, leader.id()) ? 1 : 0;
      }
    }
    return members > cluster.size() / 2;
  }

  /** Lets a member that has everything campaign at once. */
  void transfer(SimulatedLog leader, String target, OpenRequest request) {
    leader.done(request);
    if (!leader.status().leads()) {
      request.fail(LogFailure.Kind.NOT_LEADER, leader.id() + " does not lead");
      return;
    }
    List<String> ready = new ArrayList<>();
    for (String other : cluster.others(leader.id())) {
      if ((target.isEmpty() || target.equals(other))
          && leader.match(other) == leader.disk().lastIndex()
          && cluster.delivers(leader.id(), other)) {
        ready.add(other);
      }
    }
    if (!ready.isEmpty() && campaign(cluster.running(chance().pick(ready)))) {
      request.completed(null);
    } else {
      request.fail(LogFailure.Kind.BUSY, "no member is ready to lead");
    }
  }

  private Chance chance() {
    return cluster.simulation().chance();
  }
}
