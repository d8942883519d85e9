package dev.lockstep.jdbc.client;

import dev.lockstep.protocol.ClientMessage.Hello;
import dev.lockstep.protocol.FailureKind;
import dev.lockstep.protocol.Frame;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * Opens links to the leader, or to a node that may serve a read. Of all connections to a cluster
 * one looks for the leader at a time. Used by one thread at a time.
 */
final class NodeFinder {
  private static final long PAUSE_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long PAUSE_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(100);

  /**
   * Time for the node that is expected to lead. One that accepts connections and says nothing, as a
   * paused process does, must not hold up the search among the others.
   */
  private static final long EXPECTED_NANOS_MAX = TimeUnit.SECONDS.toNanos(2);

  private final Cluster cluster;
  private final ClientOptions options;
  private final Hello hello;

  NodeFinder(Cluster cluster, ClientOptions options) {
    this.cluster = cluster;
    this.options = options;
    this.hello =
        new Hello(
            Frame.VERSION, Frame.VERSION, options.database(), options.user(), options.properties());
  }

  /**
   * Opens a link to the leader.
   *
   * @param deadline until when to look for it
   * @param patient whether to go on looking while no node can be reached at all
   * @param unwanted asked now and then whether nobody wants the link any more
   * @return a link, or empty if the time is over or nobody wants it
   * @throws SQLException if the nodes do not want this client, or none can be reached
   */
  Optional<Link> openLeader(long deadline, boolean patient, BooleanSupplier unwanted)
      throws SQLException, InterruptedException {
    long pause = PAUSE_NANOS_MIN;
    while (true) {
      Optional<Link> link = openExpectedLeader(deadline);
      if (link.isEmpty()) {
        link = searchLeader(deadline, patient);
      }
      if (link.isPresent() || unwanted.getAsBoolean() || deadline - System.nanoTime() <= 0) {
        return link;
      }
      cluster.awaitNews(Math.min(pause, Math.max(0, deadline - System.nanoTime())));
      pause = Math.min(PAUSE_NANOS_MAX, pause * 2);
    }
  }

  /** Opens a link to a follower, or empty if none can be reached. */
  Optional<Link> openFollower(long deadline) throws SQLException {
    List<NodeAddress> followers = cluster.followers();
    if (options.spread()) {
      Collections.shuffle(followers);
    }
    for (NodeAddress address : followers) {
      try {
        return Optional.of(open(address, deadline));
      } catch (RefusedException e) {
        throwIfFinal(e);
      } catch (IOException e) {
        DriverLog.fine("follower cannot be reached", e);
      }
    }
    return Optional.empty();
  }

  /** Opens a link to any node, or empty if none can be reached. */
  Optional<Link> openAny(long deadline) throws SQLException, InterruptedException {
    ProbeRound round = new ProbeRound(address -> open(address, deadline), link -> true);
    Optional<Link> link = round.run(cluster.candidates(), deadline);
    if (link.isEmpty()) {
      throwIfFinal(round.failures().values());
    }
    return link;
  }

  /** Opens a link to this very node. */
  Link open(NodeAddress address, long deadline) throws IOException {
    long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
    int timeoutMillis = (int) Math.max(1, Math.min(options.connectTimeoutMillis(), left));
    Link link;
    try {
      link = new Link(address, hello, timeoutMillis, options.keepAlive(), cluster::observe);
    } catch (IOException e) {
      DriverLog.fine("cannot connect to " + address, e);
      cluster.unreachable(address);
      throw e;
    }
    try {
      cluster.greeted(address, link.welcome());
      return link;
    } catch (IOException e) {
      link.close();
      cluster.unreachable(address);
      throw e;
    }
  }

  private Optional<Link> openExpectedLeader(long deadline) throws SQLException {
    Optional<NodeAddress> expected = cluster.leader();
    if (expected.isEmpty()) {
      return Optional.empty();
    }
    try {
      long patience = System.nanoTime() + EXPECTED_NANOS_MAX;
      Link link = open(expected.get(), patience - deadline < 0 ? patience : deadline);
      if (leads(link)) {
        return Optional.of(link);
      }
      link.close();
    } catch (RefusedException e) {
      throwIfFinal(e);
    } catch (IOException e) {
      DriverLog.fine("the leader cannot be reached", e);
    }
    cluster.notLeading(expected.get());
    return Optional.empty();
  }

  private Optional<Link> searchLeader(long deadline, boolean patient)
      throws SQLException, InterruptedException {
    ReentrantLock search = cluster.search();
    if (!search.tryLock()) {
      // Somebody else is looking; what it finds is news.
      cluster.awaitNews(Math.min(PAUSE_NANOS_MAX, Math.max(0, deadline - System.nanoTime())));
      return Optional.empty();
    }
    try {
      List<NodeAddress> candidates = cluster.candidates();
      ProbeRound round = new ProbeRound(address -> open(address, deadline), this::leads);
      Optional<Link> link = round.run(candidates, deadline);
      Map<NodeAddress, IOException> failures = round.failures();
      if (link.isEmpty()) {
        throwIfFinal(failures.values());
        if (!patient && failures.keySet().containsAll(candidates)) {
          throw notEstablished(failures.values());
        }
      }
      return link;
    } finally {
      search.unlock();
    }
  }

  private boolean leads(Link link) {
    return link.isGreetedByLeader() && !cluster.isDeposed(link.welcome().topology());
  }

  private static SQLException notEstablished(Iterable<IOException> failures) {
    List<IOException> all = new ArrayList<>();
    failures.forEach(all::add);
    for (IOException failure : all) {
      if (failure instanceof RefusedException refused) {
        return exception(refused);
      }
    }
    String reasons =
        all.stream().map(NodeFinder::reason).distinct().collect(Collectors.joining("; "));
    SQLException exception =
        SqlState.CONNECTION_NOT_ESTABLISHED.exception(
            "no node of the cluster can be reached: " + reasons, all.get(0));
    all.stream().skip(1).forEach(exception::addSuppressed);
    return exception;
  }

  private static String reason(IOException failure) {
    return failure.getMessage() == null ? failure.toString() : failure.getMessage();
  }

  private static void throwIfFinal(Iterable<IOException> failures) throws SQLException {
    for (IOException failure : failures) {
      if (failure instanceof RefusedException refused) {
        throwIfFinal(refused);
      }
    }
  }

  /** A refusal that all nodes would repeat, as of an unknown user. */
  private static void throwIfFinal(RefusedException refused) throws SQLException {
    FailureKind kind = refused.failure().kind();
    if (kind == FailureKind.STATEMENT || kind == FailureKind.PROTOCOL) {
      throw exception(refused);
    }
  }

  private static SQLException exception(RefusedException refused) {
    return SqlState.exception(
        refused.failure().sqlState(),
        refused.failure().vendorCode(),
        refused.getMessage(),
        refused);
  }
}
