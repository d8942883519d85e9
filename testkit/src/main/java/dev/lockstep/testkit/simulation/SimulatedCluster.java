package dev.lockstep.testkit.simulation;

import dev.lockstep.server.log.ReplicatedLog;
import dev.lockstep.server.log.StateMachine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A replicated log with all its members, in one thread and on virtual time. Members are started,
 * closed, killed, stood still and cut off by whoever holds it, a test or {@link Turbulence}.
 */
public final class SimulatedCluster {
  private final Simulation simulation;
  private final List<String> members;
  private final Path directory;
  private final Host host;
  private final Exchange exchange = new Exchange(this);
  private final History history = new History();
  private final Map<String, DurableLog> disks = new LinkedHashMap<>();
  private final Map<String, SimulatedLog> logs = new LinkedHashMap<>();
  private final Map<String, Long> pausedUntil = new HashMap<>();
  private final Set<String> cutLinks = new HashSet<>();
  private final Map<String, Throwable> faults = new LinkedHashMap<>();
  private Conditions conditions;
  private int snapshotDirectories;
  private int installations;

  /**
   * @param directory where snapshots are kept
   */
  public SimulatedCluster(
      Simulation simulation,
      Conditions conditions,
      List<String> members,
      Path directory,
      Host host) {
    this.simulation = simulation;
    this.conditions = conditions;
    this.members = List.copyOf(members);
    this.directory = directory;
    this.host = host;
    members.forEach(member -> disks.put(member, new DurableLog()));
  }

  /** Starts a member with the files it has; does nothing if it runs. */
  public void start(String member) {
    if (running(member) != null) {
      return;
    }
    simulation.note(member + " starts");
    pausedUntil.remove(member);
    try {
      StateMachine machine = host.open(member);
      SimulatedLog log = new SimulatedLog(this, member, disks.get(member), machine);
      logs.put(member, log);
      log.start();
      exchange.joined(log);
      host.started(member, log);
    } catch (Exception failure) {
      throw new SimulationFailure(member + " does not start", failure);
    }
  }

  public void startAll() {
    members.forEach(this::start);
  }

  /** Closes a member in good order. */
  public void close(String member) {
    SimulatedLog log = logs.remove(member);
    if (log == null) {
      return;
    }
    simulation.note(member + " is closed");
    log.close();
    try {
      host.close(member);
    } catch (Exception failure) {
      throw new SimulationFailure(member + " does not close", failure);
    }
  }

  public void closeAll() {
    members.forEach(this::close);
  }

  /** Kills a member: it ends between two steps, without another word. */
  public void crash(String member) {
    SimulatedLog log = logs.remove(member);
    if (log == null) {
      return;
    }
    simulation.note(member + " crashes");
    log.crash();
    try {
      host.crash(member);
    } catch (Exception failure) {
      throw new SimulationFailure(member + " cannot be killed", failure);
    }
  }

  /** Lets a member do nothing for a while, as if its process was stopped. */
  public void pause(String member, long micros) {
    simulation.note(member + " stands still for " + micros);
    pausedUntil.put(member, simulation.nowMicros() + micros);
  }

  /** Cuts one direction between two members. */
  public void cut(String from, String to) {
    simulation.note("cut " + from + ">" + to);
    cutLinks.add(from + ">" + to);
  }

  /** Cuts a member off from all others, both ways. */
  public void isolate(String member) {
    for (String other : others(member)) {
      cut(member, other);
      cut(other, member);
    }
  }

  /** Mends all that was cut. */
  public void heal() {
    simulation.note("healed");
    cutLinks.clear();
  }

  /** Has a member ask for votes now, as if its leader was silent. */
  public boolean campaign(String member) {
    SimulatedLog log = running(member);
    return log != null && pausedMicros(member) <= 0 && exchange.campaign(log);
  }

  /** From now on everything works: links, members and messages. */
  public void calm() {
    Conditions rough = conditions;
    conditions =
        new Conditions(
            2_000,
            1_000,
            1_000,
            rough.electionTimeoutMicros(),
            0,
            0,
            rough.synchronousRefusal(),
            1_000,
            rough.batchMax(),
            64,
            rough.snapshotEntries());
    heal();
    pausedUntil.clear();
    startAll();
  }

  /** The member that leads the newest term, if there is one that knows it. */
  public Optional<String> leader() {
    return logs.values().stream()
        .filter(log -> log.running() && log.status().leads())
        .max((a, b) -> Long.compare(a.status().term(), b.status().term()))
        .map(SimulatedLog::id);
  }

  /** The port of a member, if it runs. */
  public Optional<ReplicatedLog> log(String member) {
    return Optional.ofNullable(running(member));
  }

  /** Whether all members run and have handed everything committed to their state machines. */
  public boolean settled() {
    return logs.size() == members.size()
        && leader().isPresent()
        && logs.values().stream()
            .allMatch(log -> log.running() && log.delivered() == history.committedIndex())
        && logs.get(leader().get()).knowsCommit()
        && logs.get(leader().get()).disk().lastIndex() == history.committedIndex();
  }

  public List<String> members() {
    return members;
  }

  public Simulation simulation() {
    return simulation;
  }

  /** What state machines threw, by member; a member with a fault stays stopped. */
  public Map<String, Throwable> faults() {
    return faults;
  }

  /** Terms that had a leader. */
  public int terms() {
    return history.terms();
  }

  /** Proposals that were committed although their proposer was told UNKNOWN. */
  public int unknownThenCommitted() {
    return history.unknownThenCommitted();
  }

  /** Copies of proposals that were cut off again from a member's log. */
  public int truncated() {
    return history.truncated();
  }

  /** Snapshots that a leader sent to a member. */
  public int installations() {
    return installations;
  }

  /** Entries that are committed, those without content included. */
  public long committed() {
    return history.committedIndex();
  }

  // For the parts of the group.

  /** Whether a message sent now arrives: link, receiver and luck. */
  boolean delivers(String from, String to) {
    return running(to) != null
        && !cutLinks.contains(from + ">" + to)
        && pausedMicros(to) <= 0
        && !simulation.chance().with(conditions.messageLoss());
  }

  SimulatedLog running(String member) {
    SimulatedLog log = logs.get(member);
    return log != null && log.running() ? log : null;
  }

  List<String> others(String member) {
    List<String> others = new ArrayList<>(members);
    others.remove(member);
    return others;
  }

  /** How long the member still stands still; not positive if it does not. */
  long pausedMicros(String member) {
    return pausedUntil.getOrDefault(member, 0L) - simulation.nowMicros();
  }

  Path newSnapshotDirectory(String member, long index) {
    return directory.resolve(member + "-" + index + "-" + ++snapshotDirectories);
  }

  void addFault(String member, Throwable cause) {
    faults.putIfAbsent(member, cause);
  }

  void countInstallation() {
    installations++;
  }

  int size() {
    return members.size();
  }

  Conditions conditions() {
    return conditions;
  }

  Exchange exchange() {
    return exchange;
  }

  History history() {
    return history;
  }
}
