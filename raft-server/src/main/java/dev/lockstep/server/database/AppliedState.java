package dev.lockstep.server.database;

import dev.lockstep.server.command.Digest;

/**
 * How far a replica is; stored in the same SQLite transaction as what was applied.
 *
 * @param index index of the last applied entry, 0 if there was none
 * @param term its term
 * @param clockMillis the latest clock of all applied commands, in milliseconds since 1970
 * @param digest the running digest after that entry
 */
public record AppliedState(long index, long term, long clockMillis, Digest digest) {
  public static final AppliedState NONE = new AppliedState(0, 0, 0, Digest.ZERO);
}
