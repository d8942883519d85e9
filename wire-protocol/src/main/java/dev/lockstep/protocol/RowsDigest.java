package dev.lockstep.protocol;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The running digest of a result's rows: the first half of SHA-256 over their encoded values, so
 * that it does not depend on how the rows were cut into batches. Not safe for use by several
 * threads.
 */
public final class RowsDigest {
  private final MessageDigest digest;
  private long rowCount;

  public RowsDigest() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  public void add(RowBatch batch) {
    WireReader in = batch.reader();
    digest.update(in.buffer(), in.position(), in.remaining());
    rowCount += batch.rowCount();
  }

  /** The rows so far; adding may go on after this. */
  public RowsSeen seen() {
    if (rowCount == 0) {
      return RowsSeen.NONE;
    }
    try {
      MessageDigest soFar = (MessageDigest) digest.clone();
      return new RowsSeen(rowCount, Fingerprint.ofFirstBytes(soFar.digest()));
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("SHA-256 of this platform cannot be continued", e);
    }
  }
}
