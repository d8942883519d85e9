package dev.lockstep.server.log.jraft;

import com.alipay.sofa.jraft.util.Endpoint;
import dev.lockstep.server.log.LogStatus;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Notices that the leader's process has ended, long before the election timeout does: its
 * connections break, and its port refuses new ones, which an operating system does for a process
 * that is gone and not for one that is slow, paused or cut off. This member stands for election
 * then; members wait for those before them in the list, so that votes are not split. Whatever it
 * believes, the votes decide: a mistake costs a change of the leader, not more.
 *
 * <p>{@link #connectionClosed} may be called by any thread, the rest runs on the given one.
 */
final class LeaderWatch {
  /** A port is closed a moment before or after the connections are. */
  private static final int LOOKS = 6;

  private static final int LOOK_MILLIS = 50;
  private static final int CONNECT_MILLIS = 100;

  /** The second is for the case that the member before this one was not elected. */
  private static final int ATTEMPTS = 2;

  private final Supplier<LogStatus> known;
  private final Candidate candidate;
  private final Peers peers;
  private final ScheduledExecutorService thread;
  private final int staggerMillis;
  private final AtomicBoolean looking = new AtomicBoolean();

  /** Begins an election. */
  interface Candidate {
    /**
     * Stands for election, if the member follows and is in this term.
     *
     * @return the term that the member is in, if it is another one; else the given one
     */
    long stand(long term);
  }

  /**
   * @param staggerMillis how long a member gives the one before it to be elected
   */
  LeaderWatch(
      Supplier<LogStatus> known,
      Candidate candidate,
      Peers peers,
      ScheduledExecutorService thread,
      int staggerMillis) {
    this.known = known;
    this.candidate = candidate;
    this.peers = peers;
    this.thread = thread;
    this.staggerMillis = staggerMillis;
  }

  /** Some member's connection to this one has ended. */
  void connectionClosed() {
    if (looking.compareAndSet(false, true) && !later(() -> look(LOOKS), 0)) {
      looking.set(false);
    }
  }

  private void look(int looks) {
    LogStatus status = known.get();
    Endpoint leader = addressOfLeader(status);
    boolean dead = leader != null && refusesConnections(leader);
    boolean again = !dead && leader != null && looks > 1;
    if (again && later(() -> look(looks - 1), LOOK_MILLIS)) {
      return;
    }
    looking.set(false);
    if (dead) {
      int rank = peers.rankWithout(status.leader());
      later(() -> stand(status.term(), status.leader(), ATTEMPTS), rank * staggerMillis);
    }
  }

  private void stand(long term, String dead, int attempts) {
    LogStatus status = known.get();
    boolean replaced = !status.leader().isEmpty() && !status.leader().equals(dead);
    if (replaced
        || status.role() != LogStatus.Role.FOLLOWER
        || !refusesConnections(peers.peerOf(dead).getEndpoint())) {
      return;
    }
    JRaftLog.LOG.info("the leader {} is gone: this member stands for election", dead);
    long current = candidate.stand(term);
    if (current > term && attempts > 1) {
      // Somebody else stands, or did. Not at once, for the votes may be on their way.
      later(() -> stand(current, dead, attempts - 1), 2 * staggerMillis);
    }
  }

  /** Null if this member leads, or knows no leader. */
  private Endpoint addressOfLeader(LogStatus status) {
    return status.role() == LogStatus.Role.FOLLOWER && peers.peerOf(status.leader()) != null
        ? peers.peerOf(status.leader()).getEndpoint()
        : null;
  }

  /** Whether nobody listens there, by the word of the machine itself. */
  static boolean refusesConnections(Endpoint address) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address.getIp(), address.getPort()), CONNECT_MILLIS);
      return false;
    } catch (ConnectException e) {
      return true;
    } catch (IOException e) {
      // No answer in time, no route: it may be the network.
      return false;
    }
  }

  private boolean later(Runnable task, int millis) {
    try {
      thread.schedule(task, millis, TimeUnit.MILLISECONDS);
      return true;
    } catch (RejectedExecutionException e) {
      // The log is being closed.
      return false;
    }
  }
}
