package dev.lockstep.server.log.jraft;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.error.RaftError;
import dev.lockstep.server.log.CommittedEntry;
import dev.lockstep.server.log.Proposal;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * Cuts what the engine has committed into batches of bounded size. The engine's iterator stands on
 * an entry; it is moved only when the next one is asked for, so that at the end of a batch it still
 * stands on the batch's last entry and can be told that this one is applied.
 */
final class CommittedBatch implements Iterator<CommittedEntry> {
  static final int ENTRIES_MAX = 1_024;
  static final int BYTES_MAX = 8 << 20;

  private final com.alipay.sofa.jraft.Iterator engine;
  private final CheckedLogStorage log;
  private int given;
  private long givenBytes;
  private long commandBytes;
  private long lastIndex;
  private boolean standsOnGiven;
  private boolean ended;

  CommittedBatch(com.alipay.sofa.jraft.Iterator engine, CheckedLogStorage log) {
    this.engine = engine;
    this.log = log;
  }

  /** Begins the next batch, if there is anything left; waits until its first entry is durable. */
  boolean begin() {
    if (standsOnGiven) {
      engine.commit();
      engine.next();
      standsOnGiven = false;
    }
    given = 0;
    givenBytes = 0;
    ended = false;
    if (!engine.hasNext()) {
      return false;
    }
    log.awaitDurable(engine.getIndex());
    return true;
  }

  @Override
  public boolean hasNext() {
    if (ended || given >= ENTRIES_MAX || givenBytes >= BYTES_MAX) {
      return false;
    }
    if (standsOnGiven) {
      engine.next();
      standsOnGiven = false;
    }
    // What becomes durable a moment later is of the next batch.
    ended = !engine.hasNext() || !log.isDurable(engine.getIndex());
    return !ended;
  }

  @Override
  public CommittedEntry next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the batch ends after index " + lastIndex);
    }
    byte[] command = bytesOf(engine.getData());
    Closure done = engine.done();
    Proposal proposal = done instanceof OpenProposal open ? open.take() : null;
    lastIndex = engine.getIndex();
    given++;
    givenBytes += command.length;
    commandBytes += command.length;
    standsOnGiven = true;
    return new CommittedEntry(lastIndex, engine.getTerm(), command, proposal);
  }

  /** The bytes as they are, where the buffer is just an array; a copy else. */
  private static byte[] bytesOf(ByteBuffer data) {
    if (data.hasArray() && data.arrayOffset() == 0 && data.remaining() == data.array().length) {
      return data.array();
    }
    byte[] copy = new byte[data.remaining()];
    data.duplicate().get(copy);
    return copy;
  }

  /** Index of the last entry given out, 0 if none was. */
  long lastIndex() {
    return lastIndex;
  }

  /** Bytes of all commands given out. */
  long commandBytes() {
    return commandBytes;
  }

  /** Tells the engine that nothing of this batch is applied and that this member must stop. */
  void fail(String reason) {
    boolean standsOnWaiting = !standsOnGiven && engine.hasNext();
    engine.setErrorAndRollback(
        Math.max(1, given + (standsOnWaiting ? 1 : 0)),
        new Status(RaftError.ESTATEMACHINE, reason));
  }
}
