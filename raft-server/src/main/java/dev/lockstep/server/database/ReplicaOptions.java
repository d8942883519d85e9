package dev.lockstep.server.database;

import dev.lockstep.server.log.SnapshotRules;
import java.nio.file.Path;

/**
 * What a replica must know to open its state.
 *
 * @param directory the directory of the generations, {@code <data>/<database>/state}
 * @param clusterId the cluster that the state must belong to
 * @param database the database that the state must hold
 * @param transactions how transactions are run before their commit
 * @param snapshotBytesPerSecond of a snapshot that are written or installed at most
 */
public record ReplicaOptions(
    Path directory,
    String clusterId,
    String database,
    TransactionOptions transactions,
    long snapshotBytesPerSecond) {

  /** With the default rate of snapshots. */
  public ReplicaOptions(
      Path directory, String clusterId, String database, TransactionOptions transactions) {
    this(directory, clusterId, database, transactions, SnapshotRules.DEFAULT_BYTES_PER_SECOND);
  }
}
