package dev.lockstep.server.database;

import dev.lockstep.protocol.SessionId;

/**
 * A session as it is stored. Immutable.
 *
 * @param opened index of the entry that opened it: the key of its row
 * @param lastUsedMillis the replica's clock at its last command
 * @param result the encoded result of the last write; null before the first, and where it stands in
 *     the file alone
 * @param resultBytes size of that result, wherever it stands
 */
record Session(
    SessionId id,
    long opened,
    long lastSequence,
    long lastIndex,
    long lastUsedMillis,
    byte[] result,
    int resultBytes,
    SessionValues values) {

  static Session opened(SessionId id, long index, long clockMillis) {
    return new Session(id, index, 0, 0, clockMillis, null, 0, SessionValues.NONE);
  }

  Session used(long clockMillis) {
    return clockMillis == lastUsedMillis
        ? this
        : new Session(
            id, opened, lastSequence, lastIndex, clockMillis, result, resultBytes, values);
  }

  Session wrote(
      long sequence, long index, long clockMillis, byte[] newResult, SessionValues newValues) {
    return new Session(
        id, opened, sequence, index, clockMillis, newResult, newResult.length, newValues);
  }

  Session withoutResult() {
    return new Session(
        id, opened, lastSequence, lastIndex, lastUsedMillis, null, resultBytes, values);
  }

  /** Index of the entry that used it last; no two sessions have the same. */
  long usedAt() {
    return Math.max(opened, lastIndex);
  }

  /** Bytes of its result in memory. */
  int memoryBytes() {
    return result == null ? 0 : result.length;
  }
}
