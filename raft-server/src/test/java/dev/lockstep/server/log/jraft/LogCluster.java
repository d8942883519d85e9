package dev.lockstep.server.log.jraft;

import static org.awaitility.Awaitility.await;

import com.alipay.sofa.jraft.Node;
import com.alipay.sofa.jraft.NodeManager;
import com.alipay.sofa.jraft.util.Describer;
import dev.lockstep.server.log.LogOptions;
import dev.lockstep.server.log.SnapshotRules;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.awaitility.core.ConditionTimeoutException;

/** Members of one log in this JVM, on loopback ports. */
final class LogCluster implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Path root;
  private final List<LogOptions.Member> members = new ArrayList<>();
  private final Map<String, Running> running = new HashMap<>();
  private final Map<String, Integer> electionTimeouts = new HashMap<>();
  private int proposalsMax = LogOptions.DEFAULT_PROPOSALS_MAX;
  private SnapshotRules snapshots = SnapshotRules.DEFAULT.withLogBytes(0);

  LogCluster(Path root, int size) throws IOException {
    this.root = root;
    while (members.size() < size) {
      int port = freePort();
      if (members.stream().noneMatch(member -> member.port() == port)) {
        members.add(new LogOptions.Member("n" + members.size(), "127.0.0.1", port));
      }
    }
  }

  /** A member that runs. */
  record Running(String id, JRaftLog log, ListMachine machine) {
    boolean leads() {
      return log.status().leads();
    }

    WaitingProposal propose(String command) {
      WaitingProposal proposal = new WaitingProposal(command);
      log.propose(log.status().term(), proposal);
      return proposal;
    }
  }

  /** Not one of those that systems give to outgoing connections. */
  static int freePort() throws IOException {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(10_000, 32_000);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (BindException taken) {
        // The next one may be free.
      }
    }
  }

  LogCluster proposalsMax(int count) {
    proposalsMax = count;
    return this;
  }

  LogCluster electionTimeout(String id, int millis) {
    electionTimeouts.put(id, millis);
    return this;
  }

  LogCluster snapshotEntries(long count) {
    snapshots = snapshots.withEntries(count);
    return this;
  }

  LogCluster snapshotLogBytes(long bytes) {
    snapshots = snapshots.withLogBytes(bytes);
    return this;
  }

  LogCluster startAll() throws IOException {
    for (LogOptions.Member member : members) {
      start(member.id());
    }
    return this;
  }

  LogOptions options(String id) {
    return new LogOptions(
        "shop",
        id,
        members,
        directory(id),
        electionTimeouts.getOrDefault(id, LogOptions.DEFAULT_ELECTION_TIMEOUT_MILLIS),
        snapshots,
        proposalsMax);
  }

  Path directory(String id) {
    return root.resolve(id);
  }

  Running start(String id) throws IOException {
    return start(id, new ListMachine());
  }

  Running start(String id, ListMachine machine) throws IOException {
    Running member = new Running(id, JRaftLog.open(options(id), machine), machine);
    running.put(id, member);
    return member;
  }

  /** Ends a member without a word to the others. */
  void kill(Running member) {
    running.remove(member.id());
    member.log().abandon();
  }

  void stop(Running member) {
    running.remove(member.id());
    member.log().close();
  }

  List<Running> running() {
    return List.copyOf(running.values());
  }

  /** Waits for a member that leads. */
  Running leader() {
    await().atMost(PATIENCE).until(() -> leading().isPresent());
    return leading().orElseThrow();
  }

  /** Waits for a leader, and gives one that follows it. */
  Running follower() {
    String leader = leader().id();
    Running follower =
        running.values().stream().filter(m -> !m.id().equals(leader)).findFirst().orElseThrow();
    await().atMost(PATIENCE).until(() -> follower.log().status().leader().equals(leader));
    return follower;
  }

  private Optional<Running> leading() {
    return running.values().stream().filter(Running::leads).findFirst();
  }

  /** Proposes commands, one after another, and waits until the last is applied on the leader. */
  List<WaitingProposal> write(String prefix, int count) {
    Running leader = leader();
    List<WaitingProposal> written = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      written.add(leader.propose(prefix + i));
    }
    written.forEach(WaitingProposal::index);
    return written;
  }

  void awaitSameState() {
    List<String> expected = leader().machine().commands();
    try {
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  running.values().stream().allMatch(m -> m.machine().commands().equals(expected)));
    } catch (ConditionTimeoutException e) {
      throw new AssertionError("not " + expected + " everywhere, but" + described(), e);
    }
  }

  /** How the members stand, and how the leader's engine sees the others. */
  private String described() {
    StringWriter out = new StringWriter();
    PrintWriter lines = new PrintWriter(out);
    for (Running member : running.values()) {
      lines.println();
      lines.println(member.id() + " has " + member.machine().commands());
      lines.println(member.log().status());
    }
    for (Node node : NodeManager.getInstance().getAllNodes()) {
      node.describe(new Describer.DefaultPrinter(lines));
    }
    return out.toString();
  }

  @Override
  public void close() {
    // Not one after another: each leader would hand over to the next.
    running.values().forEach(member -> member.log().close(false));
  }
}
