package dev.lockstep.sql;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/** Finds names that a misspelt one may have been meant to be. */
final class Spelling {
  /** More names than these are no help. */
  private static final int NAMES_MAX = 3;

  /** Longer names are not compared, which takes time by the product of the lengths. */
  private static final int CHARS_MAX = 128;

  private Spelling() {}

  /** The nearest of the names, in alphabetical order; none if all are too different. */
  static List<String> nearest(String wrong, Collection<String> names) {
    if (wrong.length() > CHARS_MAX) {
      return List.of();
    }
    TreeSet<String> nearest = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    int least = Math.max(1, wrong.length() / 3);
    for (String name : names) {
      if (name.length() > CHARS_MAX || Math.abs(name.length() - wrong.length()) > least) {
        continue;
      }
      int distance = distance(wrong, name);
      if (distance >= Math.max(wrong.length(), name.length())) {
        continue;
      }
      if (distance < least) {
        nearest.clear();
        least = distance;
      }
      if (distance == least) {
        nearest.add(name);
      }
    }
    return nearest.size() > NAMES_MAX ? List.of() : List.copyOf(nearest);
  }

  /**
   * The distance of Damerau and Levenshtein, no place being edited twice: letters that were left
   * out, added, replaced, or swapped with their neighbour. Letters of both cases are alike.
   */
  static int distance(String from, String to) {
    String a = from.toLowerCase(Locale.ROOT);
    String b = to.toLowerCase(Locale.ROOT);
    int[][] rows = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      rows[i][0] = i;
    }
    for (int j = 0; j <= b.length(); j++) {
      rows[0][j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      for (int j = 1; j <= b.length(); j++) {
        int replaced = rows[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int best = Math.min(replaced, Math.min(rows[i - 1][j], rows[i][j - 1]) + 1);
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        rows[i][j] = swapped ? Math.min(best, rows[i - 2][j - 2] + 1) : best;
      }
    }
    return rows[a.length()][b.length()];
  }
}
