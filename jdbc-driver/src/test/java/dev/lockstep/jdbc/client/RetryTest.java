package dev.lockstep.jdbc.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.protocol.ClientMessage;
import java.io.IOException;
import org.junit.jupiter.api.Test;

final class RetryTest {
  private static final int FAILOVER_MILLIS = 50;

  private final Retry retry = new Retry(new Inquiry(new ClientMessage.Ping()), FAILOVER_MILLIS, 0);

  private boolean isOver() {
    return retry.searchDeadline() - System.nanoTime() <= 0;
  }

  /** A statement that waits for a lock may take hours before its leader is lost. */
  @Test
  void aStatementThatTookLongHasTheWholeTimeWhenItsNodeIsLost() {
    retry.searchDeadline();
    await().until(this::isOver);

    retry.failed(new IOException("lost"));

    assertThat(isOver()).isFalse();
  }

  @Test
  void furtherFailuresDoNotProlongTheTime() {
    retry.failed(new IOException("lost"));
    long deadline = retry.searchDeadline();
    retry.failed(new IOException("lost again"));
    assertThat(retry.searchDeadline()).isEqualTo(deadline);
  }
}
