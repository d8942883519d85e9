package dev.lockstep.server.database;

import java.nio.file.Path;

/**
 * What a replica must know to open its state.
 *
 * @param directory the directory of the generations, {@code <data>/<database>/state}
 * @param clusterId the cluster that the state must belong to
 * @param database the database that the state must hold
 * @param transactions how transactions are run before their commit
 */
public record ReplicaOptions(
    Path directory, String clusterId, String database, TransactionOptions transactions) {}
