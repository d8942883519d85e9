package dev.lockstep.jdbc.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.protocol.ServerMessage.Welcome;
import dev.lockstep.protocol.Topology;
import dev.lockstep.protocol.Topology.Member;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ClusterTest {
  private static final NodeAddress A = new NodeAddress("a", 1);
  private static final NodeAddress B = new NodeAddress("b", 2);
  private static final NodeAddress C = new NodeAddress("c", 3);
  private static final List<Member> MEMBERS =
      List.of(new Member("na", "a", 1), new Member("nb", "b", 2), new Member("nc", "c", 3));

  private final Cluster cluster = new Cluster(List.of(A));

  private static Topology topology(long term, String leader) {
    return new Topology(term, leader, MEMBERS);
  }

  private static Welcome welcome(String node, String clusterId) {
    return new Welcome(1, node, clusterId, "0", "3", 1, 1, Topology.UNKNOWN);
  }

  @Test
  void membersAreLearntFromOneSeed() {
    assertThat(cluster.candidates()).containsExactly(A);
    assertThat(cluster.leader()).isEmpty();
    cluster.observe(topology(1, "nb"));
    assertThat(cluster.candidates()).containsExactly(A, B, C);
    assertThat(cluster.leader()).contains(B);
    assertThat(cluster.followers()).containsExactly(A, C);
  }

  @Test
  void theLaterTermCountsAndWithinOneTheOneThatKnowsALeader() {
    cluster.observe(topology(5, ""));
    assertThat(cluster.leader()).isEmpty();
    cluster.observe(topology(5, "nb"));
    cluster.observe(topology(4, "na"));
    cluster.observe(topology(5, ""));
    assertThat(cluster.leader()).contains(B);
    cluster.observe(topology(6, "nc"));
    assertThat(cluster.leader()).contains(C);
    assertThat(cluster.isDeposed(topology(5, "nb"))).isTrue();
    assertThat(cluster.isDeposed(topology(6, "nc"))).isFalse();
  }

  @Test
  void aNodeThatDoesNotLeadIsNotExpectedToUntilThereIsNews() {
    cluster.observe(topology(1, "nb"));
    cluster.notLeading(A);
    assertThat(cluster.leader()).contains(B);
    cluster.notLeading(B);
    assertThat(cluster.leader()).isEmpty();
    cluster.observe(topology(2, "nb"));
    assertThat(cluster.leader()).contains(B);
  }

  @Test
  void anUnreachableNodeIsLeftAloneUnlessAllAre() throws IOException {
    cluster.observe(topology(1, "nb"));
    cluster.unreachable(B);
    assertThat(cluster.leader()).isEmpty();
    assertThat(cluster.candidates()).containsExactly(A, C);
    cluster.unreachable(A);
    cluster.unreachable(C);
    assertThat(cluster.candidates()).containsExactly(A, B, C);
    cluster.greeted(B, welcome("nb", "one"));
    assertThat(cluster.candidates()).containsExactly(B);
    assertThat(cluster.leader()).contains(B);
  }

  @Test
  void aNodeIsAskedWhereItWasReachedWhateverItCallsItself() throws IOException {
    NodeAddress outside = new NodeAddress("gateway", 9);
    cluster.greeted(outside, welcome("nb", "one"));
    cluster.observe(topology(1, "nb"));
    assertThat(cluster.leader()).contains(outside);
  }

  @Test
  void aNodeOfAnotherClusterIsRefused() throws IOException {
    cluster.greeted(A, welcome("na", "one"));
    assertThatThrownBy(() -> cluster.greeted(B, welcome("nb", "two")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("b:2 belongs to cluster two, not to one");
  }

  @Test
  void aClusterIsSharedAndForgottenWithItsLastConnection() {
    int before = Clusters.count();
    Cluster first = Clusters.acquire(List.of(A, B), "shop");
    assertThat(Clusters.acquire(List.of(B, A), "shop")).isSameAs(first);
    assertThat(Clusters.acquire(List.of(A, B), "other")).isNotSameAs(first);
    assertThat(Clusters.count()).isEqualTo(before + 2);
    Clusters.release(List.of(A, B), "shop");
    Clusters.release(List.of(A, B), "other");
    Clusters.release(List.of(A, B), "shop");
    assertThat(Clusters.count()).isEqualTo(before);
    assertThatThrownBy(() -> Clusters.release(List.of(A, B), "shop"))
        .isInstanceOf(IllegalStateException.class);
  }
}
