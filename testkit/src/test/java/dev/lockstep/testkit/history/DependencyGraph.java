package dev.lockstep.testkit.history;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Which transaction must come before which, and why; finds cycles. */
final class DependencyGraph {
  enum Reason {
    /** The second overwrote (here: appended after) what the first wrote. */
    WRITE_WRITE("ww"),
    /** The second read what the first wrote. */
    WRITE_READ("wr"),
    /** The first read a state that the second's write ended. */
    READ_WRITE("rw"),
    /** The first had ended before the second began. */
    REAL_TIME("rt");

    private final String label;

    Reason(String label) {
      this.label = label;
    }
  }

  record Edge(int from, int to, Reason reason) {
    @Override
    public String toString() {
      return from + " -" + reason.label + "-> " + to;
    }
  }

  private final List<List<Edge>> edges = new ArrayList<>();

  int addNode() {
    edges.add(new ArrayList<>(2));
    return edges.size() - 1;
  }

  void addEdge(int from, int to, Reason reason) {
    if (from != to) {
      edges.get(from).add(new Edge(from, to, reason));
    }
  }

  /** A cycle of edges with these reasons; empty if there is none. */
  List<Edge> cycle(Set<Reason> allowed) {
    int[] component = components(allowed);
    for (int node = 0; node < edges.size(); node++) {
      for (Edge edge : edges.get(node)) {
        if (allowed.contains(edge.reason()) && component[edge.from()] == component[edge.to()]) {
          return closed(edge, allowed, component);
        }
      }
    }
    return List.of();
  }

  /** A cycle with exactly one edge of one reason, and else edges of other reasons; or empty. */
  List<Edge> cycleWithOne(Reason one, Set<Reason> others) {
    Set<Reason> all = EnumSet.copyOf(others);
    all.add(one);
    int[] component = components(all);
    for (int node = 0; node < edges.size(); node++) {
      for (Edge edge : edges.get(node)) {
        if (edge.reason() == one && component[edge.from()] == component[edge.to()]) {
          List<Edge> cycle = closed(edge, others, component);
          if (!cycle.isEmpty()) {
            return cycle;
          }
        }
      }
    }
    return List.of();
  }

  /** The edge, and the shortest way back from its end to its start; empty if there is none. */
  private List<Edge> closed(Edge first, Set<Reason> allowed, int[] component) {
    Edge[] reachedBy = new Edge[edges.size()];
    Deque<Integer> queue = new ArrayDeque<>(List.of(first.to()));
    while (!queue.isEmpty() && reachedBy[first.from()] == null) {
      for (Edge edge : edges.get(queue.poll())) {
        boolean inside = component[edge.to()] == component[first.from()];
        if (inside && allowed.contains(edge.reason()) && reachedBy[edge.to()] == null) {
          reachedBy[edge.to()] = edge;
          queue.add(edge.to());
        }
      }
    }
    if (reachedBy[first.from()] == null) {
      return List.of();
    }
    List<Edge> way = new ArrayList<>();
    for (int node = first.from(); node != first.to(); node = reachedBy[node].from()) {
      way.add(reachedBy[node]);
    }
    way.add(first);
    Collections.reverse(way);
    return way;
  }

  /** The strongly connected component of each node (Tarjan's algorithm, without recursion). */
  private int[] components(Set<Reason> allowed) {
    int count = edges.size();
    int[] order = new int[count];
    int[] low = new int[count];
    int[] component = new int[count];
    int[] next = new int[count];
    Arrays.fill(component, -1);
    Deque<Integer> open = new ArrayDeque<>();
    Deque<Integer> path = new ArrayDeque<>();
    int visited = 0;
    int components = 0;
    for (int root = 0; root < count; root++) {
      if (order[root] != 0) {
        continue;
      }
      path.push(root);
      while (!path.isEmpty()) {
        int node = path.peek();
        if (order[node] == 0) {
          order[node] = ++visited;
          low[node] = visited;
          open.push(node);
        }
        Edge edge = null;
        while (next[node] < edges.get(node).size() && edge == null) {
          Edge candidate = edges.get(node).get(next[node]++);
          edge = allowed.contains(candidate.reason()) ? candidate : null;
        }
        if (edge != null) {
          if (order[edge.to()] == 0) {
            path.push(edge.to());
          } else if (component[edge.to()] < 0) {
            low[node] = Math.min(low[node], order[edge.to()]);
          }
          continue;
        }
        path.pop();
        if (low[node] == order[node]) {
          int member;
          do {
            member = open.pop();
            component[member] = components;
          } while (member != node);
          components++;
        }
        if (!path.isEmpty()) {
          low[path.peek()] = Math.min(low[path.peek()], low[node]);
        }
      }
    }
    return component;
  }
}
