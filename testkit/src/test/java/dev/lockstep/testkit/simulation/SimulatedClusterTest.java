package dev.lockstep.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.server.log.LogFailure;
import dev.lockstep.server.log.LogStatus;
import dev.lockstep.server.log.Proposal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SimulatedClusterTest {
  @TempDir Path directory;
  private NumberedGroup group;

  @BeforeEach
  void begin() {
    group = new NumberedGroup(7, Conditions.calm(), directory);
    group.awaitLeader();
  }

  @Test
  void committedNumberReachesAllMembersAndEndsItsProposalOnce() {
    NumberedMachine.Number number = group.propose(group.leader(), 42);

    assertThat(group.settle()).isTrue();
    assertThat(number.applied).isEqualTo(1);
    assertThat(number.failures).isEmpty();
    for (String member : NumberedGroup.MEMBERS) {
      assertThat(group.numbers(member)).containsExactly(42L);
    }
  }

  @Test
  void proposalForAFormerTermIsRefused() {
    String leader = group.leader();
    NumberedMachine.Number number =
        group.propose(leader, group.logs.get(leader).status().term() - 1, 1);

    assertThat(group.settle()).isTrue();
    assertThat(number.failures)
        .singleElement()
        .satisfies(failure -> assertThat(failure.kind()).isEqualTo(LogFailure.Kind.NOT_LEADER));
    assertThat(group.numbers("a")).isEmpty();
  }

  @Test
  void leaderCutOffStillBelievesItLeadsAndItsEntriesAreLost() {
    String deposed = group.leader();
    group.cluster.isolate(deposed);
    NumberedMachine.Number lost = group.propose(deposed, 1);
    group.simulation.runUntil(() -> group.cluster.truncated() > 0 || otherLeads(deposed), 100_000);
    assertThat(group.logs.get(deposed).status().leads()).isTrue();

    NumberedMachine.Number kept = group.propose(group.cluster.leader().orElseThrow(), 2);

    assertThat(group.settle()).isTrue();
    assertThat(lost.failures)
        .singleElement()
        .satisfies(failure -> assertThat(failure.kind().outcomeUnknown()).isTrue());
    assertThat(kept.applied).isEqualTo(1);
    assertThat(group.cluster.truncated()).isEqualTo(1);
    assertThat(group.numbers(deposed)).containsExactly(2L);
  }

  private boolean otherLeads(String deposed) {
    return group.cluster.leader().filter(member -> !member.equals(deposed)).isPresent();
  }

  @Test
  void crashedMemberComesBackWithItsFiles() {
    String leader = group.leader();
    group.propose(leader, 1);
    group.settle();

    group.cluster.crash(leader);
    group.awaitLeader();
    group.propose(group.leader(), 2);

    assertThat(group.settle()).isTrue();
    assertThat(group.numbers(leader)).containsExactly(1L, 2L);
  }

  @Test
  void memberBehindTheLogsStartGetsASnapshot() {
    String follower = anyFollower();
    group.cluster.crash(follower);
    List<Long> expected = new ArrayList<>();
    for (long i = 0; i < 50; i++) {
      group.propose(group.leader(), i);
      expected.add(i);
      group.simulation.runForMillis(20);
    }
    for (int i = 0; i < 20 && group.cluster.installations() == 0; i++) {
      // How much of the log is dropped with a snapshot is left to chance.
      group.logs.get(group.leader()).snapshot(failure -> {});
      group.simulation.runForMillis(50);
      group.propose(group.leader(), 50 + i);
      expected.add(50L + i);
      group.simulation.runForMillis(50);
      group.cluster.start(follower);
      group.simulation.runForMillis(500);
      if (group.cluster.installations() == 0) {
        group.cluster.crash(follower);
        group.disks.put(follower, new NumberedMachine.Disk());
      }
    }

    assertThat(group.cluster.installations()).isPositive();
    assertThat(group.settle()).isTrue();
    assertThat(group.machines.get(follower).loads).isPositive();
    assertThat(group.numbers(follower)).isEqualTo(expected);
  }

  private String anyFollower() {
    return NumberedGroup.MEMBERS.stream()
        .filter(member -> !member.equals(group.leader()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void closingFailsWhatIsOpen() {
    String leader = group.leader();
    NumberedMachine.Number number = group.propose(leader, 1);

    group.cluster.close(leader);

    assertThat(number.ended()).isTrue();
    assertThat(number.applied + number.failures.size()).isEqualTo(1);
  }

  @Test
  void stoppedLogRefusesEverything() {
    String leader = group.leader();
    var log = group.logs.get(leader);
    group.cluster.close(leader);
    NumberedMachine.Number number = new NumberedMachine.Number(1);
    List<LogFailure> failures = new ArrayList<>();

    log.propose(1, number);
    log.readIndex((index, failure) -> failures.add(failure));
    log.snapshot(failures::add);
    log.transferLeadership("", failures::add);

    assertThat(number.failures).hasSize(1);
    failures.addAll(number.failures);
    assertThat(failures)
        .hasSize(4)
        .allSatisfy(failure -> assertThat(failure.kind()).isEqualTo(LogFailure.Kind.STOPPED));
  }

  @Test
  void readIndexCoversWhatWasCommitted() {
    group.propose(group.leader(), 1);
    group.settle();
    List<Long> indexes = new ArrayList<>();

    for (String member : NumberedGroup.MEMBERS) {
      group.logs.get(member).readIndex((index, failure) -> indexes.add(index));
    }

    group.simulation.runUntil(() -> indexes.size() == 3, 10_000);
    assertThat(indexes).hasSize(3).allMatch(index -> index >= group.cluster.committed());
  }

  @Test
  void leaderCutOffGivesNoReadIndex() {
    String deposed = group.leader();
    group.cluster.isolate(deposed);
    List<LogFailure> failures = new ArrayList<>();

    group.logs.get(deposed).readIndex((index, failure) -> failures.add(failure));

    assertThat(group.simulation.runUntil(() -> !failures.isEmpty(), 100_000)).isTrue();
    assertThat(failures.get(0)).isNotNull();
  }

  @Test
  void leadershipIsHandedOver() {
    String leader = group.leader();
    group.settle();
    List<LogFailure> ends = new ArrayList<>();
    String target = anyFollower();

    group.logs.get(leader).transferLeadership(target, ends::add);

    group.simulation.runUntil(() -> !ends.isEmpty(), 10_000);
    assertThat(ends).containsExactly((LogFailure) null);
    assertThat(group.cluster.leader()).contains(target);
  }

  @Test
  void faultOfTheStateMachineStopsTheMember() {
    String leader = group.leader();
    group.logs.get(leader).propose(group.logs.get(leader).status().term(), new Malformed());

    group.simulation.runForMillis(2_000);

    assertThat(group.cluster.faults()).containsKey(leader);
    assertThat(group.logs.get(leader).status().role()).isEqualTo(LogStatus.Role.STOPPED);
  }

  /** A command that no machine can apply. */
  private static final class Malformed implements Proposal {
    private final byte[] command = new byte[3];

    @Override
    public byte[] command() {
      return command;
    }

    @Override
    public void failed(LogFailure failure) {}
  }

  @Test
  void proposalWhoseBytesChangeIsFound() {
    NumberedMachine.Number number = group.propose(group.leader(), 1);
    number.command()[0]++;

    assertThatThrownBy(() -> group.simulation.runForMillis(2_000))
        .isInstanceOf(SimulationFailure.class)
        .hasMessageContaining("bytes were changed");
  }

  @Test
  void callFromAnotherThreadIsFound() throws Exception {
    List<Throwable> thrown = new ArrayList<>();
    Thread other =
        new Thread(
            () -> {
              try {
                group.propose(group.leader(), 1);
              } catch (SimulationFailure failure) {
                thrown.add(failure);
              }
            });
    other.start();
    other.join();

    assertThat(thrown).hasSize(1);
  }
}
