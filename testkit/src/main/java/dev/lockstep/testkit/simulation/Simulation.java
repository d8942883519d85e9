package dev.lockstep.testkit.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;

/**
 * Virtual time and the order of events. Everything in a simulation happens inside one of its
 * events, on the one thread that calls {@link #step}; the same seed gives the same events.
 */
public final class Simulation {
  private static final int RECENT_MAX = 300;
  private static final boolean PRINT = Boolean.getBoolean("lockstep.simulation.print");

  private final long seed;
  private final Chance chance;
  private final Thread thread = Thread.currentThread();
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparingLong(Event::micros).thenComparingLong(Event::order));
  private final Deque<String> recent = new ArrayDeque<>();
  private long micros;
  private long order;
  private long traceHash = 0xcbf29ce484222325L;
  private long eventCount;

  private record Event(long micros, long order, String what, Runnable action) {}

  public Simulation(long seed) {
    this.seed = seed;
    this.chance = new Chance(seed);
  }

  public long seed() {
    return seed;
  }

  public Chance chance() {
    return chance;
  }

  public long nowMicros() {
    return micros;
  }

  public long nowMillis() {
    return micros / 1_000;
  }

  /** Has something happen after a delay; what is due at the same time happens in order of calls. */
  public void after(long delayMicros, String what, Runnable action) {
    checkThread();
    events.add(new Event(micros + Math.max(0, delayMicros), order++, what, action));
  }

  /** Lets the next event happen; false if there is none. */
  public boolean step() {
    checkThread();
    Event event = events.poll();
    if (event == null) {
      return false;
    }
    micros = event.micros;
    eventCount++;
    note(event.what);
    event.action.run();
    return true;
  }

  /** Lets events happen until the condition holds; false if it does not after so many events. */
  public boolean runUntil(BooleanSupplier condition, long eventsMax) {
    for (long i = 0; i < eventsMax; i++) {
      if (condition.getAsBoolean()) {
        return true;
      }
      if (!step()) {
        break;
      }
    }
    return condition.getAsBoolean();
  }

  public void runForMillis(long millis) {
    long end = micros + millis * 1_000;
    while (!events.isEmpty() && events.peek().micros <= end) {
      step();
    }
    micros = end;
  }

  /** Writes something into the trace. */
  public void note(String text) {
    long hash = (traceHash ^ micros) * 0x100000001b3L;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    traceHash = hash;
    if (recent.size() == RECENT_MAX) {
      recent.removeFirst();
    }
    recent.addLast(text);
    if (PRINT) {
      System.out.println(micros + " " + text);
    }
  }

  /** A hash of all that has happened, in order and with its times. */
  public long traceHash() {
    return traceHash;
  }

  public long eventCount() {
    return eventCount;
  }

  /** The last things that happened, for the report of a failure. */
  public List<String> recent() {
    return new ArrayList<>(recent);
  }

  void checkThread() {
    if (Thread.currentThread() != thread) {
      throw new SimulationFailure(
          "called by " + Thread.currentThread().getName() + ", but a simulation has one thread");
    }
  }
}
