package dev.lockstep.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;

/** That all nodes of a cluster have the same state, first by what they say, then by their files. */
final class SameState {
  private SameState() {}

  /** Waits until nobody moves any more: closing the last sessions goes through the log too. */
  static void await(ProcessCluster cluster, Duration patience) {
    Awaitility.await()
        .atMost(patience)
        .until(
            () ->
                cluster.nodes().stream()
                        .map(id -> cluster.status(id).map(s -> s.get("applied.digest")).orElse(id))
                        .distinct()
                        .count()
                    == 1);
  }

  /** Stops all nodes and compares what they leave. */
  static void stopAndCompare(ProcessCluster cluster) throws Exception {
    for (String id : cluster.nodes()) {
      cluster.stop(id);
    }
    Path first = cluster.stateFile("n1");
    for (String id : cluster.nodes()) {
      assertThat(ContentComparison.firstDifference(first, cluster.stateFile(id))).isEmpty();
    }
  }
}
