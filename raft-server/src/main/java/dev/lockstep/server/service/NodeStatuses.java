package dev.lockstep.server.service;

import java.util.Map;

/** Asks the other nodes of the cluster what they say of themselves. */
public interface NodeStatuses {
  /**
   * The values of their status by their ids, without those that do not answer in time. Blocks for 1
   * s at most.
   */
  Map<String, Map<String, String>> ask();
}
