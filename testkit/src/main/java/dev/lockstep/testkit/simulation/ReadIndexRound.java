package dev.lockstep.testkit.simulation;

import dev.lockstep.server.log.LogFailure;

/** One read index (Raft thesis, section 6.4), asked of any member. */
final class ReadIndexRound {
  private final SimulatedCluster cluster;
  private final SimulatedLog asked;
  private final OpenRequest request;
  private final long committedWhenAsked;

  private ReadIndexRound(SimulatedCluster cluster, SimulatedLog asked, OpenRequest request) {
    this.cluster = cluster;
    this.asked = asked;
    this.request = request;
    this.committedWhenAsked = cluster.history().committedIndex();
  }

  static void begin(SimulatedCluster cluster, SimulatedLog asked, OpenRequest request) {
    new ReadIndexRound(cluster, asked, request).begin();
  }

  private void begin() {
    asked.later(
        cluster.conditions().electionTimeoutMicros() * 2,
        "gives up waiting for a read index",
        () -> fail(LogFailure.Kind.UNKNOWN, "no answer"));
    String leader = asked.status().leader();
    if (leader.isEmpty()) {
      asked.later(
          networkDelay(),
          "knows no leader to read from",
          () -> fail(LogFailure.Kind.NOT_LEADER, "no leader is known"));
    } else if (leader.equals(asked.id())) {
      atLeader(asked);
    } else if (cluster.delivers(asked.id(), leader)) {
      atLeader(cluster.running(leader));
    }
  }

  private void atLeader(SimulatedLog leader) {
    leader.later(
        networkDelay(),
        "finds a read index",
        () -> {
          if (request.done()) {
            return;
          }
          if (!leader.status().leads()) {
            answer(leader, -1);
          } else if (leader.knowsCommit()) {
            confirm(leader, leader.status().term(), leader.commit());
          } else {
            atLeader(leader);
          }
        });
  }

  /** The leader makes sure that it still led when it took the index. */
  private void confirm(SimulatedLog leader, long term, long index) {
    leader.later(
        networkDelay(),
        "confirms read index " + index,
        () -> {
          boolean leads = leader.status().leads() && leader.status().term() == term;
          answer(leader, leads && cluster.exchange().confirms(leader) ? index : -1);
        });
  }

  private void answer(SimulatedLog leader, long index) {
    if (leader != asked && !cluster.delivers(leader.id(), asked.id())) {
      return;
    }
    asked.later(
        leader == asked ? 0 : networkDelay(),
        "gets read index " + index,
        () -> {
          if (index < 0) {
            fail(LogFailure.Kind.NOT_LEADER, leader.id() + " does not lead");
          } else {
            whenDelivered(index);
          }
        });
  }

  /** The state machine must have what the index stands for, which it may not after a restart. */
  private void whenDelivered(long index) {
    if (request.done()) {
      return;
    }
    if (asked.delivered() < index) {
      asked.later(1 + networkDelay(), "waits for read index " + index, () -> whenDelivered(index));
      return;
    }
    cluster.history().readIndex(asked.id(), committedWhenAsked, index);
    asked.done(request);
    request.completed(index, null);
  }

  private void fail(LogFailure.Kind kind, String message) {
    asked.done(request);
    request.fail(kind, message);
  }

  private long networkDelay() {
    return cluster.simulation().chance().delay(cluster.conditions().networkMicros());
  }
}
