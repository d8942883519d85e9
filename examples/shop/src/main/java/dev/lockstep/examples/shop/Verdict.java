package dev.lockstep.examples.shop;

import java.util.List;
import java.util.Map;

/**
 * What came out of it all.
 *
 * @param receipts the acknowledged orders in the order of time
 * @param found how many orders the files hold
 * @param failures orders that were given up with an error
 * @param retries transactions that were run again after 40001
 * @param rows rows by table
 */
record Verdict(
    List<Receipt> receipts,
    int found,
    List<Customers.Failure> failures,
    long retries,
    List<Outage> outages,
    Map<String, Long> rows,
    Proof proof) {
  private static final int FAILURES_LISTED_MAX = 3;

  boolean passed() {
    return proof.faultCount() == 0
        && failures.isEmpty()
        && !receipts.isEmpty()
        && outages.stream().allMatch(outage -> outage.pauseNanos(receipts) >= 0);
  }

  void tell(Story story) {
    story.blank();
    line(story, "orders acknowledged to the customers", receipts.size());
    line(story, "orders in the files", found);
    line(story, "transactions run again after 40001", retries);
    line(story, "orders that failed", failures.size());
    line(story, "tables alike on all nodes", rows.size());
    line(story, "rows alike on all nodes", rows.values().stream().mapToLong(n -> n).sum());
    for (Outage outage : outages) {
      long pause = outage.pauseNanos(receipts);
      if (pause < 0) {
        story.detail("no order was acknowledged after the kill of %s", outage.nodeId());
      } else {
        line(story, "writes paused by the kill of " + outage.nodeId() + ", ms", pause / 1_000_000);
      }
    }
    story.blank();
    failures.stream()
        .limit(FAILURES_LISTED_MAX)
        .forEach(failure -> story.detail("%s: %s", failure.reference(), failure.error()));
    proof.faults().forEach(fault -> story.detail("%s", fault));
    if (passed()) {
      story.step("PASSED: every acknowledged order is there once, the three files are equal");
    } else {
      story.step("FAILED: %d faults, %d failed orders", proof.faultCount(), failures.size());
    }
  }

  private static void line(Story story, String what, long number) {
    story.detail("%-42s %,9d", what, number);
  }
}
