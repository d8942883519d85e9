package dev.lockstep.jdbc.client;

import dev.lockstep.protocol.ServerMessage.Welcome;
import dev.lockstep.protocol.Topology;
import dev.lockstep.protocol.Topology.Member;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What all connections to one cluster know together: its members, its leader, and which nodes could
 * not be reached a moment ago. Safe for use by several threads; never blocks on a node.
 */
final class Cluster {
  private static final long BACK_OFF_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long BACK_OFF_NANOS_MAX = TimeUnit.SECONDS.toNanos(2);

  /** How long a leader that was not where it should be is not asked first again. */
  private static final long SUSPICION_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final List<NodeAddress> seeds;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** Held by the one who looks for the leader; the others wait for what it finds. */
  private final ReentrantLock search = new ReentrantLock();

  private Topology topology = Topology.UNKNOWN;
  private String clusterId = "";

  /** How often the topology has changed. */
  private long news;

  /** Where a node was reached; its own opinion of its address may be wrong from here. */
  private final Map<String, NodeAddress> reachedAt = new HashMap<>();

  private final Map<NodeAddress, BackOff> backOffs = new HashMap<>();
  private NodeAddress suspect;
  private long suspectUntil;

  /** The greatest log index that an answer to any of the connections came from. */
  private final AtomicLong appliedIndex = new AtomicLong();

  private record BackOff(long nanos, long until) {}

  Cluster(List<NodeAddress> seeds) {
    this.seeds = List.copyOf(seeds);
  }

  ReentrantLock search() {
    return search;
  }

  /** Takes over what a node says, unless something newer is known. */
  void observe(Topology observed) {
    lock.lock();
    try {
      boolean newer = observed.term() > topology.term();
      boolean fuller =
          observed.term() == topology.term()
              && (topology.leader().isEmpty() || topology.members().isEmpty());
      if ((newer || fuller) && !observed.equals(topology)) {
        List<Member> members =
            observed.members().isEmpty() ? topology.members() : observed.members();
        topology = new Topology(observed.term(), observed.leader(), members);
        suspect = null;
        news++;
        changed.signalAll();
        DriverLog.fine("leader is %s in term %s", observed.leader(), observed.term());
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * A node has greeted.
   *
   * @throws IOException if it belongs to another cluster than the nodes before
   */
  void greeted(NodeAddress address, Welcome welcome) throws IOException {
    lock.lock();
    try {
      if (clusterId.isEmpty()) {
        clusterId = welcome.clusterId();
      } else if (!clusterId.equals(welcome.clusterId())) {
        throw new IOException(
            address + " belongs to cluster " + welcome.clusterId() + ", not to " + clusterId);
      }
      backOffs.remove(address);
      reachedAt.put(welcome.nodeId(), address);
    } finally {
      lock.unlock();
    }
  }

  /** A node could not be reached: it is left alone for a while that grows. */
  void unreachable(NodeAddress address) {
    lock.lock();
    try {
      BackOff former = backOffs.get(address);
      long nanos =
          former == null ? BACK_OFF_NANOS_MIN : Math.min(BACK_OFF_NANOS_MAX, former.nanos() * 2);
      backOffs.put(address, new BackOff(nanos, System.nanoTime() + nanos));
    } finally {
      lock.unlock();
    }
  }

  /** The node is not the leader, or is not there, whatever the topology says. */
  void notLeading(NodeAddress address) {
    lock.lock();
    try {
      if (address.equals(leaderAddress().orElse(null))) {
        suspect = address;
        suspectUntil = System.nanoTime() + SUSPICION_NANOS;
      }
    } finally {
      lock.unlock();
    }
  }

  /** Where the leader is expected; empty if it has to be looked for. */
  Optional<NodeAddress> leader() {
    lock.lock();
    try {
      return leaderAddress()
          .filter(
              address ->
                  !(address.equals(suspect) && suspectUntil - System.nanoTime() > 0)
                      && !isBackingOff(address));
    } finally {
      lock.unlock();
    }
  }

  /** Whether a later term is known than the one that this node leads in, or says so. */
  boolean isDeposed(Topology said) {
    lock.lock();
    try {
      return said.term() < topology.term();
    } finally {
      lock.unlock();
    }
  }

  private Optional<NodeAddress> leaderAddress() {
    return topology.leadingMember().map(this::addressOf);
  }

  private NodeAddress addressOf(Member member) {
    NodeAddress reached = reachedAt.get(member.nodeId());
    return reached != null ? reached : new NodeAddress(member.host(), member.port());
  }

  /** The nodes to ask who leads: those that are not left alone for now, or all if there is none. */
  List<NodeAddress> candidates() {
    lock.lock();
    try {
      Set<NodeAddress> all = new LinkedHashSet<>();
      topology.members().forEach(member -> all.add(addressOf(member)));
      all.addAll(seeds);
      List<NodeAddress> rested = all.stream().filter(address -> !isBackingOff(address)).toList();
      return rested.isEmpty() ? new ArrayList<>(all) : new ArrayList<>(rested);
    } finally {
      lock.unlock();
    }
  }

  /** The followers that are not left alone for now. */
  List<NodeAddress> followers() {
    lock.lock();
    try {
      List<NodeAddress> followers = new ArrayList<>();
      for (Member member : topology.members()) {
        NodeAddress address = addressOf(member);
        if (!member.nodeId().equals(topology.leader()) && !isBackingOff(address)) {
          followers.add(address);
        }
      }
      return followers;
    } finally {
      lock.unlock();
    }
  }

  private boolean isBackingOff(NodeAddress address) {
    BackOff backOff = backOffs.get(address);
    return backOff != null && backOff.until() - System.nanoTime() > 0;
  }

  /** A connection has seen the state at this log index. */
  void applied(long index) {
    if (index > appliedIndex.get()) {
      appliedIndex.accumulateAndGet(index, Math::max);
    }
  }

  /** What any of the connections has seen at most. */
  long appliedIndex() {
    return appliedIndex.get();
  }

  /** Waits for news of the leader, but not longer than so. */
  void awaitNews(long nanos) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long known = news;
      long left = nanos;
      while (news == known && left > 0) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }
}
