package dev.lockstep.server.node;

import dev.lockstep.server.database.TransactionOptions;
import dev.lockstep.server.log.LogOptions;
import dev.lockstep.server.log.SnapshotRules;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a node must know to start. Everything is checked here, so that a node never starts with half
 * a configuration.
 *
 * @param cluster name of the cluster; a data directory belongs to one for good
 * @param node id of this node, one of {@code members}
 * @param members all nodes, the same list on each of them
 * @param dataDirectory where the node keeps everything; made if it does not exist
 * @param database name of the database that the cluster keeps
 * @param bindHost address that clients are accepted at; the empty text for the member's own host
 * @param electionTimeoutMillis silence of the leader after which the others elect a new one
 * @param snapshots when snapshots are taken, and how fast they are copied
 * @param limits what clients may take of the node
 * @param checks how often the replicas compare themselves
 * @param transactions how transactions are run before their commit, while the node leads
 */
public record NodeConfig(
    String cluster,
    String node,
    List<Member> members,
    Path dataDirectory,
    String database,
    String bindHost,
    int electionTimeoutMillis,
    SnapshotRules snapshots,
    NodeLimits limits,
    CheckOptions checks,
    TransactionOptions transactions) {
  public static final String DEFAULT_DATABASE = "shop";

  /** Election timeouts outside these bounds elect all the time, or hardly ever. */
  public static final int ELECTION_TIMEOUT_MILLIS_MIN = 100;

  public static final int ELECTION_TIMEOUT_MILLIS_MAX = 60_000;

  /** Names become directories and stand in URLs. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,62}");

  public NodeConfig {
    members = List.copyOf(members);
    checkName("cluster", cluster);
    checkName("node", node);
    checkName("database", database);
    checkMembers(members);
    if (members.stream().noneMatch(member -> member.id().equals(node))) {
      throw new IllegalArgumentException(
          "node "
              + node
              + " is not among the members "
              + members.stream().map(Member::id).toList());
    }
    if (electionTimeoutMillis < ELECTION_TIMEOUT_MILLIS_MIN
        || electionTimeoutMillis > ELECTION_TIMEOUT_MILLIS_MAX) {
      throw new IllegalArgumentException(
          "election timeout of "
              + electionTimeoutMillis
              + " ms; from "
              + ELECTION_TIMEOUT_MILLIS_MIN
              + " to "
              + ELECTION_TIMEOUT_MILLIS_MAX
              + " are allowed");
    }
  }

  /** A node with default settings. */
  public NodeConfig(String cluster, String node, List<Member> members, Path dataDirectory) {
    this(
        cluster,
        node,
        members,
        dataDirectory,
        DEFAULT_DATABASE,
        "",
        LogOptions.DEFAULT_ELECTION_TIMEOUT_MILLIS,
        SnapshotRules.DEFAULT,
        NodeLimits.DEFAULT,
        CheckOptions.DEFAULT,
        TransactionOptions.DEFAULT);
  }

  public NodeConfig withDatabase(String newDatabase) {
    return with(
        newDatabase, bindHost, electionTimeoutMillis, snapshots, limits, checks, transactions);
  }

  public NodeConfig withBindHost(String newBindHost) {
    return with(
        database, newBindHost, electionTimeoutMillis, snapshots, limits, checks, transactions);
  }

  public NodeConfig withElectionTimeoutMillis(int newTimeoutMillis) {
    return with(database, bindHost, newTimeoutMillis, snapshots, limits, checks, transactions);
  }

  public NodeConfig withSnapshots(SnapshotRules newSnapshots) {
    return with(
        database, bindHost, electionTimeoutMillis, newSnapshots, limits, checks, transactions);
  }

  public NodeConfig withLimits(NodeLimits newLimits) {
    return with(
        database, bindHost, electionTimeoutMillis, snapshots, newLimits, checks, transactions);
  }

  public NodeConfig withChecks(CheckOptions newChecks) {
    return with(
        database, bindHost, electionTimeoutMillis, snapshots, limits, newChecks, transactions);
  }

  public NodeConfig withTransactions(TransactionOptions newTransactions) {
    return with(
        database, bindHost, electionTimeoutMillis, snapshots, limits, checks, newTransactions);
  }

  private NodeConfig with(
      String newDatabase,
      String newBindHost,
      int newTimeoutMillis,
      SnapshotRules newSnapshots,
      NodeLimits newLimits,
      CheckOptions newChecks,
      TransactionOptions newTransactions) {
    return new NodeConfig(
        cluster,
        node,
        members,
        dataDirectory,
        newDatabase,
        newBindHost,
        newTimeoutMillis,
        newSnapshots,
        newLimits,
        newChecks,
        newTransactions);
  }

  /** The member that this node is. */
  public Member self() {
    return members.stream().filter(member -> member.id().equals(node)).findFirst().orElseThrow();
  }

  /**
   * A node of the cluster.
   *
   * @param host name or address at which the other nodes and the clients reach it
   * @param raftPort port for the other nodes
   * @param clientPort port for clients; 0 for any free one, which only a node alone can have
   */
  public record Member(String id, String host, int raftPort, int clientPort) {
    public Member {
      checkName("node", id);
      if (host.isBlank()) {
        throw new IllegalArgumentException("member " + id + " has no host");
      }
      checkPort(id, "raft", raftPort, 1);
      checkPort(id, "client", clientPort, 0);
    }

    /** Reads {@code id=host:raftPort:clientPort}; an IPv6 address stands in brackets. */
    public static Member parse(String text) {
      int equals = text.indexOf('=');
      int clientColon = text.lastIndexOf(':');
      int raftColon = clientColon < 0 ? -1 : text.lastIndexOf(':', clientColon - 1);
      if (equals < 1 || raftColon < equals) {
        throw new IllegalArgumentException(
            "member '" + text + "' is not of the form id=host:raftPort:clientPort");
      }
      String host = text.substring(equals + 1, raftColon);
      if (host.startsWith("[") && host.endsWith("]")) {
        host = host.substring(1, host.length() - 1);
      }
      return new Member(
          text.substring(0, equals),
          host,
          port(text, text.substring(raftColon + 1, clientColon)),
          port(text, text.substring(clientColon + 1)));
    }

    private static int port(String member, String text) {
      try {
        return Integer.parseInt(text);
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(
            "member '" + member + "': '" + text + "' is not a port", e);
      }
    }

    private static void checkPort(String id, String what, int port, int min) {
      if (port < min || port > 65_535) {
        throw new IllegalArgumentException(
            "member " + id + ": " + what + " port " + port + " is not from " + min + " to 65535");
      }
    }
  }

  private static void checkName(String what, String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          what
              + " name '"
              + name
              + "' is not allowed: letters, digits, - and _, at most 63, no - or _ in front");
    }
  }

  private static void checkMembers(List<Member> members) {
    if (members.isEmpty()) {
      throw new IllegalArgumentException("no members");
    }
    Set<String> ids = new HashSet<>();
    Set<String> addresses = new HashSet<>();
    for (Member member : members) {
      if (!ids.add(member.id())) {
        throw new IllegalArgumentException("member " + member.id() + " given twice");
      }
      if (!addresses.add(member.host() + ":" + member.raftPort())
          || !addresses.add(member.host() + ":" + member.clientPort())) {
        throw new IllegalArgumentException("member " + member.id() + ": address given twice");
      }
    }
  }
}
