package dev.lockstep.server.log.jraft;

import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.storage.SnapshotThrottle;
import com.alipay.sofa.jraft.storage.snapshot.local.LocalSnapshotReader;
import com.alipay.sofa.jraft.storage.snapshot.local.LocalSnapshotStorage;
import com.alipay.sofa.jraft.util.Endpoint;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/**
 * An open snapshot that other members may ask for while it is open, unless this member has found
 * meanwhile that its state is wrong: the snapshot may be of a time when it was wrong already.
 *
 * <p>The engine hands out the files of an open snapshot to whoever knows its number, of all groups
 * of the process by one service.
 */
final class GivenSnapshot extends LocalSnapshotReader {
  private static final Map<Long, BooleanSupplier> OPEN = new ConcurrentHashMap<>();

  private final BooleanSupplier trusted;
  private volatile long number;

  /**
   * @param trusted whether the state is right, as far as this member knows
   */
  GivenSnapshot(
      LocalSnapshotStorage storage,
      SnapshotThrottle throttle,
      Endpoint address,
      RaftOptions options,
      String path,
      BooleanSupplier trusted) {
    super(storage, throttle, address, options, path);
    this.trusted = trusted;
  }

  /** Whether files of the snapshot with this number may be sent, if it is open. */
  static boolean mayBeSent(long number) {
    BooleanSupplier trusted = OPEN.get(number);
    return trusted == null || trusted.getAsBoolean();
  }

  /** How many can be asked for. */
  static int open() {
    return OPEN.size();
  }

  /** {@code remote://host:port/number}. */
  @Override
  public String generateURIForCopy() {
    String uri = super.generateURIForCopy();
    if (uri != null) {
      number = Long.parseLong(uri.substring(uri.lastIndexOf('/') + 1));
      OPEN.put(number, trusted);
    }
    return uri;
  }

  @Override
  public void close() throws IOException {
    OPEN.remove(number);
    super.close();
  }
}
