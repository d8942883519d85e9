package dev.lockstep.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.history.ListTransaction.Outcome;
import dev.lockstep.testkit.history.Micro.Append;
import dev.lockstep.testkit.history.Micro.Read;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each anomaly, in the smallest history that shows it. Keys are 1 and 2. */
final class ListAppendCheckerTest {
  private final List<ListTransaction> history = new ArrayList<>();

  /** All at the same time, so that only what they saw orders them. */
  private void together(Micro... steps) {
    add(0, 1_000, Outcome.COMMITTED, steps);
  }

  private void add(long invoked, long completed, Outcome outcome, Micro... steps) {
    history.add(new ListTransaction(history.size(), invoked, completed, outcome, List.of(steps)));
  }

  private static Append append(int key, int value) {
    return new Append(key, value);
  }

  private static Read read(int key, Integer... values) {
    return new Read(key, List.of(values));
  }

  private void assertFound(String name) {
    assertThat(ListAppendChecker.check(history)).extracting(Anomaly::name).contains(name);
  }

  @Test
  void serialHistoryHasNoAnomaly() {
    add(0, 1, Outcome.COMMITTED, append(1, 1));
    add(2, 3, Outcome.COMMITTED, read(1, 1), append(1, 2), read(1, 1, 2), append(2, 1));
    add(4, 5, Outcome.ROLLED_BACK, append(1, 3));
    add(4, 6, Outcome.UNKNOWN, append(1, 4));
    add(7, 8, Outcome.COMMITTED, read(1, 1, 2, 4), read(2, 1));

    assertThat(ListAppendChecker.check(history)).isEmpty();
  }

  @Test
  void unknownTransactionMayBeMissing() {
    add(0, 1, Outcome.UNKNOWN, append(1, 1));
    add(2, 3, Outcome.COMMITTED, read(1));

    assertThat(ListAppendChecker.check(history)).isEmpty();
  }

  @Test
  void dirtyWriteIsG0() {
    together(append(1, 1), append(2, 1));
    together(append(1, 2), append(2, 2));
    together(read(1, 1, 2), read(2, 2, 1));

    assertFound("G0");
  }

  @Test
  void readOfARolledBackWriteIsG1a() {
    add(0, 1, Outcome.ROLLED_BACK, append(1, 1));
    together(read(1, 1));

    assertFound("G1a");
  }

  @Test
  void readOfAnIntermediateWriteIsG1b() {
    together(append(1, 1), append(1, 2));
    together(read(1, 1));
    together(read(1, 1, 2));

    assertFound("G1b");
  }

  @Test
  void circularInformationFlowIsG1c() {
    together(append(1, 1), read(2, 1));
    together(append(2, 1), read(1, 1));
    together(read(1, 1), read(2, 1));

    assertFound("G1c");
  }

  @Test
  void lostUpdateIsGSingle() {
    together(read(1), append(1, 1));
    together(read(1), append(1, 2));
    together(read(1, 1, 2));

    assertFound("G-single");
  }

  @Test
  void readSkewIsGSingle() {
    together(append(1, 1), append(2, 1));
    together(read(1), read(2, 1));
    together(read(1, 1), read(2, 1));

    assertFound("G-single");
  }

  @Test
  void writeSkewIsG2() {
    together(read(1), append(2, 1));
    together(read(2), append(1, 1));
    together(read(1, 1), read(2, 1));

    assertFound("G2");
  }

  @Test
  void staleReadIsNotInRealTimeOrder() {
    add(0, 1, Outcome.COMMITTED, append(1, 1));
    add(2, 3, Outcome.COMMITTED, read(1));
    add(4, 5, Outcome.COMMITTED, read(1, 1));

    assertFound("not in real-time order");
  }

  @Test
  void acknowledgedAppendThatNobodySeesIsLost() {
    add(0, 1, Outcome.COMMITTED, append(1, 1));
    add(2, 3, Outcome.COMMITTED, read(1));

    assertFound("lost write");
  }

  @Test
  void appendDoneTwiceIsADuplicate() {
    add(0, 1, Outcome.COMMITTED, append(1, 1));
    add(2, 3, Outcome.COMMITTED, read(1, 1, 1));

    assertFound("duplicate");
  }

  @Test
  void listsThatGrewDifferentlyAreIncompatible() {
    together(append(1, 1));
    together(append(1, 2));
    together(read(1, 2));
    together(read(1, 1, 2));

    assertFound("incompatible order");
  }

  @Test
  void unrepeatableReadIsInternal() {
    together(append(1, 1));
    together(read(1), read(1, 1));
    together(read(1, 1));

    assertFound("internal");
  }

  @Test
  void invisibleOwnAppendIsInternal() {
    together(append(1, 1), read(1));
    together(read(1, 1));

    assertFound("internal");
  }

  @Test
  void valueThatNobodyAppendedIsGarbage() {
    together(read(1, 7));

    assertFound("garbage");
  }
}
