package dev.lockstep.server.log.jraft;

import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.entity.PeerId;
import dev.lockstep.server.log.LogOptions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The names of members on one side, the addresses by which the engine knows them on the other. */
final class Peers {
  private final Map<String, PeerId> peerOfMember = new HashMap<>();
  private final Map<PeerId, String> memberOfPeer = new HashMap<>();
  private final PeerId self;
  private final List<PeerId> places;
  private final int position;

  Peers(LogOptions options) {
    for (LogOptions.Member member : options.members()) {
      PeerId peer = new PeerId(member.host(), member.port());
      if (memberOfPeer.put(peer, member.id()) != null
          || peerOfMember.put(member.id(), peer) != null) {
        throw new IllegalArgumentException("two members are alike in " + options.members());
      }
    }
    this.self = peerOfMember.get(options.member());
    this.places = options.members().stream().map(member -> peerOfMember.get(member.id())).toList();
    this.position = places.indexOf(self);
  }

  PeerId self() {
    return self;
  }

  /** Place of this member in the list of the members, from 0 on. */
  int position() {
    return position;
  }

  /** Place of this member among those that are left without the given one, from 0 on. */
  int rankWithout(String member) {
    PeerId without = peerOfMember.get(member);
    return position > places.indexOf(without) ? position - 1 : position;
  }

  /** The initial configuration, of all members. */
  Configuration configuration() {
    return new Configuration(memberOfPeer.keySet());
  }

  /**
   * @return null if there is no such member
   */
  PeerId peerOf(String member) {
    return peerOfMember.get(member);
  }

  /**
   * @return the empty text if the peer is not known
   */
  String memberOf(PeerId peer) {
    if (peer == null || peer.isEmpty()) {
      return "";
    }
    return memberOfPeer.getOrDefault(peer, peer.toString());
  }
}
