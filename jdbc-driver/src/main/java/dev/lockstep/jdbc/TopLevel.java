package dev.lockstep.jdbc;

import java.util.ArrayList;
import java.util.List;

/** Splits a text where it is in no parentheses, literal, quoted name or comment. */
final class TopLevel {
  private TopLevel() {}

  /** The arguments of a function, by commas; none if the text is blank. */
  static List<String> arguments(String text) {
    List<String> parts = new ArrayList<>();
    int depth = 0;
    int start = 0;
    for (int i = 0; i < text.length(); ) {
      int end = SqlText.endOfOpaque(text, i);
      if (end > i) {
        i = end;
        continue;
      }
      char c = text.charAt(i);
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (depth < 0) {
        throw new IllegalArgumentException("has a parenthesis too many");
      }
      if (c == ',' && depth == 0) {
        parts.add(part(text, start, i));
        start = i + 1;
      }
      i++;
    }
    if (depth > 0) {
      throw new IllegalArgumentException("has a parenthesis that is not closed");
    }
    if (!parts.isEmpty() || !text.isBlank()) {
      parts.add(part(text, start, text.length()));
    }
    return parts;
  }

  /** What is before and after a word, as in {@code EXTRACT(YEAR FROM x)}; then by commas. */
  static List<String> around(String text, String word) {
    int depth = 0;
    for (int i = 0; i < text.length(); ) {
      int end = SqlText.endOfOpaque(text, i);
      if (end > i) {
        i = end;
        continue;
      }
      char c = text.charAt(i);
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (!SqlText.isNameCharacter(c)) {
        i++;
        continue;
      }
      end = SqlText.endOfName(text, i);
      if (depth == 0 && text.substring(i, end).equalsIgnoreCase(word)) {
        List<String> parts = new ArrayList<>();
        parts.add(part(text, 0, i));
        parts.addAll(arguments(text.substring(end)));
        return parts;
      }
      i = end;
    }
    throw new IllegalArgumentException("needs the word " + word + " between its arguments");
  }

  private static String part(String text, int start, int end) {
    String part = text.substring(start, end).strip();
    if (part.isEmpty()) {
      throw new IllegalArgumentException("has an empty argument");
    }
    // A comment to the end of the line must not hide what is put behind it.
    return part.contains("--") ? part + "\n" : part;
  }
}
