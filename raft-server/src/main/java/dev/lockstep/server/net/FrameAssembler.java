package dev.lockstep.server.net;

import dev.lockstep.protocol.Frame;
import dev.lockstep.protocol.Limits;
import dev.lockstep.protocol.ProtocolException;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Cuts a stream of bytes into frames. A frame's array grows with the bytes that arrive, not with
 * those that were announced. Used by one thread; does not take over the buffers it reads from.
 */
final class FrameAssembler {
  /** What came of the bytes so far. */
  enum Progress {
    /** A frame is not complete yet. */
    MORE,
    /** A frame is complete: {@link #takeContent}. */
    FRAME,
    /** A frame has passed for which there was no memory: {@link #refusedRequestId}. */
    REFUSED
  }

  private static final byte[] NONE = new byte[0];

  private final FrameMemory memory;
  private int frameBytesMax = Limits.HELLO_BYTES_MAX;
  private int lengthBytesRead;
  private int length;
  private byte[] content = NONE;
  private int contentRead;

  /** Bytes of {@link #memory} that the frame in progress, or the one just completed, holds. */
  private long heldBytes;

  /** Whether the rest of the frame in progress is thrown away, for want of memory. */
  private boolean refusing;

  FrameAssembler(FrameMemory memory) {
    this.memory = memory;
  }

  /** The peer is known: frames of full size are allowed. */
  void allowLargeFrames() {
    frameBytesMax = Limits.FRAME_BYTES_MAX;
  }

  /**
   * Reads until a frame is complete or the buffer is empty.
   *
   * @throws ProtocolException if a length is not allowed; nothing more can be read then
   */
  Progress read(ByteBuf in) {
    while (lengthBytesRead < Frame.LENGTH_BYTES) {
      if (!in.isReadable()) {
        return Progress.MORE;
      }
      length = length << 8 | in.readUnsignedByte();
      if (++lengthBytesRead == Frame.LENGTH_BYTES) {
        Frame.checkLength(length, frameBytesMax);
      }
    }
    while (contentRead < length) {
      int available = Math.min(in.readableBytes(), length - contentRead);
      if (available == 0) {
        return Progress.MORE;
      }
      if (refusing || !ensure(contentRead + available)) {
        refuse(in, available);
      } else {
        in.readBytes(content, contentRead, available);
        contentRead += available;
      }
    }
    return refusing ? Progress.REFUSED : Progress.FRAME;
  }

  /** The complete frame; the caller takes over the array and {@link #takeHeldBytes}. */
  byte[] takeContent() {
    byte[] taken = content.length == length ? content : Arrays.copyOf(content, length);
    restart();
    return taken;
  }

  /** The bytes of memory held by the frame just taken: the caller's to give back. */
  long takeHeldBytes() {
    long taken = heldBytes;
    heldBytes = 0;
    return taken;
  }

  /** The request id of the refused frame; the next one is read then. */
  int refusedRequestId() {
    int id = 0;
    for (int i = 1; i < Frame.HEADER_BYTES; i++) {
      id = id << 8 | (content[i] & 0xFF);
    }
    restart();
    return id;
  }

  /** Gives back what a frame in progress holds. */
  void close() {
    restart();
    memory.release(takeHeldBytes());
  }

  private void restart() {
    lengthBytesRead = 0;
    length = 0;
    content = NONE;
    contentRead = 0;
    refusing = false;
  }

  private boolean ensure(int needed) {
    if (needed <= content.length) {
      return true;
    }
    int capacity = (int) Math.min(length, Math.max(needed, 2L * content.length));
    long toHold = capacity <= FrameMemory.SMALL_FRAME_BYTES ? 0 : capacity;
    if (!memory.tryAcquire(toHold - heldBytes)) {
      return false;
    }
    heldBytes = toHold;
    content = Arrays.copyOf(content, capacity);
    return true;
  }

  private void refuse(ByteBuf in, int available) {
    if (!refusing) {
      refusing = true;
      content = Arrays.copyOf(content, Frame.HEADER_BYTES);
      memory.release(takeHeldBytes());
    }
    for (int i = contentRead; i < Frame.HEADER_BYTES && i < contentRead + available; i++) {
      content[i] = in.getByte(in.readerIndex() + i - contentRead);
    }
    in.skipBytes(available);
    contentRead += available;
  }
}
