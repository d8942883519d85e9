package dev.lockstep.server.log.jraft;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.lockstep.server.log.LogFailure;
import dev.lockstep.server.log.LogFailure.Kind;
import dev.lockstep.server.log.LogOptions;
import dev.lockstep.server.log.LogStatus.Role;
import dev.lockstep.server.log.jraft.LogCluster.Running;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class JRaftLogIT {
  private static final Duration FAILOVER = Duration.ofSeconds(8);

  @TempDir Path root;
  private LogCluster cluster;

  @AfterEach
  void closeAll() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void allMembersApplyTheSameCommandsInTheSameOrder() throws Exception {
    cluster = new LogCluster(root, 3).startAll();

    List<WaitingProposal> written = cluster.write("a", 500);

    assertThat(cluster.leader().machine().commands())
        .containsExactlyElementsOf(written.stream().map(WaitingProposal::text).toList());
    cluster.awaitSameState();
    assertThat(written).allMatch(proposal -> proposal.ends() == 1);
  }

  @Test
  void followerRefusesProposals() throws Exception {
    cluster = new LogCluster(root, 3).startAll();

    WaitingProposal refused = cluster.follower().propose("x");

    assertThat(refused.failure().kind()).isEqualTo(Kind.NOT_LEADER);
    assertThat(refused.ends()).isEqualTo(1);
  }

  @Test
  void proposalOfAnEarlierTermIsRefused() throws Exception {
    cluster = new LogCluster(root, 3).startAll();
    Running leader = cluster.leader();

    WaitingProposal refused = new WaitingProposal("x");
    leader.log().propose(leader.log().status().term() - 1, refused);

    assertThat(refused.failure().kind()).isEqualTo(Kind.NOT_LEADER);
  }

  @Test
  void whatTheEngineItselfRefusesIsKnownNotToBeInTheLog() throws Exception {
    cluster = new LogCluster(root, 3).startAll();
    Running follower = cluster.follower();
    Running leader = cluster.leader();
    long term = leader.log().status().term();

    WaitingProposal notLeader = new WaitingProposal("x");
    follower.log().append(term, notLeader);
    WaitingProposal earlierTerm = new WaitingProposal("y");
    leader.log().append(term - 1, earlierTerm);

    await().atMost(LogCluster.PATIENCE).until(() -> notLeader.ends() + earlierTerm.ends() == 2);
    assertThat(notLeader.failure().kind()).isEqualTo(Kind.NOT_LEADER);
    assertThat(earlierTerm.failure().kind()).isEqualTo(Kind.NOT_LEADER);
  }

  @Test
  void followerKnowsTheIndexOfAWriteThatWasAcknowledged() throws Exception {
    cluster = new LogCluster(root, 3).startAll();
    Running follower = cluster.follower();

    long written = cluster.write("a", 10).get(9).index();

    assertThat(readIndex(follower).join()).isGreaterThanOrEqualTo(written);
    assertThat(readIndex(cluster.leader()).join()).isGreaterThanOrEqualTo(written);
  }

  @Test
  void nobodyWaitsForTheElectionTimeoutWhenTheLeaderIsGone() throws Exception {
    int never = 60_000;
    cluster =
        new LogCluster(root, 3)
            .electionTimeout("n1", never)
            .electionTimeout("n2", never)
            .startAll();
    Running leader = cluster.leader();
    assertThat(leader.id()).isEqualTo("n0");
    cluster.write("before", 10);
    cluster.follower();

    cluster.kill(leader);
    cluster.write("after", 10);

    cluster.awaitSameState();
    assertThat(cluster.leader().machine().commands()).hasSize(20);
  }

  @Test
  void connectionsOfOthersDeposeNoLeader() throws Exception {
    cluster = new LogCluster(root, 3).startAll();
    cluster.write("before", 1);
    Running leader = cluster.leader();
    long term = leader.log().status().term();

    for (LogOptions.Member member : cluster.options("n0").members()) {
      for (int i = 0; i < 5; i++) {
        new Socket(member.host(), member.port()).close();
      }
    }
    cluster.stop(cluster.follower());
    cluster.write("after", 10);

    assertThat(leader.log().status().term()).isEqualTo(term);
    assertThat(leader.leads()).isTrue();
  }

  @Test
  void restartedFollowerCatchesUp() throws Exception {
    cluster = new LogCluster(root, 3).startAll();
    cluster.write("before", 20);
    Running follower = cluster.follower();

    cluster.stop(follower);
    cluster.write("meanwhile", 20);
    cluster.start(follower.id());

    cluster.awaitSameState();
    assertThat(follower.machine().stopReason()).isNull();
  }

  @Test
  void replayedEntriesComeInBatchesOfBoundedSize() throws Exception {
    cluster = new LogCluster(root, 1).startAll();
    cluster.write("a", 3 * CommittedBatch.ENTRIES_MAX);
    cluster.stop(cluster.leader());

    Running restarted = cluster.start("n0");

    await()
        .atMost(LogCluster.PATIENCE)
        .until(() -> restarted.machine().commands().size() == 3 * CommittedBatch.ENTRIES_MAX);
    assertThat(restarted.machine().largestBatch()).isEqualTo(CommittedBatch.ENTRIES_MAX);
  }

  @Test
  void memberThatIsFarBehindGetsASnapshotAndKeepsOnlyTheNewest() throws Exception {
    cluster = new LogCluster(root, 3).startAll();
    cluster.write("a", 50);
    Running behind = cluster.follower();
    cluster.stop(behind);
    // The engine keeps the log back to the snapshot before the last.
    for (String round : List.of("b", "c")) {
      cluster.write(round, 50);
      assertThat(snapshot(cluster.leader()).join()).isNull();
    }

    Running restarted = cluster.start(behind.id());

    cluster.awaitSameState();
    assertThat(restarted.machine().loadedSnapshots()).isEqualTo(1);
    cluster.write("d", 10);
    cluster.awaitSameState();
    assertThat(snapshot(restarted).join()).isNull();
    await().atMost(LogCluster.PATIENCE).until(() -> snapshotsOf(restarted.id()).size() == 1);
  }

  @Test
  void logIsTrimmedByItsSizeAndItsDiskSpaceComesBack() throws Exception {
    cluster = new LogCluster(root, 1).snapshotLogBytes(4 << 20).startAll();
    String large = "x".repeat(1 << 20);

    for (int i = 0; i < 120; i++) {
      cluster.write(large, 1);
      cluster.leader().machine().forget();
    }

    // Four buffers of 16 MiB and their logs is what the store may keep in any case.
    await()
        .atMost(LogCluster.PATIENCE)
        .until(() -> bytesBelow(cluster.directory("n0").resolve("log")) < 80 << 20);
    assertThat(snapshotsOf("n0")).hasSize(1);
  }

  private static long bytesBelow(Path directory) throws IOException {
    long sum = 0;
    try (Stream<Path> walk = Files.walk(directory)) {
      for (Path file : walk.filter(Files::isRegularFile).toList()) {
        sum += Files.size(file);
      }
    } catch (java.io.UncheckedIOException | java.nio.file.NoSuchFileException e) {
      // A file went while it was looked at.
      return Long.MAX_VALUE;
    }
    return sum;
  }

  @Test
  void snapshotsAreTakenByNumberOfEntries() throws Exception {
    cluster = new LogCluster(root, 1).snapshotEntries(100).startAll();

    cluster.write("a", 150);

    await().atMost(LogCluster.PATIENCE).until(() -> snapshotsOf("n0").size() == 1);
    cluster.stop(cluster.leader());
    Running restarted = cluster.start("n0");
    await().atMost(LogCluster.PATIENCE).until(() -> restarted.machine().commands().size() == 150);
    assertThat(restarted.machine().loadedSnapshots()).isEqualTo(1);
  }

  @Test
  void snapshotsOfAWrongStateAreGivenToNobody() throws Exception {
    cluster = new LogCluster(root, 3).snapshotEntries(20).startAll();
    Running away = cluster.follower();
    cluster.stop(away);
    Running leader = cluster.leader();
    // The engine keeps the log back to the snapshot before the last.
    int written = 0;
    Set<Path> taken = new HashSet<>();
    while (taken.size() < 3) {
      cluster.write("a", 10);
      written += 10;
      taken.addAll(snapshotsOf(leader.id()));
    }
    leader.machine().trust(false);

    Running back = cluster.start(away.id());
    await().atMost(LogCluster.PATIENCE).until(() -> GivenSnapshot.open() > 0);
    await().atMost(LogCluster.PATIENCE).until(() -> GivenSnapshot.open() == 0);

    assertThat(back.machine().loadedSnapshots()).isZero();
    assertThat(back.machine().stopReason()).isNull();
    leader.machine().trust(true);
    cluster.awaitSameState();
    assertThat(back.machine().loadedSnapshots()).isEqualTo(1);
    assertThat(back.machine().commands()).hasSize(written);
    await().atMost(LogCluster.PATIENCE).until(() -> GivenSnapshot.open() == 0);
  }

  @Test
  void tooManyProposalsAreRefusedAndNoneIsLost() throws Exception {
    cluster = new LogCluster(root, 3).proposalsMax(64).startAll();
    Running leader = cluster.leader();
    leader.machine().pause();

    List<WaitingProposal> all = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      all.add(leader.propose("a" + i));
    }
    leader.machine().resume();

    await().atMost(LogCluster.PATIENCE).until(() -> all.stream().allMatch(p -> p.ends() > 0));
    assertThat(all).allMatch(proposal -> proposal.ends() == 1);
    assertThat(all).anyMatch(proposal -> kindOf(proposal) == Kind.BUSY);
    assertThat(all)
        .filteredOn(proposal -> !proposal.succeeded())
        .allMatch(p -> kindOf(p) == Kind.BUSY);
    assertThat(leader.machine().commands())
        .isEqualTo(
            all.stream().filter(WaitingProposal::succeeded).map(WaitingProposal::text).toList());
  }

  @Test
  void memberWhoseStateMachineFailsStopsAndTheOthersGoOn() throws Exception {
    cluster = new LogCluster(root, 3).startAll();
    cluster.write("a", 10);
    Running broken = cluster.leader();
    broken.machine().poison("boom");

    List<WaitingProposal> open = new ArrayList<>();
    open.add(broken.propose("boom"));
    for (int i = 0; i < 200; i++) {
      open.add(broken.propose("after" + i));
    }

    await().atMost(LogCluster.PATIENCE).until(() -> open.stream().allMatch(p -> p.ends() > 0));
    assertThat(open).allMatch(proposal -> proposal.ends() == 1);
    assertThat(open).noneMatch(WaitingProposal::succeeded);
    await().atMost(LogCluster.PATIENCE).until(() -> broken.machine().stopReason() != null);
    assertThat(broken.machine().stopReason()).contains("poisoned");
    assertThat(broken.log().status().role()).isEqualTo(Role.STOPPED);
    assertThat(broken.propose("late").failure().kind()).isEqualTo(Kind.STOPPED);
    assertThat(broken.machine().commands()).hasSize(10);
    cluster.stop(broken);
    cluster.write("b", 10);
    assertThat(cluster.leader().machine().commands()).contains("boom", "b9");
  }

  @Test
  void closedLeaderHandsOverAndLosesNothing() throws Exception {
    cluster = new LogCluster(root, 3).startAll();
    Running first = cluster.leader();
    List<WaitingProposal> open = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      open.add(first.propose("a" + i));
    }

    cluster.stop(first);

    assertThat(open).allMatch(proposal -> proposal.ends() == 1);
    assertThat(open).allMatch(WaitingProposal::succeeded);
    assertThat(first.machine().events()).containsExactly("gained", "lost");
    cluster.write("b", 1);
    assertThat(cluster.leader().machine().commands()).contains("a0", "a499", "b0");
  }

  @Test
  void abruptlyClosedLeaderEndsEveryProposalOnce() throws Exception {
    cluster = new LogCluster(root, 3).startAll();
    Running leader = cluster.leader();
    List<WaitingProposal> open = new ArrayList<>();
    Thread writer = new Thread(() -> writeUntilStopped(leader, open));
    writer.start();
    await().atMost(LogCluster.PATIENCE).until(() -> leader.machine().commands().size() > 1_000);

    leader.log().close(false);

    writer.join();
    await().atMost(LogCluster.PATIENCE).until(() -> open.stream().allMatch(p -> p.ends() > 0));
    assertThat(open).allMatch(proposal -> proposal.ends() == 1);
    Set<String> acknowledged =
        open.stream()
            .filter(WaitingProposal::succeeded)
            .map(WaitingProposal::text)
            .collect(Collectors.toSet());
    cluster.stop(leader);
    // Well below the 15 seconds for which the engine's own handling of appends stops a follower.
    await().atMost(FAILOVER).until(() -> cluster.running().stream().anyMatch(Running::leads));
    cluster.write("marker", 1);
    assertThat(cluster.leader().machine().commands()).containsAll(acknowledged);
  }

  @Test
  void leadershipGoesToTheMemberThatIsNamed() throws Exception {
    cluster = new LogCluster(root, 3).startAll();
    Running target = cluster.follower();
    Running leader = cluster.leader();
    leader.propose("a").index();

    CompletableFuture<LogFailure> end = new CompletableFuture<>();
    leader.log().transferLeadership(target.id(), end::complete);

    assertThat(end.join()).isNull();
    await().atMost(LogCluster.PATIENCE).until(target::leads);
    target.propose("b").index();
  }

  @Test
  void nothingAcknowledgedIsLostWhenTheLeadersProcessIsKilled() throws Exception {
    cluster = new LogCluster(root, 3);
    cluster.start("n0");
    cluster.start("n1");
    Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    Process child = startProcess("n2");
    try {
      Thread reader = new Thread(() -> collect(child, acknowledged));
      reader.setDaemon(true);
      reader.start();
      awaitLeaderInChild();
      await().atMost(LogCluster.PATIENCE).until(() -> acknowledged.size() > 500);
    } finally {
      child.destroyForcibly().waitFor();
    }

    await().atMost(FAILOVER).until(() -> cluster.running().stream().anyMatch(Running::leads));
    cluster.write("marker", 1);
    assertThat(cluster.leader().machine().commands()).containsAll(acknowledged).contains("marker0");
    cluster.awaitSameState();
  }

  @Test
  void addressInUseIsReportedAndNothingIsKept() throws Exception {
    cluster = new LogCluster(root, 1);
    int port = cluster.options("n0").members().get(0).port();
    try (java.net.ServerSocket taken =
        new java.net.ServerSocket(port, 1, java.net.InetAddress.getByName("127.0.0.1"))) {
      assertThat(taken.isBound()).isTrue();
      assertThatThrownBy(() -> cluster.start("n0"))
          .isInstanceOf(java.net.BindException.class)
          .hasMessageContaining("raft port " + port + " at 127.0.0.1");
    }
    cluster.start("n0");
    cluster.write("a", 1);
  }

  @Test
  void closedMembersLeaveOnlyTheEnginesSharedThreads() throws Exception {
    // Members whose start was refused, in other tests of this JVM, have left some.
    Set<Thread> before = engineThreads();
    cluster = new LogCluster(root, 3).snapshotEntries(10).startAll();
    cluster.write("a", 50);
    readIndex(cluster.follower()).join();
    for (Running member : cluster.running()) {
      cluster.stop(member);
    }

    // Documented in docs/ARCHITECTURE.md: pools of the JVM that SOFAJRaft and bolt never end.
    String shared =
        "(JRaft-(Group-Default|Internal-Closure|Rpc-Closure|Closure)-Executor|Append-Entries-Thread"
            + "|Bolt-default-executor|Rpc-netty-server-worker|bolt-netty-client-worker|DefaultTimer"
            + "|Bolt-conn-warmup).*";
    await()
        .atMost(LogCluster.PATIENCE)
        .untilAsserted(
            () ->
                assertThat(engineThreads())
                    .filteredOn(thread -> !before.contains(thread))
                    .extracting(Thread::getName)
                    .filteredOn(name -> !name.matches(shared))
                    .as("threads that are left")
                    .isEmpty());
  }

  private static void writeUntilStopped(Running member, List<WaitingProposal> open) {
    Kind refusal = null;
    while (refusal != Kind.STOPPED) {
      WaitingProposal proposal = member.propose("a" + open.size());
      open.add(proposal);
      refusal = kindOf(proposal);
      if (refusal == Kind.BUSY) {
        LockSupport.parkNanos(100_000);
      }
    }
  }

  private static Set<Thread> engineThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(
            thread ->
                thread
                    .getName()
                    .matches(
                        "(?i)(jraft|lockstep|bolt|rpc|raft|append-|readonly|read-index|default|shop).*"))
        .collect(Collectors.toSet());
  }

  private void awaitLeaderInChild() {
    await()
        .atMost(LogCluster.PATIENCE)
        .until(
            () -> {
              for (Running member : cluster.running()) {
                if (member.leads()) {
                  member.log().transferLeadership("n2", failure -> {});
                }
              }
              return cluster.running().stream()
                  .allMatch(member -> member.log().status().leader().equals("n2"));
            });
  }

  private Process startProcess(String id) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(MemberProcess.class.getName(), id, cluster.directory(id).toString()));
    cluster.options(id).members().forEach(m -> command.add(Integer.toString(m.port())));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private static void collect(Process child, Set<String> acknowledged) {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(child.getInputStream(), UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("ack ")) {
          acknowledged.add(line.substring("ack ".length()));
        }
      }
    } catch (IOException e) {
      // The child was killed.
    }
  }

  private List<Path> snapshotsOf(String id) throws IOException {
    Path directory = cluster.directory(id).resolve("snapshots");
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.filter(p -> p.getFileName().toString().startsWith("snapshot_")).toList();
    }
  }

  private static Kind kindOf(WaitingProposal proposal) {
    return proposal.failure() == null ? null : proposal.failure().kind();
  }

  private static CompletableFuture<Long> readIndex(Running member) {
    CompletableFuture<Long> result = new CompletableFuture<>();
    member
        .log()
        .readIndex(
            (index, failure) -> {
              if (failure == null) {
                result.complete(index);
              } else {
                result.completeExceptionally(new IllegalStateException(failure.toString()));
              }
            });
    return result;
  }

  private static CompletableFuture<LogFailure> snapshot(Running member) {
    CompletableFuture<LogFailure> result = new CompletableFuture<>();
    member.log().snapshot(result::complete);
    return result;
  }
}
