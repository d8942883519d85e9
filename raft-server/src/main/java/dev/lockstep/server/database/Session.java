package dev.lockstep.server.database;

import dev.lockstep.protocol.SessionId;

/**
 * A session as it is stored. Immutable.
 *
 * @param opened index of the entry that opened it: the key of its row
 * @param lastUsedMillis the replica's clock at its last command
 * @param result the encoded result of the last write; null before the first, and where it is too
 *     large for memory and stands in the file alone
 */
record Session(
    SessionId id,
    long opened,
    long lastSequence,
    long lastIndex,
    long lastUsedMillis,
    byte[] result,
    SessionValues values) {

  static Session opened(SessionId id, long index, long clockMillis) {
    return new Session(id, index, 0, 0, clockMillis, null, SessionValues.NONE);
  }

  Session used(long clockMillis) {
    return clockMillis == lastUsedMillis
        ? this
        : new Session(id, opened, lastSequence, lastIndex, clockMillis, result, values);
  }

  Session wrote(
      long sequence, long index, long clockMillis, byte[] newResult, SessionValues newValues) {
    return new Session(id, opened, sequence, index, clockMillis, newResult, newValues);
  }

  Session withoutResult() {
    return new Session(id, opened, lastSequence, lastIndex, lastUsedMillis, null, values);
  }
}
