package dev.lockstep.sql;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The descriptions asked for last, of one schema version. Safe for use by any number of threads.
 */
final class DescriptionCache {
  static final int DESCRIPTIONS_MAX = 1_024;

  /** A longer text is described anew each time, so that the cache holds 4 MiB of texts at most. */
  static final int CHARACTERS_MAX = 4 << 10;

  private record Key(String text, int number) {}

  private final Map<Key, DescribedStatement> descriptions =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, DescribedStatement> eldest) {
          return size() > DESCRIPTIONS_MAX;
        }
      };

  synchronized DescribedStatement get(String text, int number) {
    return descriptions.get(new Key(text, number));
  }

  synchronized void put(String text, int number, DescribedStatement description) {
    if (text.length() <= CHARACTERS_MAX && description != null) {
      descriptions.put(new Key(text, number), description);
    }
  }
}
