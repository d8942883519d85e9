package dev.lockstep.server.database;

import dev.lockstep.server.command.Digest;

/**
 * What was read of the content from a place on.
 *
 * @param table the table that all of it is of, or the last one of several
 * @param rows rows read
 * @param digest of all names, keys and values
 * @param next where to go on, encoded; empty at the end of the content
 * @param text the last row for a person, if that was asked for
 */
public record ContentPart(String table, int rows, Digest digest, byte[] next, String text) {}
