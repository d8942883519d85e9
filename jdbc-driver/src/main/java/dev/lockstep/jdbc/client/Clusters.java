package dev.lockstep.jdbc.client;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The clusters that this JVM has connections to. A cluster is forgotten with its last connection.
 * Safe for use by several threads.
 */
final class Clusters {
  private static final ReentrantLock LOCK = new ReentrantLock();
  private static final Map<Key, Entry> ENTRIES = new HashMap<>();

  private record Key(List<String> seeds, String database) {
    static Key of(List<NodeAddress> seeds, String database) {
      TreeSet<String> sorted = new TreeSet<>();
      seeds.forEach(seed -> sorted.add(seed.toString()));
      return new Key(List.copyOf(sorted), database);
    }
  }

  private static final class Entry {
    private final Cluster cluster;
    private int connections;

    private Entry(Cluster cluster) {
      this.cluster = cluster;
    }
  }

  private Clusters() {}

  /** Each call is matched by one of {@link #release}. */
  static Cluster acquire(List<NodeAddress> seeds, String database) {
    LOCK.lock();
    try {
      Entry entry =
          ENTRIES.computeIfAbsent(Key.of(seeds, database), key -> new Entry(new Cluster(seeds)));
      entry.connections++;
      return entry.cluster;
    } finally {
      LOCK.unlock();
    }
  }

  static void release(List<NodeAddress> seeds, String database) {
    LOCK.lock();
    try {
      Key key = Key.of(seeds, database);
      Entry entry = ENTRIES.get(key);
      if (entry == null || entry.connections <= 0) {
        throw new IllegalStateException("released more often than acquired: " + key);
      }
      if (--entry.connections == 0) {
        ENTRIES.remove(key);
      }
    } finally {
      LOCK.unlock();
    }
  }

  /** Clusters with connections; for tests. */
  static int count() {
    LOCK.lock();
    try {
      return ENTRIES.size();
    } finally {
      LOCK.unlock();
    }
  }
}
