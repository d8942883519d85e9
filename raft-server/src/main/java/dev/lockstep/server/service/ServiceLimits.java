package dev.lockstep.server.service;

/**
 * What clients may take of the service.
 *
 * @param proposalsMax writes that wait for consensus at the same time
 * @param proposalBytesMax bytes of these writes
 * @param workersMax threads that may block on SQLite
 * @param workQueueMax work that waits for such a thread
 * @param readersMax read-only connections to the database's file, open cursors included
 * @param cursorsPerConnectionMax open cursors of one connection
 * @param cursorIdleMillis time after which a cursor that nobody fetches from is closed
 */
public record ServiceLimits(
    int proposalsMax,
    long proposalBytesMax,
    int workersMax,
    int workQueueMax,
    int readersMax,
    int cursorsPerConnectionMax,
    long cursorIdleMillis) {}
