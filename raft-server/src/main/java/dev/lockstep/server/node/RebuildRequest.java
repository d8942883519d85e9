package dev.lockstep.server.node;

import dev.lockstep.server.node.NodeStartException.Reason;
import java.io.IOException;
import java.nio.file.Path;

/** An operator's request to a stopped node to take its state from the others. */
public final class RebuildRequest {
  private RebuildRequest() {}

  /**
   * Marks the state for replacement at the node's next start.
   *
   * @throws NodeStartException if the directory is not a node's, the node runs, or the disk fails
   */
  public static void write(Path data, String database) throws NodeStartException {
    try (DataDirectory directory = DataDirectory.openStopped(data, database)) {
      new RebuildMark(directory.rebuildMarkOf(database))
          .write("its operator wants it replaced by another node's");
    } catch (IOException e) {
      throw new NodeStartException(
          Reason.FAILED, "data directory " + data + " cannot be written: " + e, e);
    }
  }
}
