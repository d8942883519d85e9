package dev.lockstep.server.database;

import dev.lockstep.protocol.SessionId;
import dev.lockstep.server.command.TransactionCommand;
import java.util.List;

/**
 * What a transaction begins with.
 *
 * @param session the session, or {@link SessionId#NONE} if it has not been opened yet
 * @param clockMillis the clock of all its steps
 * @param seed the seed of all its steps
 * @param limits what it may take; the node's own limits are the most it gets
 * @param script its steps so far if it was begun on another node, else empty; a script must be
 *     {@link ProvisionalTransaction#replay replayed} before anything else is done
 */
public record TransactionStart(
    SessionId session,
    long clockMillis,
    long seed,
    TransactionMode mode,
    TransactionLimits limits,
    List<TransactionCommand.Step> script) {
  public TransactionStart {
    script = List.copyOf(script);
  }
}
