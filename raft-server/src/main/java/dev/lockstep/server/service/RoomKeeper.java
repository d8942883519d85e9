package dev.lockstep.server.service;

import dev.lockstep.protocol.ServerMessage.Failure;
import dev.lockstep.protocol.Topology;
import dev.lockstep.server.database.Replica;
import dev.lockstep.server.log.LogFailure;
import dev.lockstep.server.log.LogStatus;
import dev.lockstep.server.log.ReplicatedLog;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node does for its clients while a disk of the database is full: a leader takes no new
 * writes and offers the leadership to others, writes on their way are told that their outcome is
 * not known, reads that would wait for what cannot be applied are ended. Safe for use by several
 * threads.
 */
final class RoomKeeper {
  private static final Logger LOG = LoggerFactory.getLogger(RoomKeeper.class);

  /** All disks may be full: then the leadership must not go round and round. */
  private static final long HAND_OVER_NANOS_MIN = TimeUnit.SECONDS.toNanos(10);

  private static final long HAND_OVER_NANOS_MAX = TimeUnit.MINUTES.toNanos(10);

  private final String node;
  private final int members;
  private final ReplicatedLog log;
  private final Replica replica;
  private final Set<PendingWrite> writes = ConcurrentHashMap.newKeySet();

  /** Whether the others have been asked to take over since the disk is full, and did not. */
  private volatile boolean offerFailed;

  // Used by the sweeping thread only.
  private boolean offered;
  private long nextHandOverNanos;
  private long handOverNanos = HAND_OVER_NANOS_MIN;

  RoomKeeper(ServiceOptions options, ReplicatedLog log, Replica replica) {
    this.node = options.nodeId();
    this.members = options.members().size();
    this.log = log;
    this.replica = replica;
  }

  /** Why this node takes no write at the moment, or null. */
  Failure refusal() {
    String reason = reason();
    if (reason.isEmpty()) {
      return null;
    }
    String message = "the disk of node " + node + " is full: " + reason;
    // While another member may take over the client tries again.
    return members > 1 && !offerFailed ? Failures.busy(message) : Failures.diskFull(message);
  }

  /** The answer to a read for which the log found no index, or whose index is not applied. */
  Failure ofRead(LogFailure failure, Topology topology) {
    String reason = reason();
    if (failure.kind() != LogFailure.Kind.BUSY || reason.isEmpty()) {
      return Failures.of(failure, topology);
    }
    String message =
        "node " + node + " cannot apply what was committed, its disk is full: " + reason;
    // Of a follower the driver goes to the leader.
    return log.status().leads() ? Failures.diskFull(message) : Failures.unavailable(message);
  }

  private String reason() {
    return replica.diskFull().orElseGet(replica.room()::shortage);
  }

  /** The write is about to be proposed. */
  void add(PendingWrite write) {
    writes.add(write);
  }

  void ended(PendingWrite write) {
    writes.remove(write);
  }

  /** Called now and then, by one thread. */
  void sweep(long nanoTime) {
    String reason = reason();
    boolean low = !reason.isEmpty();
    if (low) {
      LogStatus status = log.status();
      if (replica.diskFull().isPresent()) {
        LogFailure unknown =
            new LogFailure(
                LogFailure.Kind.UNKNOWN,
                "it is in the log, and is applied when the disk of " + node + " has room");
        writes.forEach(write -> write.failed(unknown));
      }
      if (replica.diskFull().isPresent() || !status.leads()) {
        replica.releaseWaiting("the state of " + node + " is behind, its disk is full: " + reason);
      }
      if (status.leads() && members > 1) {
        offerLeadership(nanoTime);
      }
    } else if (offered) {
      offered = false;
      offerFailed = false;
      handOverNanos = HAND_OVER_NANOS_MIN;
    }
  }

  private void offerLeadership(long nanoTime) {
    if (offered) {
      if (nanoTime - nextHandOverNanos < 0) {
        return;
      }
      handOverNanos = Math.min(HAND_OVER_NANOS_MAX, 2 * handOverNanos);
    }
    offered = true;
    nextHandOverNanos = nanoTime + handOverNanos;
    LOG.warn("node {} offers the leadership to the others: its disk is full", node);
    log.transferLeadership(
        "",
        failure -> {
          if (failure != null) {
            LOG.warn("nobody took the leadership over: {}", failure.message());
          }
          // If it comes back, the others are no better off.
          offerFailed = true;
        });
  }
}
