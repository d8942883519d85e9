package dev.lockstep.server.net;

import dev.lockstep.protocol.FailureKind;
import dev.lockstep.protocol.Frame;
import dev.lockstep.protocol.Limits;
import dev.lockstep.protocol.ProtocolException;
import dev.lockstep.protocol.ServerMessage;
import dev.lockstep.protocol.WireWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/** Turns answers into bytes; one for each event loop. */
final class ReplyEncoder {
  /** A writer that has grown beyond this is not kept. */
  private static final int KEPT_BYTES_MAX = 1 << 20;

  private WireWriter writer = newWriter();

  /** The caller owns the buffer. An answer that does not fit a frame becomes a failure. */
  ByteBuf encode(ByteBufAllocator allocator, int requestId, ServerMessage message) {
    writer.reset();
    try {
      Frame.encode(writer, requestId, message);
    } catch (ProtocolException e) {
      writer = newWriter();
      Frame.encode(
          writer,
          requestId,
          new ServerMessage.Failure(
              FailureKind.STATEMENT, "54000", "answer too large: " + e.getMessage()));
    }
    ByteBuf frame = allocator.buffer(writer.size(), writer.size());
    frame.writeBytes(writer.buffer(), 0, writer.size());
    if (writer.size() > KEPT_BYTES_MAX) {
      writer = newWriter();
    }
    return frame;
  }

  private static WireWriter newWriter() {
    return new WireWriter(4_096, Limits.FRAME_BYTES_MAX + Frame.LENGTH_BYTES);
  }
}
