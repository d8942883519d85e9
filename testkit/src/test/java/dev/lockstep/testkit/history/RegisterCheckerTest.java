package dev.lockstep.testkit.history;

import static dev.lockstep.testkit.history.RegisterChecker.isLinearizable;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.history.RegisterChecker.Action;
import dev.lockstep.testkit.history.RegisterChecker.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class RegisterCheckerTest {
  private static Operation write(long from, long to, int value) {
    return new Operation(from, to, new Action.Write(value));
  }

  private static Operation read(long from, long to, int value) {
    return new Operation(from, to, new Action.Read(value));
  }

  private static Operation set(long from, long to, int expected, int value, boolean done) {
    return new Operation(from, to, new Action.CompareAndSet(expected, value, done));
  }

  @Test
  void overlappingOperationsMayBeOrderedEitherWay() {
    assertThat(isLinearizable(0, List.of(write(0, 10, 1), read(1, 2, 0), read(3, 4, 1)))).isTrue();
  }

  @Test
  void valueOnceSeenIsNotUnseen() {
    assertThat(isLinearizable(0, List.of(write(0, 10, 1), read(1, 2, 1), read(3, 4, 0)))).isFalse();
  }

  @Test
  void staleReadIsNotLinearizable() {
    assertThat(isLinearizable(0, List.of(write(0, 1, 1), read(2, 3, 0)))).isFalse();
  }

  @Test
  void onlyOneOfTwoCompareAndSetsSucceeds() {
    assertThat(isLinearizable(0, List.of(set(0, 5, 0, 1, true), set(0, 5, 0, 2, false)))).isTrue();
    assertThat(isLinearizable(0, List.of(set(0, 5, 0, 1, true), set(0, 5, 0, 2, true)))).isFalse();
  }

  @Test
  void unknownWriteMayTakeEffectLateOrNever() {
    Operation unknown = write(0, Long.MAX_VALUE, 1);

    assertThat(isLinearizable(0, List.of(unknown, read(2, 3, 0), read(4, 5, 1)))).isTrue();
    assertThat(isLinearizable(0, List.of(unknown, read(2, 3, 0), read(4, 5, 0)))).isTrue();
    assertThat(isLinearizable(0, List.of(unknown, read(2, 3, 1), read(4, 5, 0)))).isFalse();
  }

  /** Operations that took effect at known moments are accepted; with a wrong value, refused. */
  @Test
  void longHistoriesAreDecided() {
    Random random = new Random(7);
    for (int run = 0; run < 50; run++) {
      List<Operation> operations = new ArrayList<>();
      int state = 0;
      for (int moment = 1; moment <= 400; moment++) {
        long from = moment * 10L - random.nextInt(40);
        long to = moment * 10L + random.nextInt(40);
        int value = random.nextInt(3);
        switch (random.nextInt(3)) {
          case 0 -> {
            operations.add(write(from, to, value));
            state = value;
          }
          case 1 -> operations.add(read(from, to, state));
          default -> {
            operations.add(set(from, to, value, value + 1, value == state));
            state = value == state ? value + 1 : state;
          }
        }
      }
      assertThat(isLinearizable(0, operations)).isTrue();
      operations.add(read(2_000, 2_001, 99));
      assertThat(isLinearizable(0, operations)).isFalse();
    }
  }
}
