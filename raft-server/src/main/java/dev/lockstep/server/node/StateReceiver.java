package dev.lockstep.server.node;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import dev.lockstep.protocol.ClientMessage;
import dev.lockstep.protocol.ServerMessage;
import dev.lockstep.protocol.ServerMessage.StatePart;
import dev.lockstep.protocol.SessionId;
import dev.lockstep.server.command.Digest;
import dev.lockstep.server.database.AppliedState;
import dev.lockstep.server.database.NoRoomException;
import dev.lockstep.server.database.ReplicaOptions;
import dev.lockstep.server.database.StateCopy;
import dev.lockstep.server.log.TransferPace;
import dev.lockstep.server.node.NodeConfig.Member;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches the state of another node. Used by one thread, except {@link #progress} and {@link
 * #close}.
 */
final class StateReceiver implements Rebuild.Source {
  private static final Logger LOG = LoggerFactory.getLogger(StateReceiver.class);
  private static final int PART_BYTES = 1 << 20;

  private static final int ANSWER_MILLIS = 30_000;

  /** The sender copies its whole state, at its pace, before it answers for the first time. */
  private static final int FIRST_ANSWER_MILLIS = 1_800_000;

  private final NodeConfig config;
  private final Path directory;
  private final ReplicaOptions options;
  private final StateRoom room;

  /** Leaves disk and network to the clients. */
  private final TransferPace pace;

  private final SecureRandom random = new SecureRandom();
  private volatile String progress = "";

  /** The connection in use; guarded by this object, as is {@link #closed}. */
  private PeerClient current;

  private boolean closed;

  /**
   * @param directory where the state is collected; nothing else is in it
   * @param log where the node keeps its log
   */
  StateReceiver(NodeConfig config, Path directory, Path log, ReplicaOptions options) {
    this.config = config;
    this.directory = directory;
    this.options = options;
    this.room = new StateRoom(directory, log, options.directory());
    this.pace = new TransferPace(config.snapshots().bytesPerSecond());
  }

  @Override
  public String progress() {
    return progress;
  }

  /**
   * Fetches a state that is newer than everything this node has applied, or has a snapshot of: an
   * entry is added to the log for that.
   */
  @Override
  public StateCopy receive() throws IOException, SQLException {
    try {
      Entry entry = addEntry();
      IOException failure = null;
      for (Member member : sources(entry.leader())) {
        try {
          return receiveFrom(member, entry.index());
        } catch (NoRoomException e) {
          // Of this node itself: the others' states are no smaller.
          throw e;
        } catch (IOException e) {
          LOG.warn("the state does not come from {}: {}", member.id(), e.getMessage());
          if (failure != null) {
            e.addSuppressed(failure);
          }
          failure = e;
        }
      }
      throw failure == null ? new IOException("there is no other node") : failure;
    } finally {
      progress = "";
    }
  }

  private record Entry(String leader, long index) {}

  /** Adds an entry to the log: a session that is opened and closed. */
  private Entry addEntry() throws IOException {
    IOException failure = null;
    for (Member member : others()) {
      try {
        String leader = leaderBy(member);
        for (Member candidate : others()) {
          if (candidate.id().equals(leader)) {
            return new Entry(leader, addEntryAt(candidate));
          }
        }
        failure = new IOException("no other node leads");
      } catch (IOException e) {
        failure = e;
      }
    }
    throw failure == null ? new IOException("there is no other node") : failure;
  }

  private String leaderBy(Member member) throws IOException {
    PeerClient.Opened opened = open(member);
    try (PeerClient client = opened.client()) {
      return opened.welcome().topology().leader();
    } finally {
      use(null);
    }
  }

  private long addEntryAt(Member leader) throws IOException {
    try (PeerClient client = open(leader).client()) {
      SessionId session = new SessionId(random.nextLong(), random.nextLong() | 1);
      client.ask(ServerMessage.Done.class, new ClientMessage.OpenSession(session));
      return client
          .ask(ServerMessage.Done.class, new ClientMessage.CloseSession(session))
          .appliedIndex();
    } finally {
      use(null);
    }
  }

  /** The followers first: the leader has enough to do. */
  private List<Member> sources(String leader) {
    List<Member> sources = new ArrayList<>(others());
    sources.sort((a, b) -> Boolean.compare(a.id().equals(leader), b.id().equals(leader)));
    return sources;
  }

  private List<Member> others() {
    return config.members().stream().filter(member -> !member.id().equals(config.node())).toList();
  }

  private StateCopy receiveFrom(Member member, long indexMin) throws IOException, SQLException {
    discard();
    Files.createDirectories(directory);
    progress = "waiting for a copy of the state of " + member.id();
    try (PeerClient client = open(member).client()) {
      client.timeout(FIRST_ANSWER_MILLIS);
      AppliedState state = receive(client, member, indexMin);
      progress = "checking the state of " + member.id();
      return StateCopy.received(directory, options, state);
    } finally {
      use(null);
    }
  }

  private AppliedState receive(PeerClient client, Member member, long indexMin) throws IOException {
    Hasher hasher = Hashing.murmur3_128().newHasher();
    long received = 0;
    try (OutputStream file = Files.newOutputStream(StateCopy.fileIn(directory))) {
      while (true) {
        StatePart part =
            client.ask(
                StatePart.class, new ClientMessage.ReadState(indexMin, received, PART_BYTES));
        client.timeout(ANSWER_MILLIS);
        if (part.offset() != received
            || part.appliedIndex() < indexMin
            || part.bytes().length == 0
            || part.bytes().length > part.totalBytes() - received) {
          throw new IOException(member.id() + " sent a part of a state that was not asked for");
        }
        if (received == 0) {
          room.require(part.totalBytes());
        }
        file.write(part.bytes());
        hasher.putBytes(part.bytes());
        received += part.bytes().length;
        progress =
            "received " + received + " of " + part.totalBytes() + " bytes from " + member.id();
        if (received == part.totalBytes()) {
          if (!Arrays.equals(hasher.hash().asBytes(), part.checksum())) {
            throw new IOException("the state of " + member.id() + " changed on its way");
          }
          return stateOf(part);
        }
        pace.pass(part.bytes().length);
      }
    }
  }

  private static AppliedState stateOf(StatePart part) {
    ByteBuffer digest = ByteBuffer.wrap(part.digest());
    return new AppliedState(
        part.appliedIndex(),
        part.appliedTerm(),
        part.clockMillis(),
        new Digest(digest.getLong(), digest.getLong()));
  }

  private PeerClient.Opened open(Member member) throws IOException {
    PeerClient.Opened opened =
        PeerClient.open(member.host(), member.clientPort(), config.database(), ANSWER_MILLIS);
    use(opened.client());
    return opened;
  }

  private void use(PeerClient client) throws IOException {
    boolean unwanted;
    synchronized (this) {
      current = client;
      unwanted = closed && client != null;
    }
    if (unwanted) {
      client.close();
      throw new IOException("the node stops");
    }
  }

  /** Removes what was received. */
  @Override
  public void discard() {
    try {
      StateCopy.remove(directory);
    } catch (IOException e) {
      LOG.warn("{} was not removed", directory, e);
    }
  }

  /** Ends what is going on; nothing is received any more. */
  @Override
  public void close() {
    PeerClient open;
    synchronized (this) {
      closed = true;
      open = current;
      pace.end();
    }
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        LOG.debug("a connection did not close", e);
      }
    }
  }
}
