package dev.lockstep.server.log.jraft;

import com.alipay.sofa.jraft.entity.LogEntry;
import com.alipay.sofa.jraft.option.LogStorageOptions;
import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.storage.impl.RocksDBLogStorage;
import com.alipay.sofa.jraft.util.StorageOptionsFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.StringAppendOperator;

/**
 * The engine's log in RocksDB, read through once on start: a gap or a damaged entry is found then,
 * not when the entry is missed. The engine by itself would take a last entry that it cannot read
 * for one of term 0, and vote for members that have less than this one.
 */
final class CheckedLogStorage extends RocksDBLogStorage {
  /** Every RocksDB has it. */
  private static final String ROCKSDB_FILE = "CURRENT";

  private final Path directory;
  private final Path snapshots;
  private final EngineStorage owner;
  private boolean open;

  /** Last entry that this member has on its disk. */
  private volatile long durableIndex;

  /** Guarded by this: entries could not be written. */
  private boolean broken;

  CheckedLogStorage(Path directory, Path snapshots, RaftOptions options, EngineStorage owner) {
    super(directory.toString(), options);
    this.directory = directory;
    this.snapshots = snapshots;
    this.owner = owner;
  }

  /** Whether there is a log, or was one that is being thrown away for a snapshot. */
  static boolean existsIn(Path directory) {
    return Files.exists(directory.resolve(ROCKSDB_FILE)) || Files.exists(resetting(directory));
  }

  /** There while the log is thrown away: what is left of it then counts for nothing. */
  private static Path resetting(Path directory) {
    return directory.resolveSibling("log.resetting");
  }

  @Override
  public boolean init(LogStorageOptions options) {
    try {
      owner.check();
      finishReset();
      if (existsIn(directory)) {
        checkFiles();
      }
      if (!super.init(options)) {
        throw new IOException("the log in " + directory + " does not open");
      }
      open = true;
      checkEntries();
      owner.checkLast(getLastLogIndex());
      durable(getLastLogIndex());
      return true;
    } catch (IOException e) {
      owner.refuse(e);
      return false;
    }
  }

  /** Reads all that RocksDB has written, and compares the checksums. */
  private void checkFiles() throws IOException {
    List<ColumnFamilyHandle> families = new ArrayList<>();
    try (DBOptions options =
            StorageOptionsFactory.getRocksDBOptions(null, RocksDBLogStorage.class);
        ColumnFamilyOptions family = new ColumnFamilyOptions();
        StringAppendOperator append = new StringAppendOperator()) {
      WriteAheadLog.check(directory);
      family.setMergeOperator(append);
      List<ColumnFamilyDescriptor> descriptors =
          List.of(
              new ColumnFamilyDescriptor("Configuration".getBytes(StandardCharsets.UTF_8), family),
              new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, family));
      try (RocksDB database =
          RocksDB.openReadOnly(options, directory.toString(), descriptors, families)) {
        try {
          database.verifyChecksum();
        } finally {
          families.forEach(ColumnFamilyHandle::close);
        }
      }
    } catch (RocksDBException | IOException e) {
      throw new IOException(
          "the log in "
              + directory
              + " is damaged: "
              + e.getMessage()
              + "; "
              + EngineStorage.WHAT_TO_DO,
          e);
    }
  }

  private void checkEntries() throws IOException {
    long last = getLastLogIndex();
    for (long index = getFirstLogIndex(); index <= last; index++) {
      LogEntry entry = getEntry(index);
      if (entry == null || entry.isCorrupted() || entry.getId().getIndex() != index) {
        throw new IOException(
            "the entry at index "
                + index
                + " of the log in "
                + directory
                + " is "
                + (entry == null ? "missing or unreadable" : "damaged")
                + "; "
                + EngineStorage.WHAT_TO_DO);
      }
    }
  }

  @Override
  public int appendEntries(List<LogEntry> entries) {
    int count = entries.size();
    long last = count == 0 ? 0 : entries.get(count - 1).getId().getIndex();
    int appended = super.appendEntries(entries);
    if (appended < count) {
      broken();
    } else if (count > 0) {
      durable(last);
    }
    return appended;
  }

  private synchronized void durable(long index) {
    durableIndex = index;
    notifyAll();
  }

  private synchronized void broken() {
    broken = true;
    notifyAll();
  }

  /** Whether this member has the entry on its own disk. */
  boolean isDurable(long index) {
    return index <= durableIndex;
  }

  /**
   * Waits until this member has the entry on its own disk. The others may be faster: the entry is
   * committed then, but a state that is ahead of its log could not be told from a log that has lost
   * something.
   *
   * @throws IllegalStateException if that will never be
   */
  void awaitDurable(long index) {
    if (isDurable(index)) {
      return;
    }
    boolean interrupted = false;
    synchronized (this) {
      while (!isDurable(index) && !broken) {
        try {
          wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (!isDurable(index)) {
      throw new IllegalStateException(
          "the entry at index " + index + " could not be written to " + directory);
    }
  }

  @Override
  public boolean truncateSuffix(long lastIndexKept) {
    durable(Math.min(durableIndex, lastIndexKept));
    return super.truncateSuffix(lastIndexKept);
  }

  /** Entries go only when the snapshot that stands for them is on the disk under its name. */
  @Override
  public boolean truncatePrefix(long firstIndexKept) {
    try {
      SnapshotFiles.forceOne(snapshots);
    } catch (IOException e) {
      JRaftLog.LOG.error("{} cannot be forced to the disk", snapshots, e);
      return false;
    }
    return super.truncatePrefix(firstIndexKept);
  }

  /** A crash in the middle must not look like a log that was lost. */
  @Override
  public boolean reset(long nextLogIndex) {
    Path marker = resetting(directory);
    try {
      SnapshotFiles.forceOne(snapshots);
      Files.createFile(marker);
      SnapshotFiles.forceOne(marker.getParent());
      if (!super.reset(nextLogIndex)) {
        return false;
      }
      durable(nextLogIndex);
      Files.delete(marker);
      SnapshotFiles.forceOne(marker.getParent());
      return true;
    } catch (IOException e) {
      JRaftLog.LOG.error("the log in {} cannot be thrown away for a snapshot", directory, e);
      return false;
    }
  }

  private void finishReset() throws IOException {
    Path marker = resetting(directory);
    if (!Files.exists(marker)) {
      return;
    }
    if (Files.exists(directory)) {
      List<Path> paths;
      try (Stream<Path> walk = Files.walk(directory)) {
        paths = walk.sorted(Comparator.reverseOrder()).toList();
      }
      for (Path path : paths) {
        Files.delete(path);
      }
    }
    Files.delete(marker);
    SnapshotFiles.forceOne(marker.getParent());
  }

  @Override
  public void shutdown() {
    broken();
    if (open) {
      open = false;
      super.shutdown();
    }
  }
}
