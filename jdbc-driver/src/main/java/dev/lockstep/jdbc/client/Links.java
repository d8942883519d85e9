package dev.lockstep.jdbc.client;

import dev.lockstep.protocol.ClientMessage;
import dev.lockstep.protocol.ServerMessage;
import dev.lockstep.protocol.ServerMessage.Welcome;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The links of one connection: one to the leader, and one for reads that need not go there. Both
 * are opened when they are needed, and again when they were lost. {@link #abort}, {@link #cancel}
 * and the getters may be called by any thread, the rest under the client's lock.
 */
final class Links {
  private final ClientOptions options;
  private final Cluster cluster;
  private final NodeFinder finder;

  /** Null, or perhaps closed already. */
  private volatile Link leader;

  /** Null, or perhaps closed already. */
  private volatile Link reader;

  /** The link that an answer is awaited on, or null. */
  private volatile Link busy;

  private volatile boolean aborted;
  private volatile Welcome welcome;
  private volatile int socketTimeoutMillis;

  Links(ClientOptions options, Cluster cluster) {
    this.options = options;
    this.cluster = cluster;
    this.finder = new NodeFinder(cluster, options);
    this.socketTimeoutMillis = options.socketTimeoutMillis();
  }

  Cluster cluster() {
    return cluster;
  }

  /** What the node said that was greeted last. */
  Welcome welcome() {
    return welcome;
  }

  int socketTimeoutMillis() {
    return socketTimeoutMillis;
  }

  void setSocketTimeoutMillis(int millis) {
    socketTimeoutMillis = millis;
  }

  boolean isAborted() {
    return aborted;
  }

  /** Opens the first link of the connection. */
  void establish() throws SQLException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(options.loginTimeoutMillis());
    Optional<Link> link =
        options.readTarget() == ReadTarget.PRIMARY
            ? finder.openLeader(deadline, false, this::isAborted)
            : finder.openAny(deadline);
    if (link.isEmpty()) {
      throw SqlState.CONNECTION_NOT_ESTABLISHED.exception(
          "no node that leads was found in " + options.loginTimeoutMillis() + " ms");
    }
    if (link.get().isGreetedByLeader()) {
      leader = kept(link.get());
    } else {
      reader = kept(link.get());
    }
  }

  /** The open link to the leader, or null. */
  Link leaderIfOpen() {
    Link link = leader;
    return link != null && link.isOpen() ? link : null;
  }

  /**
   * A link to the leader, or empty if none was found before the deadline.
   *
   * @param unwanted asked now and then whether to give up before
   */
  Optional<Link> toLeader(long deadline, BooleanSupplier unwanted)
      throws SQLException, InterruptedException {
    Link open = leaderIfOpen();
    if (open != null) {
      return Optional.of(open);
    }
    Optional<Link> opened =
        finder.openLeader(deadline, true, () -> aborted || unwanted.getAsBoolean());
    if (opened.isPresent()) {
      leader = kept(opened.get());
    }
    return opened;
  }

  /** A link to a node that may serve a read, or empty as above. */
  Optional<Link> toReader(long deadline, BooleanSupplier unwanted)
      throws SQLException, InterruptedException {
    Link open = reader;
    if (open != null && open.isOpen()) {
      return Optional.of(open);
    }
    Optional<Link> opened =
        options.readTarget() == ReadTarget.ANY
            ? finder.openAny(deadline)
            : finder.openFollower(deadline);
    if (opened.isPresent()) {
      reader = kept(opened.get());
      return opened;
    }
    return toLeader(deadline, unwanted);
  }

  /** Sends a request and waits for its answer; see {@link Link#call}. */
  ServerMessage call(Link link, ClientMessage message, long deadline) throws IOException {
    busy = link;
    try {
      return link.call(message, socketTimeoutMillis, deadline);
    } finally {
      busy = null;
    }
  }

  /** The node does not lead, or cannot serve the database. */
  void leave(Link link) {
    cluster.notLeading(link.address());
    link.close();
  }

  /** The node is gone, or its answers are of no use. */
  void lost(Link link) {
    if (!aborted) {
      cluster.notLeading(link.address());
    }
    link.close();
  }

  /** Asks the node that is working for this connection, if any, to stop it. */
  void cancel() throws SQLException {
    Link working = busy;
    if (working == null) {
      return;
    }
    long deadline =
        System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(options.connectTimeoutMillis());
    ClientMessage cancel =
        new ClientMessage.Cancel(working.welcome().connection(), working.welcome().cancelKey());
    try (Link side = finder.open(working.address(), deadline)) {
      side.call(cancel, 0, deadline);
    } catch (IOException e) {
      throw SqlState.CANCELED.exception("the statement could not be cancelled", e);
    }
  }

  /** Closes everything, for good. Idempotent. */
  void abort() {
    aborted = true;
    close(leader);
    close(reader);
  }

  private Link kept(Link link) {
    welcome = link.welcome();
    if (aborted) {
      // Opened while another thread aborted the connection.
      link.close();
    }
    return link;
  }

  private static void close(Link link) {
    if (link != null) {
      link.close();
    }
  }
}
