package dev.lockstep.server.log;

import java.io.IOException;
import java.net.BindException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A log that is opened again, by itself, after its engine has stopped because the disk was full.
 * The engine trusts nothing after a failed write, and rightly so: what it had not acknowledged is
 * gone with it, and what is on the disk is read anew. Safe for use by several threads.
 *
 * <p>While it is closed this member neither leads nor follows; the others go on.
 */
public final class RecoveringLog implements ReplicatedLog {
  private static final Logger LOG = LoggerFactory.getLogger(RecoveringLog.class);
  private static final long LOOK_MILLIS = 100;

  /** How long after the engine has stopped a lack of room counts as the reason. */
  private static final int LOOKS_FOR_REASON = 10;

  private final String group;
  private final Opening opening;
  private final StateMachine machine;

  /** Held while the log is closed or opened again. */
  private final Object lifecycle = new Object();

  private volatile ReplicatedLog current;

  /** What the present engine drives; null while there is none. */
  private volatile Driven driven;

  /** Why the engine has stopped, while it is open whether it comes back; else null. */
  private volatile String pause;

  private volatile boolean closed;

  /** Opens the engine's log. */
  public interface Opening {
    ReplicatedLog open(StateMachine machine) throws IOException;
  }

  private RecoveringLog(String group, Opening opening, StateMachine machine) {
    this.group = group;
    this.opening = opening;
    this.machine = machine;
  }

  /**
   * Opens the log.
   *
   * @param machine is told that it is stopped only when that is for good
   * @throws IOException as {@code opening}
   */
  public static RecoveringLog open(String group, Opening opening, StateMachine machine)
      throws IOException {
    RecoveringLog log = new RecoveringLog(group, opening, machine);
    machine.opening();
    log.driven = log.new Driven();
    log.current = opening.open(log.driven);
    return log;
  }

  @Override
  public void propose(long term, Proposal proposal) {
    String reason = pause;
    if (reason == null) {
      current.propose(term, proposal);
    } else {
      proposal.failed(new LogFailure(LogFailure.Kind.NOT_LEADER, reason));
    }
  }

  @Override
  public void readIndex(ReadIndexCompletion completion) {
    String reason = pause;
    if (reason == null) {
      current.readIndex(completion);
    } else {
      completion.completed(-1, new LogFailure(LogFailure.Kind.BUSY, reason));
    }
  }

  @Override
  public LogStatus status() {
    LogStatus status = current.status();
    return pause == null ? status : new LogStatus(LogStatus.Role.FOLLOWER, status.term(), "");
  }

  @Override
  public void snapshot(Completion completion) {
    current.snapshot(completion);
  }

  @Override
  public void transferLeadership(String targetMember, Completion completion) {
    current.transferLeadership(targetMember, completion);
  }

  @Override
  public void close() {
    end(true);
  }

  @Override
  public void abandon() {
    end(false);
  }

  private void end(boolean graceful) {
    closed = true;
    synchronized (lifecycle) {
      lifecycle.notifyAll();
      machine.closing();
      if (graceful) {
        current.close();
      } else {
        current.abandon();
      }
    }
  }

  private void engineStopped(String reason) {
    if (closed || pause != null) {
      return;
    }
    pause = "the log of " + group + " has stopped: " + reason;
    machine.leadershipLost(status());
    Thread thread = new Thread(() -> recover(reason), "lockstep-log-recovery-" + group);
    thread.setDaemon(true);
    thread.start();
  }

  private void recover(String reason) {
    synchronized (lifecycle) {
      try {
        int looks = 0;
        while (!closed && machine.hasRoom() && looks < LOOKS_FOR_REASON) {
          looks++;
          TimeUnit.MILLISECONDS.timedWait(lifecycle, LOOK_MILLIS);
        }
        if (looks == LOOKS_FOR_REASON) {
          end(reason);
          return;
        }
        LOG.error("{} is opened again when the disk has room", group);
        while (!closed && !reopened()) {
          TimeUnit.MILLISECONDS.timedWait(lifecycle, LOOK_MILLIS);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        end(reason);
      }
    }
  }

  /** Whether the log is open again, or there is no use in another try. */
  private boolean reopened() {
    if (!machine.hasRoom()) {
      return false;
    }
    driven = null;
    current.abandon();
    try {
      machine.opening();
      driven = new Driven();
      current = opening.open(driven);
      pause = null;
      LOG.info("{} is open again", group);
      return true;
    } catch (BindException e) {
      // The transport gives the port back a little later.
      LOG.debug("{} is not open yet", group, e);
      return false;
    } catch (IOException | RuntimeException e) {
      LOG.error("{} could not be opened again", group, e);
      if (!machine.hasRoom()) {
        return false;
      }
      end("it could not be opened again after the disk was full: " + e.getMessage());
      return true;
    }
  }

  /** For good. */
  private void end(String reason) {
    pause = null;
    machine.stopped(reason);
  }

  /** The state machine, as one engine drives it. */
  private final class Driven implements StateMachine {
    private volatile boolean failed;

    @Override
    public void apply(Iterator<CommittedEntry> batch) {
      try {
        machine.apply(batch);
      } catch (RuntimeException | Error e) {
        failed = true;
        throw e;
      }
    }

    @Override
    public SnapshotWriter beginSnapshot() {
      return machine.beginSnapshot();
    }

    @Override
    public void checkSnapshot(Path directory) throws Exception {
      machine.checkSnapshot(directory);
    }

    @Override
    public void loadSnapshot(Path directory, long index, long term) throws Exception {
      try {
        machine.loadSnapshot(directory, index, term);
      } catch (Exception | Error e) {
        failed = true;
        throw e;
      }
    }

    @Override
    public void leadershipGained(long term) {
      machine.leadershipGained(term);
    }

    @Override
    public void leadershipLost(LogStatus status) {
      machine.leadershipLost(status);
    }

    @Override
    public void leaderChanged(String leader, long term) {
      machine.leaderChanged(leader, term);
    }

    @Override
    public long stateBytes() {
      return machine.stateBytes();
    }

    @Override
    public boolean hasRoom() {
      return machine.hasRoom();
    }

    @Override
    public boolean isTrusted() {
      return machine.isTrusted();
    }

    @Override
    public long appliedIndex() {
      return machine.appliedIndex();
    }

    @Override
    public void closing() {
      machine.closing();
    }

    @Override
    public void stopped(String reason) {
      if (driven != this || closed) {
        return;
      }
      if (failed) {
        machine.stopped(reason);
      } else {
        engineStopped(reason);
      }
    }
  }
}
