package dev.lockstep.server.database;

import dev.lockstep.protocol.WireWriter;
import dev.lockstep.server.command.CommandResult;
import dev.lockstep.server.command.Digest;

/** Makes the digest of what a client saw; keeps its buffer. For one thread at a time. */
final class StepDigest {
  private static final int BUFFER_BYTES_KEPT = 1 << 20;

  private WireWriter encoded = newBuffer();

  Digest of(CommandResult result) {
    if (encoded.buffer().length > BUFFER_BYTES_KEPT) {
      encoded = newBuffer();
    }
    encoded.reset();
    result.encode(encoded);
    return Digest.of(encoded.buffer(), 0, encoded.size());
  }

  private static WireWriter newBuffer() {
    return new WireWriter(1024, Integer.MAX_VALUE - 64);
  }
}
