package dev.lockstep.sql;

import java.util.List;

/**
 * Where in a statement SQLite found an error, and what may have been meant.
 *
 * @param start the first character of what is wrong, from 0; -1 if it is not known for certain
 * @param end the place after the last; equal to {@code start} at the end of the statement
 * @param meant names that exist and are spelt alike, the nearest ones; may be empty
 */
record ErrorPlace(int start, int end, List<String> meant) {
  /** Nothing can be said. */
  static final ErrorPlace UNKNOWN = new ErrorPlace(-1, -1, List.of());

  /** Longer texts are cut in messages. */
  private static final int QUOTED_CHARS_MAX = 64;

  ErrorPlace {
    meant = List.copyOf(meant);
  }

  boolean isKnown() {
    return start >= 0;
  }

  /**
   * What is added to SQLite's message: empty if nothing is known.
   *
   * @param text what the client sent
   * @param base where the statement begins in it
   */
  String describe(String text, int base) {
    StringBuilder out = new StringBuilder();
    if (isKnown()) {
      appendPlace(out, text, base);
    }
    if (!meant.isEmpty()) {
      out.append(isKnown() ? "; " : " (").append("did you mean ");
      for (int i = 0; i < meant.size(); i++) {
        out.append(i == 0 ? "" : i == meant.size() - 1 ? " or " : ", ").append(meant.get(i));
      }
      out.append('?');
    }
    return out.isEmpty() ? "" : out.append(')').toString();
  }

  private void appendPlace(StringBuilder out, String text, int base) {
    int offset = base + start;
    int line = 1;
    int lineStart = 0;
    for (int i = 0; i < offset; i++) {
      char c = text.charAt(i);
      boolean carriageReturnAlone =
          c == '\r' && (i + 1 >= text.length() || text.charAt(i + 1) != '\n');
      if (c == '\n' || carriageReturnAlone) {
        line++;
        lineStart = i + 1;
      }
    }
    out.append(" (at ");
    if (start == end) {
      out.append("the end");
    } else {
      int shown = Math.min(end - start, QUOTED_CHARS_MAX);
      out.append('"').append(text, offset, offset + shown);
      out.append(shown < end - start ? "…" : "").append('"');
    }
    out.append(", line ").append(line).append(", column ").append(offset - lineStart + 1);
    out.append(", offset ").append(offset);
  }
}
