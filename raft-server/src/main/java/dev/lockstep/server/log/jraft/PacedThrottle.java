package dev.lockstep.server.log.jraft;

import com.alipay.sofa.jraft.storage.SnapshotThrottle;
import dev.lockstep.server.log.TransferPace;
import java.io.IOException;

/**
 * Slows the transfer of snapshots down by waiting a little for each piece, on the side that sends
 * and on the one that receives. The engine's own throttle refuses pieces instead, and a refused one
 * is asked for again a second later: of 64 MiB/s it let a tenth pass.
 */
final class PacedThrottle implements SnapshotThrottle {
  /** The engine asks for pieces of this size, and with no size for the list of files. */
  private static final long PIECE_BYTES_MAX = 128 << 10;

  private final TransferPace pace;

  PacedThrottle(TransferPace pace) {
    this.pace = pace;
  }

  @Override
  public long throttledByThroughput(long bytes) {
    try {
      pace.pass(Math.min(bytes, PIECE_BYTES_MAX));
      return bytes;
    } catch (IOException e) {
      // The member stops, and with it the transfer: refused, to be asked for again.
      return 0;
    }
  }
}
