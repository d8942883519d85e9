package dev.lockstep.server.log;

/**
 * An entry that a majority has on disk.
 *
 * @param command the proposed bytes; read only
 * @param proposal the proposal, if it was made on this member and waits for its end, else null
 */
public record CommittedEntry(long index, long term, byte[] command, Proposal proposal) {}
