package dev.lockstep.examples.shop;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The files of all nodes, each with the same part of the log applied. */
final class NodeFiles implements AutoCloseable {
  private static final int POLL_MILLIS = 50;

  private final List<NodeFile> files;

  private NodeFiles(List<NodeFile> files) {
    this.files = files;
  }

  /**
   * Waits until the files of all nodes have applied the same log index. Nobody may be writing.
   *
   * @throws DemoFailure if they have not within the limit
   */
  static NodeFiles awaitEqualIndex(List<ShopNode> nodes, Duration limit)
      throws SQLException, IOException, InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      NodeFiles files = open(nodes);
      List<Long> indexes = files.appliedIndexes();
      if (indexes.stream().distinct().count() == 1) {
        return files;
      }
      files.close();
      if (System.nanoTime() - deadline > 0) {
        throw new DemoFailure(
            "The nodes have not caught up within "
                + limit.toSeconds()
                + " s: their files are at log indexes "
                + indexes);
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  private static NodeFiles open(List<ShopNode> nodes) throws SQLException, IOException {
    NodeFiles opened = new NodeFiles(new ArrayList<>());
    try {
      for (ShopNode node : nodes) {
        opened.files.add(NodeFile.open(node));
      }
      return opened;
    } catch (SQLException | IOException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  List<NodeFile> all() {
    return List.copyOf(files);
  }

  NodeFile any() {
    return files.get(0);
  }

  List<Long> appliedIndexes() throws SQLException {
    List<Long> indexes = new ArrayList<>();
    for (NodeFile file : files) {
      indexes.add(file.appliedIndex());
    }
    return indexes;
  }

  @Override
  public void close() throws SQLException {
    for (NodeFile file : files) {
      file.close();
    }
  }
}
