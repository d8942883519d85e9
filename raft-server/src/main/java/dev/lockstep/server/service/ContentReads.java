package dev.lockstep.server.service;

import dev.lockstep.protocol.ClientMessage.ReadContent;
import dev.lockstep.protocol.ProtocolException;
import dev.lockstep.protocol.ServerMessage;
import dev.lockstep.protocol.ServerMessage.Content;
import dev.lockstep.protocol.ServerMessage.StatePart;
import dev.lockstep.server.database.ContentPart;
import dev.lockstep.server.database.Replica;
import dev.lockstep.sql.SqlErrors;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers requests for digests of the content that is kept. */
final class ContentReads {
  private static final Logger LOG = LoggerFactory.getLogger(ContentReads.class);

  private ContentReads() {}

  /** Blocks on the disk. */
  static ServerMessage read(Replica replica, ReadContent request) {
    try {
      ContentPart part =
          replica
              .contents()
              .read(request.fixedIndex(), request.place(), request.rowsMax(), request.text());
      if (part == null) {
        return Failures.statement(
            "55000",
            "the content at index " + request.fixedIndex() + " is not kept, or not any more");
      }
      byte[] digest =
          ByteBuffer.allocate(StatePart.DIGEST_BYTES)
              .putLong(part.digest().high())
              .putLong(part.digest().low())
              .array();
      return new Content(part.table(), part.rows(), digest, part.next(), part.text());
    } catch (ProtocolException e) {
      return Failures.protocol("no place in the content: " + e.getMessage());
    } catch (SQLException e) {
      LOG.error("the content at index {} cannot be read", request.fixedIndex(), e);
      if (SqlErrors.isDamage(e)) {
        replica.condemn("the database file is damaged: " + e.getMessage());
      }
      return Failures.unavailable("the content cannot be read: " + e.getMessage());
    }
  }
}
