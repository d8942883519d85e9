package dev.lockstep.server.database;

/**
 * What the sessions of a database may take. All but the last are rules of the replicated state, and
 * the same on every node: whether a result is kept must not differ.
 *
 * @param sessionsMax sessions of a database
 * @param removedTogether of these, the ones that make room where another is opened beyond the limit
 * @param resultBytesMax bytes of a result that is kept for a repetition
 * @param resultBytesAlways bytes of a result that is kept however many there are
 * @param resultBytesTotal bytes of all kept results, beyond which larger ones are not kept
 * @param memoryBytesEach bytes of a result that is held in memory, not in the file alone
 * @param memoryBytesTotal bytes of all results in memory
 */
record SessionLimits(
    int sessionsMax,
    int removedTogether,
    int resultBytesMax,
    int resultBytesAlways,
    long resultBytesTotal,
    int memoryBytesEach,
    long memoryBytesTotal) {
  static final SessionLimits DEFAULT =
      new SessionLimits(100_000, 1_000, 1 << 20, 1 << 10, 256L << 20, 1 << 10, 16L << 20);
}
