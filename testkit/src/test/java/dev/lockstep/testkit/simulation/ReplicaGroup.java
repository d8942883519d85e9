package dev.lockstep.testkit.simulation;

import dev.lockstep.server.database.Replica;
import dev.lockstep.server.database.ReplicaOptions;
import dev.lockstep.server.database.TransactionOptions;
import dev.lockstep.server.log.ReplicatedLog;
import dev.lockstep.server.log.StateMachine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/** A simulated group of real replicas, each with its files on the disk. */
final class ReplicaGroup implements Host {
  static final String DATABASE = "shop";
  private static final long FIRST_CLOCK_MILLIS = 1_700_000_000_000L;

  final Simulation simulation;
  final SimulatedCluster cluster;
  final Map<String, Replica> replicas = new TreeMap<>();
  final Map<String, ReplicatedLog> logs = new TreeMap<>();
  int powerFailures;

  /** What clients found wrong while they were told something by a replica. */
  final List<AssertionError> complaints = new ArrayList<>();

  private final Chance chance;
  private final Path directory;
  private final Map<String, Path> homes = new HashMap<>();
  private final Map<String, Long> clockErrorMillis = new HashMap<>();
  private int lives;

  ReplicaGroup(Simulation simulation, Conditions conditions, List<String> members, Path directory) {
    this.simulation = simulation;
    this.directory = directory;
    this.chance = simulation.chance().split();
    this.cluster =
        new SimulatedCluster(simulation, conditions, members, directory.resolve("snapshots"), this);
    for (String member : members) {
      homes.put(member, directory.resolve(member));
      clockErrorMillis.put(member, chance.between(-5_000, 5_000));
    }
    cluster.startAll();
  }

  /** Members that believe they lead: none, one, or with it some of the past. */
  List<String> leaders() {
    List<String> leaders = new ArrayList<>();
    logs.forEach(
        (member, log) -> {
          if (log.status().leads()) {
            leaders.add(member);
          }
        });
    return leaders;
  }

  /** What a leader writes into a command: not before what it has applied. */
  long clockMillis(String member) {
    return Math.max(
        replicas.get(member).lastClockMillis(),
        FIRST_CLOCK_MILLIS + clockErrorMillis.get(member) + simulation.nowMillis());
  }

  /** Keeps what a client finds wrong: thrown, it would be a fault of the replica. */
  void guard(Runnable action) {
    try {
      action.run();
    } catch (AssertionError wrong) {
      complaints.add(wrong);
    }
  }

  boolean settle(BooleanSupplier idle) {
    cluster.calm();
    // Delays that were drawn before run out first.
    simulation.runForMillis(3_000);
    return simulation.runUntil(
        () -> !complaints.isEmpty() || (idle.getAsBoolean() && cluster.settled()), 300_000);
  }

  @Override
  public StateMachine open(String member) {
    Replica replica =
        Replica.open(
            new ReplicaOptions(
                homes.get(member), "simulated", DATABASE, TransactionOptions.DEFAULT));
    replicas.put(member, replica);
    return replica;
  }

  /** Closes what a failed run has left open. */
  void closeAll() {
    replicas.values().forEach(Replica::close);
    replicas.clear();
  }

  @Override
  public void started(String member, ReplicatedLog log) {
    logs.put(member, log);
  }

  @Override
  public void close(String member) {
    logs.remove(member);
    replicas.remove(member).close();
  }

  /** The next life begins with a copy of the files as they are now, as no closing leaves them. */
  @Override
  public void crash(String member) throws IOException {
    logs.remove(member);
    Path next = directory.resolve(member + "-" + ++lives);
    boolean powerFails = chance.with(0.4);
    powerFailures += powerFails ? 1 : 0;
    KilledFiles.copy(homes.get(member), next, powerFails ? chance : null);
    homes.put(member, next);
    replicas.remove(member).close();
  }
}
