package dev.lockstep.server.database;

import dev.lockstep.server.log.LogStatus;
import java.nio.file.Path;
import java.util.Set;

/**
 * Hears of what happens to a {@link Replica}. Called on the thread that applies, between two
 * batches; must not block, and must not throw.
 */
public interface ReplicaListener {
  /**
   * A snapshot replaced the file: connections to the former one show an old state and are to be
   * closed; the former file itself stays on disk until the next start.
   */
  default void fileReplaced(Path file) {}

  /** A command changed the schema. */
  default void schemaChanged(long schemaVersion) {}

  /** Commands released named locks. */
  default void locksReleased(Set<String> names) {}

  default void leadershipGained(long term) {}

  default void leadershipLost(LogStatus status) {}

  default void leaderChanged(String leader, long term) {}

  /** The replica applies nothing any more. */
  default void stopped(String reason) {}

  /**
   * The state was found to be wrong, see {@link Replica#condemn}. Called on the thread that found
   * it.
   */
  default void condemned(String reason) {}
}
