package dev.lockstep.server.service;

import dev.lockstep.server.database.Replica;
import dev.lockstep.server.log.ReplicatedLog;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands the leadership over when this node's replica has a fault: its log may be sound, so that the
 * others see no reason to elect another leader, but nobody could write any more.
 */
final class FaultyLeader {
  private static final Logger LOG = LoggerFactory.getLogger(FaultyLeader.class);
  private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final int members;
  private final ReplicatedLog log;
  private final Replica replica;

  // Used by the sweeping thread only.
  private boolean tried;
  private long triedNanos;

  FaultyLeader(int members, ReplicatedLog log, Replica replica) {
    this.members = members;
    this.log = log;
    this.replica = replica;
  }

  /** Called now and then, by one thread. */
  void sweep(long nanoTime) {
    if (members == 1 || replica.fault().isEmpty() || !log.status().leads()) {
      return;
    }
    if (tried && nanoTime - triedNanos < RETRY_NANOS) {
      return;
    }
    tried = true;
    triedNanos = nanoTime;
    log.transferLeadership(
        "",
        failure -> {
          if (failure != null) {
            LOG.warn("nobody took the leadership over: {}", failure.message());
          }
        });
  }
}
