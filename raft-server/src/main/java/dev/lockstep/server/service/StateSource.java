package dev.lockstep.server.service;

import com.google.common.hash.Hashing;
import com.google.common.io.Files;
import dev.lockstep.protocol.ClientMessage.ReadState;
import dev.lockstep.protocol.ServerMessage;
import dev.lockstep.protocol.ServerMessage.StatePart;
import dev.lockstep.server.database.AppliedState;
import dev.lockstep.server.database.NoRoomException;
import dev.lockstep.server.database.StateCopy;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one connection reads of this node's state: a copy on disk, made by the request for its
 * beginning and removed with the connection or by the next such request. Copied and sent at the
 * pace of snapshots. Safe for use by several threads; blocks on the disk and the pace.
 */
final class StateSource {
  private static final Logger LOG = LoggerFactory.getLogger(StateSource.class);

  private final Backend backend;
  private final Path directory;
  private boolean permitted;
  private StateCopy copy;
  private byte[] checksum;
  private volatile boolean closed;

  /**
   * @param connection number of the connection, which has one copy at most
   */
  StateSource(Backend backend, long connection) {
    this.backend = backend;
    this.directory = backend.options().copies().resolve(Long.toString(connection));
  }

  /** Answers a request whose index is applied. */
  synchronized ServerMessage read(ReadState request) {
    try {
      if (closed) {
        return Failures.unavailable("the client is gone");
      }
      if (request.offset() == 0) {
        remove();
        if (!backend.stateCopies().tryAcquire()) {
          return Failures.busy("other nodes are copying the state already");
        }
        permitted = true;
        make();
      }
      if (copy == null) {
        return Failures.statement("55000", "a state is read from its beginning on");
      }
      return part(request.offset(), request.bytesMax());
    } catch (NoRoomException e) {
      LOG.warn("the state is not copied for another node: {}", e.getMessage());
      remove();
      return Failures.diskFull(e.getMessage());
    } catch (IOException | SQLException | RuntimeException e) {
      LOG.error("the state cannot be copied for another node", e);
      remove();
      return Failures.unavailable("the state cannot be copied: " + e.getMessage());
    }
  }

  private void make() throws IOException, SQLException {
    copy = backend.replica().copyState(directory, () -> !closed);
    checksum = Files.asByteSource(copy.file().toFile()).hash(Hashing.murmur3_128()).asBytes();
  }

  private StatePart part(long offset, int bytesMax) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(copy.file().toFile(), "r")) {
      long total = file.length();
      byte[] bytes = new byte[(int) Math.max(0, Math.min(bytesMax, total - offset))];
      if (bytes.length > 0) {
        file.seek(offset);
        file.readFully(bytes);
        backend.replica().paceCopy(bytes.length);
      }
      AppliedState state = copy.state();
      byte[] digest =
          ByteBuffer.allocate(StatePart.DIGEST_BYTES)
              .putLong(state.digest().high())
              .putLong(state.digest().low())
              .array();
      return new StatePart(
          state.index(), state.term(), state.clockMillis(), digest, total, checksum, offset, bytes);
    } catch (EOFException e) {
      throw new IOException("the copy has become shorter", e);
    }
  }

  /** Removes the copy. */
  void close() {
    // Before the lock is taken: who makes the copy has it, and gives up.
    closed = true;
    synchronized (this) {
      remove();
    }
  }

  private void remove() {
    copy = null;
    try {
      StateCopy.remove(directory);
    } catch (IOException e) {
      LOG.warn("the copy of the state in {} was not removed", directory, e);
    }
    if (permitted) {
      permitted = false;
      backend.stateCopies().release();
    }
  }
}
