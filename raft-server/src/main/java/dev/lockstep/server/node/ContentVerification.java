package dev.lockstep.server.node;

import dev.lockstep.protocol.ClientMessage.ReadContent;
import dev.lockstep.protocol.ServerMessage.Content;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Compares what the nodes have kept of their content at one index: part by part by their digests,
 * and within a part that differs by halving it, down to the first row that differs.
 */
public final class ContentVerification {
  private static final byte[] BEGINNING = new byte[0];

  private final Map<String, PeerClient> nodes;
  private final long index;

  /**
   * @param nodes connections to all of them, by id
   * @param index at which they have kept their content
   */
  public ContentVerification(Map<String, PeerClient> nodes, long index) {
    this.nodes = new LinkedHashMap<>(nodes);
    this.index = index;
  }

  /**
   * What came out.
   *
   * @param text for a person
   */
  public record Outcome(boolean same, String text) {}

  /**
   * Compares all.
   *
   * @throws IOException if a node does not answer, or has not kept its content
   */
  public Outcome run() throws IOException {
    byte[] place = BEGINNING;
    long rows = 0;
    while (true) {
      Map<String, Content> parts = read(place, 0, false);
      if (!alike(parts)) {
        return new Outcome(false, firstDifference(place, parts));
      }
      Content part = parts.values().iterator().next();
      rows += part.rows();
      place = part.next();
      if (place.length == 0) {
        return new Outcome(
            true,
            String.join(", ", nodes.keySet())
                + " hold the same content at index "
                + index
                + ": "
                + rows
                + " rows, those of the schema and of Lockstep's own tables among them");
      }
    }
  }

  private String firstDifference(byte[] from, Map<String, Content> parts) throws IOException {
    byte[] place = from;
    int rows = parts.values().stream().mapToInt(Content::rows).max().orElse(0);
    while (rows > 1) {
      int half = rows / 2;
      Map<String, Content> first = read(place, half, false);
      if (alike(first)) {
        place = first.values().iterator().next().next();
        rows -= half;
      } else {
        rows = half;
      }
    }
    StringBuilder text = new StringBuilder("the content differs at index " + index + ":");
    read(place, 1, true)
        .forEach(
            (node, row) ->
                text.append(System.lineSeparator())
                    .append("  ")
                    .append(node)
                    .append(": table ")
                    .append(row.table())
                    .append(row.rows() == 0 ? " has no more rows" : ", row " + row.text()));
    return text.toString();
  }

  private Map<String, Content> read(byte[] place, int rowsMax, boolean text) throws IOException {
    Map<String, Content> parts = new LinkedHashMap<>();
    for (Map.Entry<String, PeerClient> node : nodes.entrySet()) {
      parts.put(
          node.getKey(),
          node.getValue().ask(Content.class, new ReadContent(index, place, rowsMax, text)));
    }
    return parts;
  }

  private static boolean alike(Map<String, Content> parts) {
    return parts.values().stream().distinct().count() == 1;
  }
}
