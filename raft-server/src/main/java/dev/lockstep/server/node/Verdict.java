package dev.lockstep.server.node;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What follows for this node from the digests of all members at one checkpoint. More than half of
 * all members are right.
 */
record Verdict(Kind kind, String reason) {
  /** What is known. */
  enum Kind {
    /** This node is one of a majority that is alike. */
    ALIKE,
    /** A majority is alike, and this node is not one of it. */
    DIVERGED,
    /** All members were heard, and no majority is alike. */
    NO_MAJORITY,
    /** Members are missing that could decide. */
    OPEN
  }

  /**
   * @param self this node, which is one of those heard
   * @param heard the digests by member
   * @param members count of all members
   */
  static Verdict of(long index, String self, Map<String, String> heard, int members) {
    String own = heard.get(self);
    Map<String, List<String>> holders = new TreeMap<>();
    new TreeMap<>(heard)
        .forEach(
            (member, value) -> holders.computeIfAbsent(value, v -> new ArrayList<>()).add(member));
    int majority = members / 2 + 1;
    for (Map.Entry<String, List<String>> entry : holders.entrySet()) {
      if (entry.getValue().size() >= majority) {
        return entry.getKey().equals(own)
            ? new Verdict(Kind.ALIKE, "")
            : new Verdict(
                Kind.DIVERGED,
                "this replica has diverged: its digests at index "
                    + index
                    + " are "
                    + own
                    + ", those of "
                    + String.join(", ", entry.getValue())
                    + " are "
                    + entry.getKey());
      }
    }
    String text = "no majority of the replicas is alike at index " + index + ": " + holders;
    return new Verdict(heard.size() == members ? Kind.NO_MAJORITY : Kind.OPEN, text);
  }
}
