package dev.lockstep.server.database;

import dev.lockstep.server.command.Digest;

/**
 * What a replica found of itself at a checkpoint. Replicas that are alike have equal reports.
 *
 * @param index the checkpoint's index
 * @param results the running digest of all results up to it
 * @param content the digest of the checkpoint's slice of the content
 * @param table the table that the slice ends in
 * @param next where the next slice begins, encoded; empty if this one reached the end
 */
public record CheckpointReport(
    long index, Digest results, Digest content, String table, byte[] next) {

  /** What replicas compare, in words. */
  public String value() {
    return results + "/" + content;
  }
}
