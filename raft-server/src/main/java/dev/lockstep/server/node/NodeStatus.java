package dev.lockstep.server.node;

import dev.lockstep.server.log.LogStatus;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How a node is.
 *
 * @param role the node's part in the term
 * @param leader id of the leading node, or the empty text
 * @param appliedIndex last log index whose effect is in the database
 * @param digest running digest of the results of all commands up to it, in hexadecimal
 * @param fault why the node does not serve the database any more, or the empty text
 * @param values everything, also what is only of interest to people, by name
 */
public record NodeStatus(
    String node,
    LogStatus.Role role,
    long term,
    String leader,
    long appliedIndex,
    String digest,
    String fault,
    Map<String, String> values) {
  public NodeStatus {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  public boolean leads() {
    return role == LogStatus.Role.LEADER;
  }

  public boolean healthy() {
    return fault.isEmpty();
  }
}
