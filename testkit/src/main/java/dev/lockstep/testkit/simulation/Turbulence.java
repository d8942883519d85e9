package dev.lockstep.testkit.simulation;

import java.util.ArrayList;
import java.util.List;

/** Faults at random times: what happens to a real group in years, in a few virtual minutes. */
public final class Turbulence {
  private enum Fault {
    CRASH,
    CRASH_LEADER,
    CLOSE,
    PAUSE,
    PAUSE_LEADER,
    ISOLATE,
    ISOLATE_LEADER,
    CUT,
    HEAL,
    CAMPAIGN,
    TRANSFER,
    SNAPSHOT
  }

  private final SimulatedCluster cluster;
  private final Chance chance;
  private final long everyMicros;
  private final List<Fault> kinds = new ArrayList<>();
  private boolean stopped;

  /**
   * @param everyMicros mean time between two faults
   */
  public Turbulence(SimulatedCluster cluster, long everyMicros) {
    this.cluster = cluster;
    this.chance = cluster.simulation().chance().split();
    this.everyMicros = everyMicros;
    for (Fault fault : Fault.values()) {
      // Each seed has its own mix, so that faults which heal others do not hide them everywhere.
      for (int i = chance.below(4); i > 0; i--) {
        kinds.add(fault);
      }
    }
    kinds.add(Fault.HEAL);
  }

  public void start() {
    cluster
        .simulation()
        .after(
            chance.between(1, everyMicros * 2),
            "turbulence",
            () -> {
              if (!stopped) {
                strike(chance.pick(kinds));
                start();
              }
            });
  }

  public void stop() {
    stopped = true;
  }

  private void strike(Fault fault) {
    String any = chance.pick(cluster.members());
    String leader = cluster.leader().orElse(any);
    switch (fault) {
      case CRASH -> crash(any);
      case CRASH_LEADER -> crash(leader);
      case CLOSE -> {
        cluster.close(any);
        startLater(any);
      }
      case PAUSE -> cluster.pause(any, chance.between(1, everyMicros * 3));
      case PAUSE_LEADER -> cluster.pause(leader, chance.between(1, everyMicros * 3));
      case ISOLATE -> isolate(any);
      case ISOLATE_LEADER -> isolate(leader);
      case CUT -> cluster.cut(any, chance.pick(cluster.others(any)));
      case HEAL -> cluster.heal();
      case CAMPAIGN -> cluster.campaign(any);
      case TRANSFER ->
          cluster.log(leader).ifPresent(log -> log.transferLeadership("", failure -> {}));
      case SNAPSHOT -> cluster.log(any).ifPresent(log -> log.snapshot(failure -> {}));
    }
  }

  private void crash(String member) {
    cluster.crash(member);
    startLater(member);
  }

  private void isolate(String member) {
    cluster.isolate(member);
    cluster
        .simulation()
        .after(
            chance.between(1, everyMicros * 4),
            "isolation ends",
            () -> {
              if (!stopped) {
                cluster.heal();
              }
            });
  }

  private void startLater(String member) {
    cluster
        .simulation()
        .after(chance.between(1, everyMicros * 4), "restart", () -> cluster.start(member));
  }
}
