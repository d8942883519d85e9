package dev.lockstep.server.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

final class TransferPaceTest {

  @Test
  void bytesWaitForTheTimeOfThoseBeforeThem() throws IOException {
    TransferPace pace = new TransferPace(1_000);
    long begun = System.nanoTime();
    pace.pass(30);
    pace.pass(30);
    pace.pass(30);
    assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(60_000_000);
  }

  @Test
  void endReleasesWhoWaitsAndLetsNobodyPass() throws Exception {
    TransferPace pace = new TransferPace(1);
    pace.pass(1_000_000);
    CountDownLatch released = new CountDownLatch(1);
    Thread waiting =
        new Thread(
            () -> {
              try {
                pace.pass(1);
              } catch (IOException e) {
                released.countDown();
              }
            });
    waiting.start();
    pace.end();
    released.await();
    waiting.join();
    assertThatThrownBy(() -> pace.pass(1)).isInstanceOf(IOException.class);
  }

  @Test
  void interruptIsKept() throws IOException {
    TransferPace pace = new TransferPace(1_000);
    pace.pass(20);
    Thread.currentThread().interrupt();
    pace.pass(1);
    assertThat(Thread.interrupted()).isTrue();
  }
}
