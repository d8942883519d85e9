package dev.lockstep.testkit.simulation;

import dev.lockstep.server.log.LogStatus;
import dev.lockstep.server.log.ReplicatedLog;
import dev.lockstep.server.log.StateMachine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A simulated group of {@link NumberedMachine}s, and a client that proposes numbers to them. */
final class NumberedGroup implements Host {
  static final List<String> MEMBERS = List.of("a", "b", "c");

  final List<String> members;
  final Simulation simulation;
  final SimulatedCluster cluster;
  final Map<String, NumberedMachine.Disk> disks = new HashMap<>();
  final Map<String, NumberedMachine> machines = new HashMap<>();
  final Map<String, ReplicatedLog> logs = new HashMap<>();

  int reads;

  /** By the member they were proposed to, which may have crashed. */
  final Map<NumberedMachine.Number, ReplicatedLog> proposed = new HashMap<>();

  /** Whoever was killed owes no answer any more. */
  private final Set<ReplicatedLog> killed = new HashSet<>();

  private final Chance chance;
  private boolean settling;

  NumberedGroup(long seed, Conditions conditions, Path directory) {
    this(new Simulation(seed), conditions, MEMBERS, directory);
  }

  NumberedGroup(
      Simulation simulation, Conditions conditions, List<String> members, Path directory) {
    this.simulation = simulation;
    this.members = members;
    this.cluster = new SimulatedCluster(simulation, conditions, members, directory, this);
    this.chance = simulation.chance().split();
    members.forEach(member -> disks.put(member, new NumberedMachine.Disk()));
    cluster.startAll();
  }

  void awaitLeader() {
    if (!simulation.runUntil(() -> members.stream().anyMatch(this::leads), 100_000)) {
      throw new AssertionError("no leader");
    }
  }

  String leader() {
    return members.stream().filter(this::leads).findFirst().orElseThrow();
  }

  private boolean leads(String member) {
    return machines.containsKey(member)
        && machines.get(member).leads()
        && logs.get(member).status().leads();
  }

  NumberedMachine.Number propose(String member, long value) {
    return propose(member, logs.get(member).status().term(), value);
  }

  NumberedMachine.Number propose(String member, long term, long value) {
    NumberedMachine.Number number = new NumberedMachine.Number(value);
    proposed.put(number, logs.get(member));
    logs.get(member).propose(term, number);
    return number;
  }

  /** Proposes numbers for ever to whoever thinks that it leads, and sometimes to others. */
  void proposeForEver(long everyMicros) {
    simulation.after(
        chance.between(1, everyMicros * 2),
        "propose",
        () -> {
          String member = chance.pick(members);
          if (settling) {
            return;
          }
          if (logs.containsKey(member)) {
            LogStatus status = logs.get(member).status();
            // The group checks the answer itself.
            logs.get(member).readIndex((index, failure) -> reads += failure == null ? 1 : 0);
            if (status.leads() || chance.with(0.1)) {
              propose(member, status.term(), proposed.size() + 1);
            }
          }
          proposeForEver(everyMicros);
        });
  }

  boolean settle() {
    cluster.calm();
    settling = true;
    // Delays that were drawn before run out first.
    simulation.runForMillis(3_000);
    return simulation.runUntil(cluster::settled, 200_000);
  }

  List<Long> numbers(String member) {
    return disks.get(member).numbers;
  }

  /** Proposals that never ended, though their member was not killed. */
  List<NumberedMachine.Number> forgotten() {
    List<NumberedMachine.Number> forgotten = new ArrayList<>(proposed.keySet());
    forgotten.removeIf(number -> number.ended() || killed.contains(proposed.get(number)));
    return forgotten;
  }

  @Override
  public StateMachine open(String member) {
    NumberedMachine machine = new NumberedMachine(disks.get(member));
    machines.put(member, machine);
    return machine;
  }

  @Override
  public void started(String member, ReplicatedLog log) {
    logs.put(member, log);
  }

  @Override
  public void close(String member) {
    machines.remove(member);
    logs.remove(member);
  }

  @Override
  public void crash(String member) {
    machines.remove(member);
    killed.add(logs.remove(member));
  }
}
