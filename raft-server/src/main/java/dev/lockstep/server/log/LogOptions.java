package dev.lockstep.server.log;

import java.nio.file.Path;
import java.util.List;

/**
 * What a member of a log must know to start.
 *
 * @param group name of the log: the database
 * @param member id of this member, one of {@code members}
 * @param members the initial members, the same list on each of them
 * @param directory where the member keeps its log, metadata and snapshots
 * @param electionTimeoutMillis silence of the leader after which the others elect a new one
 * @param snapshots when snapshots are taken, and how fast they are copied
 * @param proposalsMax commands that may wait for consensus at the same time on this member
 */
public record LogOptions(
    String group,
    String member,
    List<Member> members,
    Path directory,
    int electionTimeoutMillis,
    SnapshotRules snapshots,
    int proposalsMax) {
  public static final int DEFAULT_ELECTION_TIMEOUT_MILLIS = 750;
  public static final int DEFAULT_PROPOSALS_MAX = 8_192;

  public LogOptions {
    members = List.copyOf(members);
    if (members.stream().noneMatch(candidate -> candidate.id().equals(member))) {
      throw new IllegalArgumentException(member + " is not among the members " + members);
    }
  }

  /** A member and the address at which the others reach it. */
  public record Member(String id, String host, int port) {}
}
