package dev.lockstep.jdbc.client;

import dev.lockstep.protocol.TransactionOptions;
import java.util.List;
import java.util.Map;

/**
 * What a connection is made with.
 *
 * @param seeds nodes to ask first; one that answers is enough
 * @param properties what the client says of itself
 * @param connectTimeoutMillis time to reach one node and to be greeted by it
 * @param loginTimeoutMillis time to establish the connection, whatever nodes it takes
 * @param socketTimeoutMillis time to wait for an answer before the connection is given up, 0 for no
 *     limit
 * @param failoverTimeoutMillis time that a request is repeated for want of a leader
 * @param keepAlive whether the operating system looks after idle sockets
 * @param spread whether a follower is chosen at random, not in the cluster's order
 * @param maxStalenessMillis how old a read of {@link ReadConsistency#BOUNDED} may be
 * @param transaction what transactions begin with
 * @param failoverScriptBytesMax bytes of a transaction's statements that are kept for the case that
 *     its node is lost
 */
public record ClientOptions(
    List<NodeAddress> seeds,
    String database,
    String user,
    Map<String, String> properties,
    int connectTimeoutMillis,
    int loginTimeoutMillis,
    int socketTimeoutMillis,
    int failoverTimeoutMillis,
    boolean keepAlive,
    ReadTarget readTarget,
    boolean spread,
    ReadConsistency consistency,
    int maxStalenessMillis,
    TransactionOptions transaction,
    int failoverScriptBytesMax) {
  public ClientOptions {
    seeds = List.copyOf(seeds);
    properties = Map.copyOf(properties);
  }
}
