package dev.lockstep.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SnapshotRulesTest {
  private static final long MIB = 1 << 20;
  private static final SnapshotRules RULES = new SnapshotRules(0, 64 * MIB, MIB);

  @Test
  void smallStateIsCopiedWhenTheLogHasGrownByItsLimit() {
    assertThat(RULES.due(1, 63 * MIB, 5 * MIB)).isFalse();
    assertThat(RULES.due(1, 64 * MIB, 5 * MIB)).isTrue();
  }

  @Test
  void largeStateIsCopiedWhenTheLogHasGrownByHalfOfIt() {
    assertThat(RULES.due(1, 1_023 * MIB, 2_048 * MIB)).isFalse();
    assertThat(RULES.due(1, 1_024 * MIB, 2_048 * MIB)).isTrue();
  }

  @Test
  void smallCommandsCountWithWhatTheLogKeepsBesides() {
    long entries = 64 * MIB / (SnapshotRules.ENTRY_BYTES + 1);
    assertThat(RULES.due(entries, entries, 0)).isFalse();
    assertThat(RULES.due(entries + 1, entries + 1, 0)).isTrue();
  }

  @Test
  void numberOfEntriesIsALimitOfItsOwn() {
    SnapshotRules rules = RULES.withEntries(100);
    assertThat(rules.due(99, 0, 2_048 * MIB)).isFalse();
    assertThat(rules.due(100, 0, 2_048 * MIB)).isTrue();
  }

  @Test
  void zeroIsNoLimit() {
    assertThat(RULES.withLogBytes(0).due(1_000_000_000, 1_000_000 * MIB, 0)).isFalse();
  }
}
