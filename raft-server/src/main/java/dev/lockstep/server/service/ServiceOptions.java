package dev.lockstep.server.service;

import dev.lockstep.protocol.Topology;
import java.nio.file.Path;
import java.util.List;

/**
 * What the service must know.
 *
 * @param clusterId the cluster, as clients are told
 * @param nodeId this node
 * @param database the one database that is served
 * @param productVersion this software's version
 * @param sqliteVersion the version of SQLite under it
 * @param members all nodes with their addresses for clients
 * @param copies directory for copies of the state that other nodes read
 * @param limits what clients may take
 */
public record ServiceOptions(
    String clusterId,
    String nodeId,
    String database,
    String productVersion,
    String sqliteVersion,
    List<Topology.Member> members,
    Path copies,
    ServiceLimits limits) {
  public ServiceOptions {
    members = List.copyOf(members);
  }
}
