package dev.lockstep.examples.shop;

import java.util.List;

/**
 * What a customer wants to buy.
 *
 * @param reference the customer's own number of the order: different for each, so that an order can
 *     be found again
 */
record Order(String reference, int customerId, List<Line> lines) {
  Order {
    lines = List.copyOf(lines);
  }

  record Line(int trackId, int quantity) {}
}
