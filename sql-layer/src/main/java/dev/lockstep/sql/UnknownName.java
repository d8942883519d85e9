package dev.lockstep.sql;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A name that SQLite does not know, as its message tells.
 *
 * @param kind what was looked for
 * @param message SQLite's message
 * @param start where the name begins in the message
 * @param end where it ends there
 * @param table the table whose column was looked for; null if the message does not tell
 */
record UnknownName(Kind kind, String message, int start, int end, String table) {
  enum Kind {
    TABLE,
    COLUMN,
    FUNCTION,
    INDEX,
    TRIGGER,
    COLLATION,
    OTHER
  }

  private record Wording(Kind kind, Pattern pattern) {}

  private static final List<Wording> WORDINGS =
      List.of(
          wording(Kind.TABLE, "no such (?:table|view): (?<name>.+)"),
          wording(Kind.COLUMN, "no such column: \"(?<name>.+)\"(?: - should this be .*)?"),
          wording(Kind.COLUMN, "no such column: (?<name>.+)"),
          wording(Kind.COLUMN, "table (?<table>.+) has no column named (?<name>.+)"),
          wording(Kind.COLUMN, "unknown column \"(?<name>.+)\" in foreign key definition"),
          wording(Kind.COLUMN, "cannot join using column (?<name>.+) - column not present in .*"),
          wording(Kind.FUNCTION, "no such function: (?<name>.+)"),
          wording(Kind.INDEX, "no such index: (?<name>.+)"),
          wording(Kind.TRIGGER, "no such trigger: (?<name>.+)"),
          wording(Kind.COLLATION, "no such collation sequence: (?<name>.+)"),
          wording(Kind.OTHER, "no such (?:module|window|savepoint): (?<name>.+)"),
          wording(Kind.OTHER, "unknown database (?<name>.+)"));

  private static Wording wording(Kind kind, String pattern) {
    return new Wording(kind, Pattern.compile(pattern, Pattern.DOTALL));
  }

  /** Null if the message is about something else. */
  static UnknownName of(String message) {
    for (Wording wording : WORDINGS) {
      Matcher matcher = wording.pattern().matcher(message);
      if (matcher.matches()) {
        boolean hasTable = wording.pattern().pattern().contains("<table>");
        return new UnknownName(
            wording.kind(),
            message,
            matcher.start("name"),
            matcher.end("name"),
            hasTable ? matcher.group("table") : null);
      }
    }
    return null;
  }

  /** The name as the message has it, with the table or schema that was named with it. */
  String name() {
    return message.substring(start, end);
  }

  /** The last part of the name; may be wrong for a name with a dot in it. */
  String lastPart() {
    return name().substring(name().lastIndexOf('.') + 1);
  }

  /**
   * The message that SQLite gives if the last part of the name is another one.
   *
   * @param part a name with which the message's name ends
   */
  String messageWith(String part, String other) {
    return message.substring(0, end - part.length()) + other + message.substring(end);
  }

  /** Whether this is the name, or its part behind a dot. */
  boolean endsWith(String part) {
    String name = name();
    int before = name.length() - part.length();
    return !part.isEmpty()
        && before >= 0
        && name.regionMatches(true, before, part, 0, part.length())
        && (before == 0 || name.charAt(before - 1) == '.');
  }
}
