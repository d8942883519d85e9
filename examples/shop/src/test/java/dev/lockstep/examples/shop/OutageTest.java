package dev.lockstep.examples.shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class OutageTest {
  private static final long MILLIS = 1_000_000;

  @Test
  void pauseIsTheLongestGapThatEndsAfterTheKill() {
    Outage outage = new Outage("n1", 100 * MILLIS);

    assertThat(outage.pauseNanos(receiptsAtMillis(0, 90, 99, 700, 710, 800)))
        .isEqualTo(601 * MILLIS);
  }

  @Test
  void acknowledgementsThatWereOnTheirWayDoNotEndThePause() {
    Outage outage = new Outage("n1", 100 * MILLIS);

    assertThat(outage.pauseNanos(receiptsAtMillis(99, 101, 102, 900))).isEqualTo(798 * MILLIS);
  }

  @Test
  void pausesBeforeTheKillAndLongAfterItDoNotCount() {
    Outage outage = new Outage("n1", 100 * MILLIS);

    assertThat(outage.pauseNanos(receiptsAtMillis(-5_000, 99, 150, 10_050, 10_200, 90_000)))
        .isEqualTo(9_900 * MILLIS);
  }

  @Test
  void withoutAnyOrderAfterwardsThereIsNoPauseToTell() {
    assertThat(new Outage("n1", 100 * MILLIS).pauseNanos(receiptsAtMillis(1, 2, 3))).isEqualTo(-1);
    assertThat(new Outage("n1", 100 * MILLIS).pauseNanos(List.of())).isEqualTo(-1);
  }

  private static List<Receipt> receiptsAtMillis(long... times) {
    return LongStream.of(times)
        .mapToObj(time -> new Receipt("order-" + time, time, 1, BigDecimal.ONE, time * MILLIS))
        .toList();
  }
}
