package dev.lockstep.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.server.node.Verdict.Kind;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Who is right at a checkpoint. */
final class VerdictTest {
  @Test
  void majorityIsRightWhoeverLeads() {
    assertThat(of(3, Map.of("n1", "a", "n2", "b", "n3", "b")).kind()).isEqualTo(Kind.DIVERGED);
    assertThat(of(3, Map.of("n1", "a", "n2", "a", "n3", "b")).kind()).isEqualTo(Kind.ALIKE);
    assertThat(of(3, Map.of("n1", "a", "n2", "a")).kind()).isEqualTo(Kind.ALIKE);
  }

  @Test
  void oneOtherOpinionOfThreeIsNotEnough() {
    assertThat(of(3, Map.of("n1", "a", "n2", "b")).kind()).isEqualTo(Kind.OPEN);
    assertThat(of(3, Map.of("n1", "a")).kind()).isEqualTo(Kind.OPEN);
  }

  @Test
  void withoutAMajorityNobodyIsRight() {
    assertThat(of(3, Map.of("n1", "a", "n2", "b", "n3", "c")).kind()).isEqualTo(Kind.NO_MAJORITY);
    assertThat(of(2, Map.of("n1", "a", "n2", "b")).kind()).isEqualTo(Kind.NO_MAJORITY);
    assertThat(of(4, Map.of("n1", "a", "n2", "a", "n3", "b", "n4", "b")).kind())
        .isEqualTo(Kind.NO_MAJORITY);
  }

  @Test
  void halfIsNoMajority() {
    assertThat(of(4, Map.of("n1", "a", "n2", "b", "n3", "b")).kind()).isEqualTo(Kind.OPEN);
    assertThat(of(5, Map.of("n1", "a", "n2", "b", "n3", "b", "n4", "b")).kind())
        .isEqualTo(Kind.DIVERGED);
  }

  @Test
  void reasonNamesTheDigestsAndWhoHasThem() {
    assertThat(of(3, Map.of("n1", "a", "n2", "b", "n3", "b")).reason())
        .isEqualTo(
            "this replica has diverged: its digests at index 7 are a, those of n2, n3 are b");
  }

  private static Verdict of(int members, Map<String, String> heard) {
    return Verdict.of(7, "n1", heard, members);
  }
}
