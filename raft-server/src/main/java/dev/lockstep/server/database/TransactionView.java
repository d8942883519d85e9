package dev.lockstep.server.database;

import dev.lockstep.protocol.SessionId;

/**
 * An open transaction as others see it.
 *
 * @param session {@link SessionId#NONE} if it has none (yet)
 * @param mode {@code queued}, {@code optimistic} or {@code read only}
 * @param state where it stands, in lower case
 * @param ageMillis time since it began
 * @param idleMillis time since its last request ended, 0 while there is one
 * @param steps requests that the commit will hold
 * @param writes whether its commit needs an entry of the log
 */
public record TransactionView(
    SessionId session,
    String mode,
    String state,
    long ageMillis,
    long idleMillis,
    int steps,
    boolean writes) {}
