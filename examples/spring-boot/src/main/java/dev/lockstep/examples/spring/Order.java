package dev.lockstep.examples.spring;

import java.util.List;

/**
 * @param reference chosen by the customer; if no answer comes, the order can be looked up by it
 */
record Order(String reference, List<Line> lines) {
  record Line(long trackId, int quantity) {}

  Order {
    lines = List.copyOf(lines);
  }
}
