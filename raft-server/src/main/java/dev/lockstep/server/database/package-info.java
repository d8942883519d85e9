/**
 * The replicated state of a database: its files, the loop that applies commands to it, sessions,
 * transactions before their commit, and snapshots.
 */
package dev.lockstep.server.database;
