package dev.lockstep.server.log.jraft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.server.log.jraft.LogCluster.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A snapshot that a member receives, but cannot use, is sent to it anew. */
@Timeout(120)
final class RefusedSnapshotIT {
  @TempDir Path root;
  private LogCluster cluster;
  private String away;

  @BeforeEach
  void leaveOneBehind() throws Exception {
    cluster = new LogCluster(root, 3).startAll();
    cluster.write("early", 10);
    Running follower = cluster.follower();
    away = follower.id();
    cluster.stop(follower);
    // The engine keeps the log back to the snapshot before the last.
    for (String prefix : new String[] {"middle", "late"}) {
      cluster.write(prefix, 10);
      takeSnapshot(cluster.leader());
    }
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  private static void takeSnapshot(Running member) throws InterruptedException {
    CountDownLatch taken = new CountDownLatch(1);
    member.log().snapshot(failure -> taken.countDown());
    assertThat(taken.await(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void snapshotThatWasDamagedOnTheWayIsSentAnew() throws Exception {
    AtomicInteger looks = new AtomicInteger();
    ListMachine machine =
        new ListMachine() {
          @Override
          public void checkSnapshot(Path directory) throws IOException {
            Path file = directory.resolve("commands");
            if (looks.getAndIncrement() == 0) {
              // As if it had come like this.
              Files.writeString(file, "damage", StandardOpenOption.APPEND);
            }
            if (Files.readString(file).contains("damage")) {
              throw new IOException("the checksum is another");
            }
          }
        };

    cluster.start(away, machine);

    cluster.awaitSameState();
    assertThat(looks.get()).isGreaterThan(1);
    assertThat(machine.loadedSnapshots()).isEqualTo(1);
    assertThat(machine.commands()).noneMatch(command -> command.contains("damage"));
  }

  @Test
  void receiverThatFailsUnexpectedlyTriesAgainAndCanBeClosed() throws Exception {
    AtomicInteger looks = new AtomicInteger();
    ListMachine machine =
        new ListMachine() {
          @Override
          public void checkSnapshot(Path directory) {
            if (looks.getAndIncrement() == 0) {
              throw new LinkageError("nobody expects this");
            }
          }
        };

    Running member = cluster.start(away, machine);

    cluster.awaitSameState();
    assertThat(looks.get()).isGreaterThan(1);
    cluster.stop(member);
  }
}
