package dev.lockstep.server.log.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.server.log.LogOptions;
import dev.lockstep.server.log.LogStatus;
import dev.lockstep.server.log.LogStatus.Role;
import dev.lockstep.server.log.SnapshotRules;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class LeaderWatchTest {
  private final List<Long> stood = Collections.synchronizedList(new ArrayList<>());
  private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(1);
  private volatile LogStatus status = new LogStatus(Role.FOLLOWER, 5, "n0");
  private volatile long engineTerm = 5;
  private ServerSocket leaderPort;

  @BeforeEach
  void open() throws IOException {
    leaderPort = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void close() throws IOException {
    leaderPort.close();
    thread.shutdownNow();
  }

  @Test
  void memberStandsWhenTheLeadersPortIsClosed() throws IOException {
    LeaderWatch watch = watchOf("n1");
    leaderPort.close();

    watch.connectionClosed();
    awaitRest();

    assertThat(stood).containsExactly(5L);
  }

  @Test
  void portMayCloseAfterTheConnection() throws IOException {
    LeaderWatch watch = watchOf("n2");

    watch.connectionClosed();
    leaderPort.close();
    awaitRest();

    assertThat(stood).containsExactly(5L);
  }

  @Test
  void leaderThatListensIsNotDisturbed() {
    LeaderWatch watch = watchOf("n1");

    watch.connectionClosed();
    watch.connectionClosed();
    awaitRest();

    assertThat(stood).isEmpty();
  }

  @Test
  void memberThatIsNotFollowingDoesNotStand() throws IOException {
    leaderPort.close();
    for (LogStatus other :
        List.of(
            new LogStatus(Role.LEADER, 5, "n1"),
            new LogStatus(Role.FOLLOWER, 5, ""),
            new LogStatus(Role.STOPPED, 5, ""))) {
      status = other;
      watchOf("n1").connectionClosed();
      awaitRest();
    }

    assertThat(stood).isEmpty();
  }

  @Test
  void memberStandsOnceMoreWhenTheOneBeforeItWasNotElected() throws IOException {
    LeaderWatch watch = watchOf("n2");
    leaderPort.close();
    engineTerm = 6;

    watch.connectionClosed();
    awaitRest();

    assertThat(stood).containsExactly(5L, 6L);
  }

  @Test
  void memberGivesWayToANewLeader() throws IOException {
    LeaderWatch watch = watchOf("n2");
    leaderPort.close();
    engineTerm = 6;

    watch.connectionClosed();
    await().until(() -> !stood.isEmpty());
    status = new LogStatus(Role.FOLLOWER, 6, "n1");
    awaitRest();

    assertThat(stood).containsExactly(5L);
  }

  private LeaderWatch watchOf(String member) {
    List<LogOptions.Member> members =
        List.of(
            new LogOptions.Member("n0", "127.0.0.1", leaderPort.getLocalPort()),
            new LogOptions.Member("n1", "127.0.0.1", 1),
            new LogOptions.Member("n2", "127.0.0.1", 2));
    LogOptions options =
        new LogOptions("shop", member, members, Path.of("unused"), 750, SnapshotRules.DEFAULT, 1);
    return new LeaderWatch(() -> status, this::stand, new Peers(options), thread, 100);
  }

  private long stand(long term) {
    stood.add(term);
    return engineTerm;
  }

  /** Waits until the watch has nothing more to do. */
  private void awaitRest() {
    await().until(() -> thread.getQueue().isEmpty() && thread.getActiveCount() == 0);
  }
}
