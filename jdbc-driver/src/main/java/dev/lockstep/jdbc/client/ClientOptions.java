package dev.lockstep.jdbc.client;

import dev.lockstep.protocol.Consistency;
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
 * @param maxStalenessMillis how old a read of {@link Consistency#BOUNDED} may be
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
    ReadTarget readTarget,
    Consistency consistency,
    int maxStalenessMillis) {
  public ClientOptions {
    seeds = List.copyOf(seeds);
    properties = Map.copyOf(properties);
  }
}
