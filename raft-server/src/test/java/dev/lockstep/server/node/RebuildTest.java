package dev.lockstep.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.server.command.Digest;
import dev.lockstep.server.database.AppliedState;
import dev.lockstep.server.database.StateCopy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RebuildTest {
  @TempDir Path directory;

  private final List<String> events = new CopyOnWriteArrayList<>();
  private final BlockingQueue<Step> installations = new LinkedBlockingQueue<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private RebuildMark mark;
  private Rebuild rebuild;

  /** What an installation does besides removing the mark. */
  private interface Step {
    void run() throws IOException;
  }

  @BeforeEach
  void open() throws IOException {
    mark = new RebuildMark(directory.resolve("mark"));
    rebuild =
        new Rebuild(TestNodes.configs(directory, 3).get(0), new Copies(), mark, this::install);
  }

  @AfterEach
  void close() {
    rebuild.close();
  }

  private final class Copies implements Rebuild.Source {
    @Override
    public StateCopy receive() throws IOException {
      events.add("received for: " + mark.read());
      return new StateCopy(directory, new AppliedState(1, 1, 1, Digest.ZERO));
    }

    @Override
    public String progress() {
      return "";
    }

    @Override
    public void discard() {
      events.add("discarded");
    }

    @Override
    public void close() {
      closing.countDown();
    }
  }

  private void install(StateCopy copy) throws IOException {
    try {
      Step step = installations.poll(60, TimeUnit.SECONDS);
      mark.remove();
      step.run();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void awaitEnd() {
    await().until(() -> rebuild.progress().isEmpty());
  }

  @Test
  void aNewStateThatIsCondemnedBeforeItsInstallationEndsIsReplacedInItsTurn() {
    installations.add(() -> rebuild.begin("the second is wrong"));
    installations.add(() -> {});
    rebuild.begin("the first is wrong");
    awaitEnd();

    assertThat(events)
        .containsExactly(
            "received for: the first is wrong",
            "discarded",
            "received for: the second is wrong",
            "discarded");
    assertThat(rebuild.count()).isEqualTo(2);
    assertThat(rebuild.last()).isEqualTo("the second is wrong");
  }

  @Test
  void whatIsCondemnedOnTheWayIsReplacedOnce() {
    installations.add(
        () -> {
          rebuild.begin("still marked");
          mark.write("opened with the mark");
        });
    installations.add(() -> {});
    rebuild.begin("wrong");
    awaitEnd();

    assertThat(events).containsExactly("received for: wrong", "received for: wrong", "discarded");
    assertThat(rebuild.count()).isOne();
  }

  @Test
  void noMemoryIsTriedAgainToo() {
    installations.add(
        () -> {
          mark.write("still wrong");
          throw new OutOfMemoryError("for a test");
        });
    installations.add(() -> {});
    rebuild.begin("wrong");
    awaitEnd();

    assertThat(events).containsExactly("received for: wrong", "received for: wrong", "discarded");
  }

  @Test
  void aClosedOneReplacesNothingMore() {
    installations.add(() -> {});
    rebuild.begin("wrong");
    awaitEnd();
    rebuild.close();
    rebuild.begin("wrong again");

    assertThat(rebuild.progress()).isEmpty();
    assertThat(events).containsExactly("received for: wrong", "discarded");
    assertThat(closing.getCount()).isZero();
  }
}
