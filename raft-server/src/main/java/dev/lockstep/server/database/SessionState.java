package dev.lockstep.server.database;

import dev.lockstep.server.command.CommandResult;

/**
 * What the replicas know of a session.
 *
 * @param lastSequence the number of its last write, 0 before the first
 * @param lastIndex index of that write's entry, 0 before the first
 * @param lastResult result of that write, or null before the first or if it is too large to be held
 *     in memory: proposing the write again brings it
 * @param lastInsertRowid what {@code last_insert_rowid()} answers to the session
 * @param changes what {@code changes()} answers to the session
 * @param totalChanges what {@code total_changes()} answers to the session
 */
public record SessionState(
    long lastSequence,
    long lastIndex,
    CommandResult lastResult,
    long lastInsertRowid,
    long changes,
    long totalChanges) {}
