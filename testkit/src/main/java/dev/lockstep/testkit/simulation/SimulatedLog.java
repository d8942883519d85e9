package dev.lockstep.testkit.simulation;

import dev.lockstep.server.log.LogFailure;
import dev.lockstep.server.log.LogStatus;
import dev.lockstep.server.log.LogStatus.Role;
import dev.lockstep.server.log.Proposal;
import dev.lockstep.server.log.ReplicatedLog;
import dev.lockstep.server.log.StateMachine;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** One life of a member, from its start to its end: the port, and what a process forgets. */
final class SimulatedLog implements ReplicatedLog {
  private enum Life {
    RUNNING,
    CLOSED,
    CRASHED,
    BROKEN
  }

  /** How often a member that stands still looks whether it may go on. */
  private static final long STANDING_MICROS = 20_000;

  private final SimulatedCluster cluster;
  private final String id;
  private final DurableLog disk;
  private final Delivery delivery;
  private Life life = Life.RUNNING;
  private Role role = Role.FOLLOWER;
  private String leader = "";
  private long commit;

  /** Proposals that wait to be appended. */
  private final Deque<Ticket> queue = new ArrayDeque<>();

  /** Proposals that are appended, by their index. */
  private final TreeMap<Long, Ticket> open = new TreeMap<>();

  /** Proposals that have failed but were not told so yet. */
  private final Map<Ticket, LogFailure> failing = new LinkedHashMap<>();

  private final Set<OpenRequest> requests = new LinkedHashSet<>();

  /** Of a leader: the last index each other member has on disk, and when it answered last. */
  private final Map<String, Long> matches = new HashMap<>();

  private final Map<String, Long> answeredMicros = new HashMap<>();
  private long firstIndexOfTerm;
  private boolean gainTold;
  private long heardMicros;
  private boolean installing;

  SimulatedLog(SimulatedCluster cluster, String id, DurableLog disk, StateMachine machine) {
    this.cluster = cluster;
    this.id = id;
    this.disk = disk;
    this.delivery = new Delivery(this, machine);
    this.commit = disk.snapshot == null ? 0 : disk.snapshot.index();
    this.heardMicros = now();
  }

  void start() {
    if (disk.snapshot != null && disk.snapshot.index() > disk.lastIndex()) {
      disk.beginAfter(disk.snapshot);
    }
    try {
      delivery.start();
    } catch (Exception failure) {
      broken(failure);
    }
  }

  // The port.

  @Override
  public void propose(long term, Proposal proposal) {
    cluster.simulation().checkThread();
    Ticket ticket = new Ticket(history().nextTicket(term), term, proposal);
    if (life != Life.RUNNING) {
      refuse(ticket, LogFailure.Kind.STOPPED);
    } else if (role != Role.LEADER || term != disk.term) {
      if (chance().with(0.5)) {
        refuse(ticket, LogFailure.Kind.NOT_LEADER);
      } else {
        enqueue(ticket);
      }
    } else if (queue.size() + open.size() >= conditions().proposalsMax()
        || chance().with(conditions().busy())) {
      refuse(ticket, LogFailure.Kind.BUSY);
    } else {
      enqueue(ticket);
    }
  }

  private void enqueue(Ticket ticket) {
    queue.add(ticket);
    if (queue.size() == 1) {
      later(chance().delay(conditions().diskMicros()), "appends", this::appendQueued);
    }
  }

  private void appendQueued() {
    while (!queue.isEmpty()) {
      Ticket ticket = queue.remove();
      if (role != Role.LEADER || ticket.term != disk.term) {
        refuse(ticket, LogFailure.Kind.NOT_LEADER);
      } else {
        long index = disk.lastIndex() + 1;
        ticket.appended();
        disk.append(new DurableLog.Entry(index, disk.term, ticket.command(), ticket.number));
        open.put(index, ticket);
        note("appends proposal " + ticket.number + " at " + index + " of term " + disk.term);
      }
    }
    later(chance().delay(conditions().diskMicros()), "forces", this::force);
  }

  private void force() {
    disk.force();
    advanceCommit();
  }

  /** The ticket is in no queue any more; its proposer learns it now or later. */
  private void refuse(Ticket ticket, LogFailure.Kind kind) {
    LogFailure failure = new LogFailure(kind, id + " refuses " + ticket);
    ticket.failing();
    history().failed(ticket, failure);
    if (life != Life.RUNNING || chance().with(conditions().synchronousRefusal())) {
      ticket.fail(failure);
    } else {
      tellLater(ticket, failure);
    }
  }

  private void tellLater(Ticket ticket, LogFailure failure) {
    failing.put(ticket, failure);
    later(
        chance().delay(conditions().applyMicros()),
        "tells " + failure.kind() + " of proposal " + ticket.number,
        () -> {
          if (failing.remove(ticket) != null) {
            ticket.fail(failure);
          }
        });
  }

  private void failOpen(long after, String why) {
    List<Ticket> tickets = new ArrayList<>(open.tailMap(after, false).values());
    open.tailMap(after, false).clear();
    for (Ticket ticket : tickets) {
      LogFailure failure = new LogFailure(LogFailure.Kind.UNKNOWN, why);
      ticket.failing();
      history().failed(ticket, failure);
      tellLater(ticket, failure);
    }
  }

  @Override
  public void readIndex(ReadIndexCompletion completion) {
    OpenRequest request = new OpenRequest(null, completion);
    if (running()) {
      requests.add(request);
      ReadIndexRound.begin(cluster, this, request);
    } else {
      request.fail(LogFailure.Kind.STOPPED, id + " is stopped");
    }
  }

  @Override
  public LogStatus status() {
    return life == Life.RUNNING
        ? new LogStatus(role, disk.term, leader)
        : new LogStatus(Role.STOPPED, disk.term, "");
  }

  @Override
  public void snapshot(Completion completion) {
    OpenRequest request = request(completion);
    if (running()) {
      delivery.snapshot(request);
    }
  }

  @Override
  public void transferLeadership(String target, Completion completion) {
    OpenRequest request = request(completion);
    if (running()) {
      later(
          chance().delay(conditions().networkMicros()),
          "transfers",
          () -> cluster.exchange().transfer(this, target, request));
    }
  }

  private OpenRequest request(Completion completion) {
    OpenRequest request = new OpenRequest(completion, null);
    if (running()) {
      requests.add(request);
    } else {
      request.fail(LogFailure.Kind.STOPPED, id + " is stopped");
    }
    return request;
  }

  @Override
  public void close() {
    cluster.simulation().checkThread();
    if (life != Life.RUNNING) {
      return;
    }
    note("closes");
    if (role == Role.LEADER && chance().with(0.5)) {
      cluster.exchange().transfer(this, "", request(failure -> {}));
    }
    stepDown("");
    delivery.close();
    end(Life.CLOSED, "closed");
  }

  // What the group does with it.

  /** The process is gone: nobody is told anything. */
  void crash() {
    if (life == Life.RUNNING) {
      life = Life.CRASHED;
      delivery.abandon();
      disk.crash(chance());
    }
  }

  void broken(Throwable cause) {
    note("breaks: " + cause);
    cluster.addFault(id, cause);
    role = Role.FOLLOWER;
    failOpen(0, "the state machine failed");
    end(Life.BROKEN, "broken");
    delivery.stopped(String.valueOf(cause));
  }

  private void end(Life as, String why) {
    life = as;
    while (!queue.isEmpty()) {
      refuse(queue.remove(), LogFailure.Kind.STOPPED);
    }
    failOpen(0, why);
    new LinkedHashMap<>(failing).forEach(Ticket::fail);
    failing.clear();
    for (OpenRequest request : new ArrayList<>(requests)) {
      request.fail(LogFailure.Kind.STOPPED, id + " is " + why);
    }
    requests.clear();
  }

  boolean running() {
    return life == Life.RUNNING;
  }

  /** Has this member do something later, unless it has ended by then; later still if it stands. */
  void later(long delayMicros, String what, Runnable action) {
    cluster.simulation().after(delayMicros, id + " " + what, () -> act(what, action));
  }

  private void act(String what, Runnable action) {
    if (!running()) {
      return;
    }
    long standing = cluster.pausedMicros(id);
    if (standing > 0) {
      later(Math.min(standing, STANDING_MICROS), what, action);
    } else {
      action.run();
    }
  }

  /** A higher term was seen, or this member gives up its leadership. */
  void stepDown(String newLeader) {
    if (role == Role.LEADER) {
      note("steps down");
      role = Role.FOLLOWER;
      leader = newLeader;
      failOpen(chance().with(0.5) ? commit : delivery.delivered(), "the leadership was lost");
      delivery.leadershipLost(status());
    }
    role = Role.FOLLOWER;
    if (!leader.equals(newLeader)) {
      leader = newLeader;
      delivery.leaderChanged(newLeader, disk.term);
    }
  }

  void seeTerm(long term) {
    if (term > disk.term) {
      disk.term = term;
      stepDown("");
    }
  }

  void follow(String newLeader, long term) {
    heardMicros = now();
    if (term > disk.term || role != Role.FOLLOWER || !leader.equals(newLeader)) {
      disk.term = term;
      stepDown(newLeader);
    }
  }

  void becomeCandidate() {
    disk.term++;
    stepDown("");
    role = Role.CANDIDATE;
    heardMicros = now();
  }

  void becomeLeader() {
    note("leads term " + disk.term);
    history().elected(id, disk);
    role = Role.LEADER;
    leader = id;
    gainTold = false;
    matches.clear();
    answeredMicros.clear();
    firstIndexOfTerm = disk.lastIndex() + 1;
    disk.append(new DurableLog.Entry(firstIndexOfTerm, disk.term, null, 0));
    later(chance().delay(conditions().diskMicros()), "forces", this::force);
  }

  void answered(String follower, long match) {
    answeredMicros.put(follower, now());
    matches.merge(follower, match, Math::max);
    advanceCommit();
  }

  /** Members that have answered lately, this one included. */
  int heardFrom() {
    long since = now() - conditions().electionTimeoutMicros();
    return 1 + (int) answeredMicros.values().stream().filter(micros -> micros >= since).count();
  }

  private void advanceCommit() {
    if (role != Role.LEADER) {
      return;
    }
    List<Long> onDisk = new ArrayList<>(matches.values());
    onDisk.add(disk.forced());
    while (onDisk.size() < cluster.size()) {
      onDisk.add(0L);
    }
    onDisk.sort(null);
    long majority = onDisk.get((cluster.size() - 1) / 2);
    if (majority > commit && disk.termAt(majority) == disk.term) {
      commitUntil(majority);
    }
  }

  /** Everything up to there is committed, and the same here as everywhere. */
  void commitUntil(long index) {
    if (index <= commit) {
      return;
    }
    for (long i = Math.max(commit, disk.baseIndex()) + 1; i <= index; i++) {
      history().committed(id, disk.entry(i));
    }
    commit = index;
    note("knows " + index + " committed");
    if (role == Role.LEADER && !gainTold && commit >= firstIndexOfTerm) {
      gainTold = true;
      delivery.leadershipGained(disk.term, firstIndexOfTerm);
    }
    delivery.committed();
  }

  void install(DurableLog.Snapshot received) {
    disk.snapshot = received;
    installing = true;
    delivery.install(
        received,
        () -> {
          installing = false;
          disk.beginAfter(received);
          commit = Math.max(commit, received.index());
        });
  }

  void snapshotTaken(DurableLog.Snapshot taken) {
    if (disk.snapshot == null || disk.snapshot.index() < taken.index()) {
      disk.snapshot = taken;
      disk.dropUntil(chance().between(disk.baseIndex(), Math.min(taken.index(), disk.forced())));
    }
  }

  /** The proposal of an entry that is about to be handed to the state machine, or null. */
  Ticket takeOpen(DurableLog.Entry entry) {
    Ticket ticket = open.remove(entry.index());
    if (ticket != null) {
      if (ticket.number != entry.ticket()) {
        throw new SimulationFailure(ticket + " waits for the entry of another one: " + entry);
      }
      ticket.delivered();
    }
    return ticket;
  }

  // Small things.

  String id() {
    return id;
  }

  DurableLog disk() {
    return disk;
  }

  long commit() {
    return commit;
  }

  long delivered() {
    return delivery.delivered();
  }

  long match(String follower) {
    return matches.getOrDefault(follower, 0L);
  }

  boolean installing() {
    return installing;
  }

  /** Whether a leader has committed an entry of its term, so that it knows what is committed. */
  boolean knowsCommit() {
    return role == Role.LEADER && commit >= firstIndexOfTerm;
  }

  long silentMicros() {
    return now() - heardMicros;
  }

  void done(OpenRequest request) {
    requests.remove(request);
  }

  Path snapshotDirectory(long index) {
    return cluster.newSnapshotDirectory(id, index);
  }

  Chance chance() {
    return cluster.simulation().chance();
  }

  Conditions conditions() {
    return cluster.conditions();
  }

  History history() {
    return cluster.history();
  }

  SimulatedCluster cluster() {
    return cluster;
  }

  void note(String text) {
    cluster.simulation().note(id + " " + text);
  }

  private long now() {
    return cluster.simulation().nowMicros();
  }
}
