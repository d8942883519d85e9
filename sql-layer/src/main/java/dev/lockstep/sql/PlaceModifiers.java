package dev.lockstep.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Takes {@code localtime} and {@code utc} out of the modifiers of a date function, so that what is
 * left means what they mean where it is always UTC. There they do not move the time, but leave
 * traces: {@code utc} forgets what an earlier {@code subsec} said and how many days a step of
 * months went too far, for a later {@code floor}. Neither does anything if the time is of that kind
 * already.
 *
 * <p>Source: {@code parseModifier} in {@code date.c} of SQLite 3.54.
 */
final class PlaceModifiers {
  /** Fixes the time, forgets the days for {@code floor}. */
  private static final String FORGET_FLOOR = "+0 days";

  /** Fixes the time and forgets nothing. */
  private static final String NO_CHANGE = "+00:00";

  private static final Pattern UTC_TEXT =
      Pattern.compile(
          "(-?\\d{4}-.*\\d\\s*([+-]\\d\\d:\\d\\d|[zZ])|.*\\d\\s*([+-]00:00|[zZ]))\\s*(\0.*)?",
          Pattern.DOTALL);

  /** A time of day with a zone, which is taken for UTC once something is done with it. */
  private static final Pattern TIME_WITH_ZONE =
      Pattern.compile(".*\\d\\s*[+-]\\d\\d:\\d\\d\\s*(\0.*)?", Pattern.DOTALL);

  private final List<Object> modifiers = new ArrayList<>();
  private boolean utc;
  private boolean zoned;
  private boolean subsecond;

  /**
   * @param time the time value, null if it is the present
   * @param subsecond whether the time value says so itself
   */
  PlaceModifiers(Object time, boolean subsecond) {
    this.utc = time == null || (time instanceof String text && UTC_TEXT.matcher(text).matches());
    this.zoned = !utc && time instanceof String text && TIME_WITH_ZONE.matcher(text).matches();
    this.subsecond = subsecond;
  }

  void add(Object modifier) {
    if (DateFunction.isText(modifier, "localtime")) {
      modifiers.add(NO_CHANGE);
      utc = false;
      zoned = false;
    } else if (!DateFunction.isText(modifier, "utc")) {
      modifiers.add(modifier);
      if (zoned && !DateFunction.isSubsecond(modifier) && !DateFunction.isText(modifier, "auto")) {
        utc = !forgetsZone(modifier);
        zoned = false;
      }
    } else if (utc) {
      modifiers.add(NO_CHANGE);
    } else {
      forgetSubsecond();
      utc = true;
    }
  }

  /** What is left of all, in their order. */
  List<Object> toList() {
    if (subsecond) {
      // Its place does not matter.
      modifiers.add("subsec");
    }
    return modifiers;
  }

  private void forgetSubsecond() {
    subsecond = false;
    int before = modifiers.size();
    boolean movable = modifiers.stream().noneMatch(PlaceModifiers::isFirstOnly);
    modifiers.replaceAll(
        modifier -> !movable && DateFunction.isSubsecond(modifier) ? NO_CHANGE : modifier);
    modifiers.removeIf(DateFunction::isSubsecond);
    modifiers.add(FORGET_FLOOR);
    while (modifiers.size() <= before) {
      // Later modifiers keep their places.
      modifiers.add(NO_CHANGE);
    }
  }

  /** Takes the day and the hours as they are written, without their zone. */
  private static boolean forgetsZone(Object modifier) {
    return DateFunction.startsText(modifier, "start of ")
        || DateFunction.startsText(modifier, "weekday ");
  }

  /** Means something else where it is not the first. */
  private static boolean isFirstOnly(Object modifier) {
    return DateFunction.isText(modifier, "auto")
        || DateFunction.isText(modifier, "unixepoch")
        || DateFunction.isText(modifier, "julianday");
  }
}
