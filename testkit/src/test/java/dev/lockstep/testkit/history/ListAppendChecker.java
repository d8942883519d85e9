package dev.lockstep.testkit.history;

import dev.lockstep.testkit.history.DependencyGraph.Edge;
import dev.lockstep.testkit.history.DependencyGraph.Reason;
import dev.lockstep.testkit.history.ListTransaction.Outcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Whether transactions that append to lists and read them were strictly serializable. Because each
 * read shows the whole list, it shows all writes before it and their order; so the dependencies of
 * Adya's graph are known, and a cycle in it is a proof.
 *
 * <p>Source: Kingsbury and Alvaro, Elle: Inferring Isolation Anomalies from Experimental
 * Observations (VLDB 2020), with the order of real time added. The history must end with a
 * committed transaction that reads all keys.
 */
public final class ListAppendChecker {
  private static final Set<Reason> WRITES = EnumSet.of(Reason.WRITE_WRITE);
  private static final Set<Reason> INFORMATION = EnumSet.of(Reason.WRITE_WRITE, Reason.WRITE_READ);
  private static final Set<Reason> ALL_BUT_TIME =
      EnumSet.complementOf(EnumSet.of(Reason.REAL_TIME));

  private final List<ListTransaction> history;
  private final List<Anomaly> anomalies = new ArrayList<>();

  /** Who appended a value: the position in the history, for each key and value. */
  private final Map<Integer, Map<Integer, Integer>> writers = new HashMap<>();

  /** The longest list that was read of each key. */
  private final Map<Integer, List<Integer>> versions = new TreeMap<>();

  private final DependencyGraph graph = new DependencyGraph();

  private ListAppendChecker(List<ListTransaction> history) {
    this.history = history;
  }

  /** All that is wrong with a history; empty if nothing is. */
  public static List<Anomaly> check(List<ListTransaction> history) {
    ListAppendChecker checker = new ListAppendChecker(history);
    checker.collect();
    checker.checkReads();
    checker.checkAppends();
    if (checker.anomalies.isEmpty()) {
      checker.connect();
      checker.checkCycles();
    }
    return checker.anomalies;
  }

  private void found(String name, String description) {
    anomalies.add(new Anomaly(name, description));
  }

  private void collect() {
    for (int i = 0; i < history.size(); i++) {
      graph.addNode();
      for (Micro step : history.get(i).steps()) {
        if (step instanceof Micro.Append append) {
          Map<Integer, Integer> ofKey =
              writers.computeIfAbsent(append.key(), key -> new HashMap<>());
          if (ofKey.put(append.value(), i) != null) {
            throw new IllegalArgumentException("not unique in the history: " + append);
          }
        } else if (step instanceof Micro.Read read) {
          List<Integer> longest = versions.getOrDefault(read.key(), List.of());
          if (history.get(i).outcome() == Outcome.COMMITTED
              && read.values().size() >= longest.size()) {
            versions.put(read.key(), read.values());
          }
        }
      }
    }
  }

  private Integer writer(int key, int value) {
    return writers.getOrDefault(key, Map.of()).get(value);
  }

  private void checkReads() {
    for (ListTransaction transaction : history) {
      // What was rolled back had seen a state too, but perhaps one that it was rolled back for.
      if (transaction.outcome() == Outcome.COMMITTED) {
        checkReadsOf(transaction);
      }
    }
  }

  private void checkReadsOf(ListTransaction transaction) {
    Map<Integer, List<Integer>> known = new HashMap<>();
    Map<Integer, List<Integer>> own = new HashMap<>();
    for (Micro step : transaction.steps()) {
      if (step instanceof Micro.Append append) {
        own.computeIfAbsent(append.key(), key -> new ArrayList<>()).add(append.value());
        known.computeIfPresent(
            append.key(),
            (key, values) -> {
              List<Integer> longer = new ArrayList<>(values);
              longer.add(append.value());
              return longer;
            });
        continue;
      }
      Micro.Read read = (Micro.Read) step;
      List<Integer> ownValues = own.getOrDefault(read.key(), List.of());
      List<Integer> before = known.put(read.key(), read.values());
      if (before != null && !before.equals(read.values())) {
        found("internal", transaction + " expected " + before + " of key " + read.key());
      } else if (!endsWith(read.values(), ownValues)) {
        found("internal", transaction + " does not see its own appends to key " + read.key());
      }
      if (new HashSet<>(read.values()).size() != read.values().size()) {
        found("duplicate", transaction + " sees a value twice in key " + read.key());
      }
      List<Integer> longest = versions.get(read.key());
      if (!startsWith(longest, read.values())) {
        found("incompatible order", transaction + " against " + longest + " of " + read.key());
      }
      for (int value : read.values()) {
        checkVisible(transaction, read.key(), value);
      }
      checkNotIntermediate(transaction, read);
    }
  }

  private void checkVisible(ListTransaction reader, int key, int value) {
    Integer writer = writer(key, value);
    if (writer == null) {
      found("garbage", reader + " sees " + value + " in key " + key + ", which nobody appended");
    } else if (history.get(writer).outcome() == Outcome.ROLLED_BACK) {
      found("G1a", reader + " sees what was rolled back: " + history.get(writer));
    }
  }

  /** The last value of a list must be the last one that its transaction appended to it. */
  private void checkNotIntermediate(ListTransaction reader, Micro.Read read) {
    if (read.values().isEmpty()) {
      return;
    }
    int last = read.values().get(read.values().size() - 1);
    Integer position = writer(read.key(), last);
    if (position == null || history.get(position).number() == reader.number()) {
      return;
    }
    int lastAppended = last;
    for (Micro step : history.get(position).steps()) {
      if (step instanceof Micro.Append append && append.key() == read.key()) {
        lastAppended = append.value();
      }
    }
    if (lastAppended != last) {
      found("G1b", reader + " sees the middle of " + history.get(position));
    }
  }

  /** What was acknowledged is there: the last reads show it. */
  private void checkAppends() {
    for (ListTransaction transaction : history) {
      if (transaction.outcome() != Outcome.COMMITTED) {
        continue;
      }
      for (Micro step : transaction.steps()) {
        if (step instanceof Micro.Append append
            && !versions.getOrDefault(append.key(), List.of()).contains(append.value())) {
          found("lost write", "nobody sees " + append + " of " + transaction);
        }
      }
    }
  }

  private void connect() {
    for (Map.Entry<Integer, List<Integer>> version : versions.entrySet()) {
      List<Integer> values = version.getValue();
      for (int i = 1; i < values.size(); i++) {
        graph.addEdge(
            writer(version.getKey(), values.get(i - 1)),
            writer(version.getKey(), values.get(i)),
            Reason.WRITE_WRITE);
      }
    }
    for (int i = 0; i < history.size(); i++) {
      if (history.get(i).outcome() == Outcome.COMMITTED) {
        for (Micro step : history.get(i).steps()) {
          if (step instanceof Micro.Read read) {
            connect(i, read);
          }
        }
      }
    }
    connectRealTime();
  }

  private void connect(int reader, Micro.Read read) {
    List<Integer> all = versions.get(read.key());
    // Its own appends are at the end of what it sees; before them is what others wrote.
    int length = read.values().size();
    while (length > 0 && writer(read.key(), read.values().get(length - 1)) == reader) {
      length--;
    }
    if (length > 0) {
      graph.addEdge(writer(read.key(), all.get(length - 1)), reader, Reason.WRITE_READ);
    }
    int next = length;
    while (next < all.size() && writer(read.key(), all.get(next)) == reader) {
      next++;
    }
    if (next < all.size()) {
      graph.addEdge(reader, writer(read.key(), all.get(next)), Reason.READ_WRITE);
    }
  }

  /**
   * A chain of nodes stands for the ends of transactions in their order: a transaction comes before
   * the node of its end, and after that of the last end before it began.
   */
  private void connectRealTime() {
    List<Integer> ended = new ArrayList<>();
    for (int i = 0; i < history.size(); i++) {
      if (history.get(i).outcome() == Outcome.COMMITTED) {
        ended.add(i);
      }
    }
    ended.sort(Comparator.comparingLong(i -> history.get(i).completedNanos()));
    long[] ends = new long[ended.size()];
    int[] nodes = new int[ended.size()];
    for (int i = 0; i < ends.length; i++) {
      ends[i] = history.get(ended.get(i)).completedNanos();
      nodes[i] = graph.addNode();
      graph.addEdge(ended.get(i), nodes[i], Reason.REAL_TIME);
      if (i > 0) {
        graph.addEdge(nodes[i - 1], nodes[i], Reason.REAL_TIME);
      }
    }
    List<Long> sorted = Arrays.stream(ends).boxed().toList();
    for (int i = 0; i < history.size(); i++) {
      if (history.get(i).outcome() == Outcome.ROLLED_BACK) {
        continue;
      }
      int before = Collections.binarySearch(sorted, history.get(i).invokedNanos());
      before = before < 0 ? -before - 2 : before - 1;
      if (before >= 0) {
        graph.addEdge(nodes[before], i, Reason.REAL_TIME);
      }
    }
  }

  private void checkCycles() {
    if (cycleFound("G0", graph.cycle(WRITES)) || cycleFound("G1c", graph.cycle(INFORMATION))) {
      return;
    }
    if (cycleFound("G-single", graph.cycleWithOne(Reason.READ_WRITE, INFORMATION))
        || cycleFound("G2", graph.cycle(ALL_BUT_TIME))) {
      return;
    }
    cycleFound("not in real-time order", graph.cycle(EnumSet.allOf(Reason.class)));
  }

  private boolean cycleFound(String name, List<Edge> cycle) {
    if (cycle.isEmpty()) {
      return false;
    }
    String transactions =
        cycle.stream()
            .map(Edge::from)
            .filter(node -> node < history.size())
            .map(node -> "\n  [" + node + "] " + history.get(node))
            .collect(Collectors.joining());
    found(name, cycle + transactions);
    return true;
  }

  private static boolean startsWith(List<Integer> list, List<Integer> start) {
    return list != null
        && start.size() <= list.size()
        && list.subList(0, start.size()).equals(start);
  }

  private static boolean endsWith(List<Integer> list, List<Integer> end) {
    return end.size() <= list.size()
        && list.subList(list.size() - end.size(), list.size()).equals(end);
  }
}
