package dev.lockstep.server.database;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the disks of a database have room for new entries: a part of them is kept free, so that
 * what is in the log already can be applied, and the engine never sees a full disk. Looks when it
 * is asked, but not more often than ten times a second. Safe for use by several threads.
 */
public final class DiskRoom {
  private static final Logger LOG = LoggerFactory.getLogger(DiskRoom.class);

  /** Bytes that are kept free at most. */
  static final long RESERVE_BYTES_MAX = 256L << 20;

  /** The part of a disk that is kept free at most: one in this many bytes. */
  static final long RESERVE_PART = 20;

  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long MIB = 1 << 20;

  private final Disk disk;
  private final LongSupplier nanoTime;
  private final List<Path> directories = new CopyOnWriteArrayList<>();
  private long lookedNanos;
  private boolean looked;

  /** Why there is no room, or the empty text. */
  private volatile String shortage = "";

  DiskRoom(Disk disk, LongSupplier nanoTime, Path directory) {
    this.disk = disk;
    this.nanoTime = nanoTime;
    directories.add(directory);
  }

  /** Also looks at the disk of this directory from now on. */
  public void watch(Path directory) {
    directories.add(directory);
  }

  /** Whether less is free than is to be kept free; new entries are refused then. */
  public boolean isLow() {
    return !shortage().isEmpty();
  }

  /** Which disk has how little room; the empty text if all have enough. */
  public String shortage() {
    synchronized (this) {
      long now = nanoTime.getAsLong();
      if (looked && now - lookedNanos < LOOK_NANOS) {
        return shortage;
      }
      looked = true;
      lookedNanos = now;
      look();
      return shortage;
    }
  }

  private static long reserveOf(long totalBytes) {
    return Math.min(RESERVE_BYTES_MAX, totalBytes / RESERVE_PART);
  }

  /**
   * Looks whether so much can be written without taking what is to be kept free.
   *
   * @param directory exists
   * @param what is to be written, for the message
   * @throws NoRoomException if not
   */
  public static void require(Path directory, long bytes, String what) throws IOException {
    require(new Disk(), directory, bytes, what);
  }

  static void require(Disk disk, Path directory, long bytes, String what) throws IOException {
    long reserve = reserveOf(disk.totalBytes(directory));
    long usable = disk.usableBytes(directory);
    if (usable - reserve < bytes) {
      throw new NoRoomException(
          "there is no room for "
              + what
              + " on the disk of "
              + directory
              + " ("
              + NoRoomException.SQL_STATE
              + "): "
              + bytes
              + " bytes are needed, "
              + usable
              + " are free, of which "
              + reserve
              + " are to stay free");
    }
  }

  private void look() {
    boolean was = !shortage.isEmpty();
    String found = "";
    for (Path directory : directories) {
      long total = disk.totalBytes(directory);
      if (total <= 0) {
        // Not there yet, or of a kind that does not tell.
        continue;
      }
      long free;
      try {
        free = disk.usableBytes(directory);
      } catch (IOException e) {
        LOG.debug("the room on the disk of {} is not known", directory, e);
        continue;
      }
      long reserve = reserveOf(total);
      // Some more before it is enough again, so that it does not change with each write.
      long wanted = was ? reserve + reserve / 4 : reserve;
      if (free < wanted) {
        found =
            free / MIB
                + " MiB are free on the disk of "
                + directory
                + ", "
                + (wanted + MIB - 1) / MIB
                + " MiB are needed";
        break;
      }
    }
    shortage = found;
    if (!was && !found.isEmpty()) {
      LOG.error("new writes are refused: {}", found);
    } else if (was && found.isEmpty()) {
      LOG.info("there is room for writes again");
    }
  }
}
