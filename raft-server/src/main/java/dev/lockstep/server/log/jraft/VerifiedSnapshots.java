package dev.lockstep.server.log.jraft;

import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.option.SnapshotCopierOptions;
import com.alipay.sofa.jraft.storage.SnapshotThrottle;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotCopier;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotReader;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotWriter;
import com.alipay.sofa.jraft.storage.snapshot.local.LocalSnapshotCopier;
import com.alipay.sofa.jraft.storage.snapshot.local.LocalSnapshotStorage;
import com.alipay.sofa.jraft.storage.snapshot.local.LocalSnapshotWriter;
import com.alipay.sofa.jraft.util.Endpoint;
import dev.lockstep.server.log.StateMachine;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The snapshots of a member. A received one is looked at by the state machine, and forced to the
 * disk, before it replaces the former one, which is kept if anything is wrong. None is given to
 * others from a state that is known to be wrong.
 *
 * <p>The engine by itself replaces it unseen. And if that fails in the end, by a full disk for
 * example, a receiving member opens the former one and takes it for the one it was sent.
 */
final class VerifiedSnapshots extends LocalSnapshotStorage {
  private final StateMachine machine;
  private final RaftOptions options;
  private SnapshotThrottle throttle;
  private Endpoint address;

  /** Whether the next writer is for a snapshot of another member; there is one at a time. */
  private volatile boolean receiving;

  /** Whether the snapshot that was being received has replaced the former one. */
  private volatile boolean received;

  VerifiedSnapshots(String directory, RaftOptions options, StateMachine machine) {
    super(directory, null, options);
    this.options = options;
    this.machine = machine;
  }

  @Override
  public void setSnapshotThrottle(SnapshotThrottle newThrottle) {
    super.setSnapshotThrottle(newThrottle);
    throttle = newThrottle;
  }

  @Override
  public void setServerAddr(Endpoint newAddress) {
    super.setServerAddr(newAddress);
    address = newAddress;
  }

  /** For this member itself, or for another one that needs it. */
  @Override
  public SnapshotReader open() {
    SnapshotReader reader = super.open();
    if (reader == null) {
      return null;
    }
    // It takes the place of the engine's, which holds nothing but a use of the snapshot; to close
    // it gives that back.
    GivenSnapshot given =
        new GivenSnapshot(this, throttle, address, options, reader.getPath(), machine::isTrusted);
    return given.init(null) ? given : reader;
  }

  @Override
  public SnapshotWriter create(boolean fromEmpty) {
    SnapshotWriter created = super.create(fromEmpty);
    if (created == null) {
      return null;
    }
    Verified writer = new Verified(created.getPath());
    return writer.init(null) ? writer : null;
  }

  @Override
  public SnapshotCopier startToCopyFrom(String uri, SnapshotCopierOptions copierOptions) {
    received = false;
    receiving = true;
    Copier copier = new Copier();
    copier.setStorage(this);
    copier.setSnapshotThrottle(throttle);
    copier.setFilterBeforeCopyRemote(false);
    if (!copier.init(uri, copierOptions)) {
      return null;
    }
    copier.start();
    return copier;
  }

  /** One that is being written or received. */
  private final class Verified extends LocalSnapshotWriter {
    Verified(String path) {
      super(path, VerifiedSnapshots.this, options);
    }

    @Override
    public void close(boolean keepDataOnError) throws IOException {
      if (receiving && isOk()) {
        try {
          Path directory = Path.of(getPath());
          machine.checkSnapshot(directory.resolve(SnapshotFiles.STATE_DIRECTORY));
          SnapshotFiles.force(directory);
        } catch (Exception e) {
          JRaftLog.LOG.error("the snapshot in {} is not used", getPath(), e);
          setError(RaftError.EINTERNAL, "the snapshot is not used: %s", e);
        }
      }
      receiving = false;
      boolean good = isOk();
      super.close(keepDataOnError);
      received = good && getLastSnapshotIndex() == getSnapshotIndex();
    }
  }

  /** Gives out only what it has received. */
  private final class Copier extends LocalSnapshotCopier {
    /**
     * Waits for the end of the copy, however it ends. The engine (1.4.1) waits for it without
     * expecting that it throws: it would take the installation for one that goes on for ever,
     * refuse all further ones, and not close.
     */
    @Override
    public void join() throws InterruptedException {
      try {
        super.join();
      } catch (RuntimeException e) {
        JRaftLog.LOG.error("a snapshot could not be received", e);
        receiving = false;
        setError(RaftError.EINTERNAL, "the snapshot could not be received: %s", e);
      }
    }

    @Override
    public SnapshotReader getReader() {
      SnapshotReader reader = super.getReader();
      if (reader == null || received) {
        return reader;
      }
      try {
        reader.close();
      } catch (IOException e) {
        JRaftLog.LOG.warn("{} stays open", reader.getPath(), e);
      }
      return null;
    }
  }
}
