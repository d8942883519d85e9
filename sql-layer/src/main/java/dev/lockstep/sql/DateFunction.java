package dev.lockstep.sql;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * SQLite's functions of date and time, and what must be known of their arguments to take the
 * dependence on the node's clock and time zone out of a call.
 *
 * <p>Source: sqlite.org/lang_datefunc.html and {@code date.c} of SQLite 3.54.
 */
enum DateFunction {
  DATE("date", 0),
  TIME("time", 0),
  DATETIME("datetime", 0),
  JULIANDAY("julianday", 0),
  UNIXEPOCH("unixepoch", 0),
  STRFTIME("strftime", 1),
  TIMEDIFF("timediff", 0);

  private final String sqlName;
  private final int timeValueIndex;

  DateFunction(String sqlName, int timeValueIndex) {
    this.sqlName = sqlName;
    this.timeValueIndex = timeValueIndex;
  }

  String sqlName() {
    return sqlName;
  }

  /** How many arguments SQLite lets it have, -1 for any number. */
  int argumentCount() {
    return this == TIMEDIFF ? 2 : -1;
  }

  /** Whether a call with so many arguments means the present time without saying so. */
  boolean isImplicitlyNow(int arguments) {
    return this != TIMEDIFF && arguments <= timeValueIndex;
  }

  /** Whether a literal in lower case at this argument stands for the clock or the time zone. */
  boolean dependsOnEnvironment(
      int argument, String literal, Set<String> present, Set<String> place) {
    if (this == TIMEDIFF) {
      return present.contains(literal);
    }
    return argument == timeValueIndex
        ? present.contains(literal)
        : argument > timeValueIndex && place.contains(literal);
  }

  /**
   * The arguments of a call that means the same for a clock that stands at {@code isoNow}, in a
   * place where it is always UTC.
   *
   * @param arguments as SQLite passes them: Long, Double, String, byte[] or null
   */
  Object[] withoutEnvironment(Object[] arguments, String isoNow) {
    if (this == TIMEDIFF) {
      return new Object[] {timeValue(arguments[0], isoNow), timeValue(arguments[1], isoNow)};
    }
    if (arguments.length < timeValueIndex) {
      return arguments;
    }
    if (arguments.length == timeValueIndex) {
      Object[] pure = Arrays.copyOf(arguments, arguments.length + 1);
      pure[timeValueIndex] = isoNow;
      return pure;
    }
    Object time = arguments[timeValueIndex];
    PlaceModifiers modifiers = new PlaceModifiers(isPresent(time) ? null : time, isSubsecond(time));
    for (int i = timeValueIndex + 1; i < arguments.length; i++) {
      modifiers.add(arguments[i]);
    }
    List<Object> pure = new ArrayList<>(Arrays.asList(arguments).subList(0, timeValueIndex));
    pure.add(timeValue(time, isoNow));
    pure.addAll(modifiers.toList());
    return pure.toArray();
  }

  private static boolean isPresent(Object value) {
    return isText(value, "now") || isSubsecond(value);
  }

  private static Object timeValue(Object value, String isoNow) {
    return isPresent(value) ? isoNow : value;
  }

  static boolean isSubsecond(Object value) {
    return isText(value, "subsec") || isText(value, "subsecond");
  }

  /** As C compares: bytes of a text or blob up to the first NUL, letter case of ASCII ignored. */
  static boolean isText(Object value, String lowerCase) {
    if (value instanceof String text) {
      return isText(text, lowerCase);
    }
    return value instanceof byte[] blob
        && blob.length <= lowerCase.length() + 1
        && isText(new String(blob, StandardCharsets.ISO_8859_1), lowerCase);
  }

  private static boolean isText(String text, String lowerCase) {
    int length = lowerCase.length();
    return startsText(text, lowerCase) && (text.length() == length || text.charAt(length) == 0);
  }

  /** Compared like {@link #isText}. */
  static boolean startsText(Object value, String lowerCase) {
    if (value instanceof String text) {
      return startsText(text, lowerCase);
    }
    return value instanceof byte[] blob
        && blob.length >= lowerCase.length()
        && startsText(
            new String(blob, 0, lowerCase.length(), StandardCharsets.ISO_8859_1), lowerCase);
  }

  private static boolean startsText(String text, String lowerCase) {
    int length = lowerCase.length();
    if (text.length() < length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      char lower = c >= 'A' && c <= 'Z' ? (char) (c + 'a' - 'A') : c;
      if (lower != lowerCase.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
