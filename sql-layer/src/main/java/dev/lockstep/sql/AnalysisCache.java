package dev.lockstep.sql;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Answers about one schema version. When the young half is full, the old half is forgotten and the
 * young one becomes old; an answer found in the old half is young again. So what is in use stays,
 * without a lock for readers.
 *
 * <p>Safe for use by any number of threads.
 */
final class AnalysisCache {
  /** Limits of each half: answers, and characters of their texts. */
  static final int ANSWERS_MAX = 8_192;

  static final long CHARACTERS_MAX = 16L << 20;

  private static final class Half {
    final ConcurrentHashMap<String, Analysis> answers = new ConcurrentHashMap<>();
    final AtomicLong characters = new AtomicLong();
  }

  private record Halves(Half young, Half old) {}

  private final int schemaVersion;
  private final DescriptionCache descriptions = new DescriptionCache();
  private final AtomicReference<Halves> halves =
      new AtomicReference<>(new Halves(new Half(), new Half()));

  AnalysisCache(int schemaVersion) {
    this.schemaVersion = schemaVersion;
  }

  int schemaVersion() {
    return schemaVersion;
  }

  DescriptionCache descriptions() {
    return descriptions;
  }

  Analysis get(String text) {
    Halves present = halves.get();
    Analysis analysis = present.young.answers.get(text);
    if (analysis != null) {
      return analysis;
    }
    analysis = present.old.answers.get(text);
    if (analysis != null) {
      put(text, analysis);
    }
    return analysis;
  }

  void put(String text, Analysis analysis) {
    Halves present = halves.get();
    Half young = present.young;
    if (young.answers.put(text, analysis) == null
        && (young.characters.addAndGet(text.length()) > CHARACTERS_MAX
            || young.answers.size() > ANSWERS_MAX)) {
      halves.compareAndSet(present, new Halves(new Half(), young));
    }
  }

  int size() {
    Halves present = halves.get();
    return present.young.answers.size() + present.old.answers.size();
  }
}
