package dev.lockstep.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Who the members of a database are and who leads, as the sending node knows it.
 *
 * @param term the Raft term this is known from; of two topologies the one of the later term counts
 * @param leader the leading node's id, or the empty text while none is known
 */
public record Topology(long term, String leader, List<Member> members) {
  public static final Topology UNKNOWN = new Topology(0, "", List.of());

  public Topology {
    members = List.copyOf(members);
  }

  /** A node with its address as clients reach it. */
  public record Member(String nodeId, String host, int port) {
    void encode(WireWriter out) {
      out.writeString(nodeId);
      out.writeString(host);
      out.writeVarInt(port);
    }

    static Member decode(WireReader in) {
      String nodeId = in.readString(Limits.NAME_BYTES_MAX, "bytes of a node id");
      String host = in.readString(Limits.NAME_BYTES_MAX, "bytes of a host name");
      return new Member(nodeId, host, in.readNonNegativeInt(65_535, "port"));
    }
  }

  public Optional<Member> leadingMember() {
    return members.stream().filter(member -> member.nodeId().equals(leader)).findFirst();
  }

  void encode(WireWriter out) {
    out.writeVarLong(term);
    out.writeString(leader);
    out.writeVarInt(members.size());
    members.forEach(member -> member.encode(out));
  }

  static Topology decode(WireReader in) {
    long term = in.readNonNegativeLong("term");
    String leader = in.readString(Limits.NAME_BYTES_MAX, "bytes of a node id");
    int count = in.readCount(Limits.MEMBERS_MAX, "members");
    List<Member> members = new ArrayList<>(Math.min(count, 16));
    for (int i = 0; i < count; i++) {
      members.add(Member.decode(in));
    }
    return new Topology(term, leader, members);
  }
}
