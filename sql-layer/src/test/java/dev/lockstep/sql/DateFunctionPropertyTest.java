package dev.lockstep.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.TimeZone;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * The replaced date functions against SQLite's own, which in this JVM live in the system's zone.
 */
final class DateFunctionPropertyTest {
  private static final long CLOCK = 1_709_210_096_789L; // 2024-02-29 12:34:56.789
  private static final String NOW = "2024-02-29 12:34:56.789";

  private static final Pattern NO_SUCH_DAY_IN_A_ZONE = Pattern.compile("-(29|30|31)[ T].*[zZ+-]");
  private static final Pattern NO_LEAP_DAY_OF_A_CENTURY =
      Pattern.compile("^-?\\d\\d00-02-(29|3|28[ T]24)");

  private static Connection replaced;
  private static ReplacedFunctions functions;
  private static Connection plain;

  /** A call: the function, with what arguments. */
  record Call(DateFunction function, List<Object> arguments) {}

  @BeforeContainer
  static void open() throws SQLException {
    replaced = Connections.memory();
    plain = Connections.memory();
    StatementContext context = new StatementContext();
    context.begin(CLOCK, 1, 0);
    functions =
        ReplacedFunctions.register(replaced, context, ReplacedFunctions.Session.OF_THE_CLIENT);
  }

  @AfterContainer
  static void close() throws SQLException {
    replaced.close();
    functions.close();
    plain.close();
  }

  @Property(tries = 20_000, edgeCases = EdgeCasesMode.NONE)
  void callsWithoutNowAreSqlitesOwn(@ForAll("pureCalls") Call call) throws SQLException {
    assertThat(value(replaced, call)).isEqualTo(value(plain, call));
  }

  @Property(tries = 10_000, edgeCases = EdgeCasesMode.NONE)
  void nowIsTheClock(@ForAll("pureCalls") Call call, @ForAll("nows") Object now)
      throws SQLException {
    int at = call.function == DateFunction.STRFTIME ? 1 : 0;
    Assume.that(call.arguments.size() > at);

    assertThat(value(replaced, with(call, at, now))).isEqualTo(value(plain, with(call, at, NOW)));
  }

  @Property(tries = 10_000, edgeCases = EdgeCasesMode.NONE)
  void placeIsUtc(
      @ForAll("pureCalls") Call call, @ForAll("places") List<String> places, @ForAll int where)
      throws SQLException {
    // SQLite's own answer can only be compared where its zone is UTC.
    Assume.that(TimeZone.getDefault().getRawOffset() == 0);
    int first = call.function == DateFunction.STRFTIME ? 2 : 1;
    Assume.that(call.function != DateFunction.TIMEDIFF && call.arguments.size() >= first);
    List<Object> arguments = new ArrayList<>(call.arguments);
    int at = first + Math.floorMod(where, arguments.size() - first + 1);
    arguments.addAll(at, places);
    // Not followed: where there is no time (also one that later modifiers lead back from, such as
    // the day before the first), SQLite's answers another one.
    for (int i = first; i <= at; i++) {
      Call before = new Call(DateFunction.JULIANDAY, call.arguments.subList(first - 1, i));
      Assume.that(!value(plain, before).equals("NULL"));
    }
    // A zone behind a day that its month does not have: it stays or moves by what comes next. And
    // localtime takes its calendar from the year 2000, which has the leap day that 2100 has not.
    String time = String.valueOf(call.arguments.get(first - 1));
    Assume.that(!NO_SUCH_DAY_IN_A_ZONE.matcher(time).find());
    Assume.that(!NO_LEAP_DAY_OF_A_CENTURY.matcher(time).find());
    Call placed = new Call(call.function, arguments);

    assertThat(value(replaced, placed)).as("%s", placed).isEqualTo(value(plain, placed));
  }

  /** Its zone counts from the first modifier on that computes with it. */
  @Example
  void placeOfATimeWithAZone() throws SQLException {
    Assume.that(TimeZone.getDefault().getRawOffset() == 0);
    for (String time : List.of("00:00 +01:00", "00:35-14:00", "00:00", "00:00Z")) {
      for (String modifier :
          List.of("+1e2 days", "start of day", "weekday 3", "subsec", "floor", "localtime")) {
        for (String place : List.of("utc", "localtime")) {
          List<Object> arguments = List.of(time, modifier, "subsec", place, "utc");
          Call call = new Call(DateFunction.TIME, arguments);
          assertThat(value(replaced, call)).as("%s", call).isEqualTo(value(plain, call));
        }
      }
    }
  }

  private static Call with(Call call, int index, Object argument) {
    List<Object> arguments = new ArrayList<>(call.arguments);
    arguments.set(index, argument);
    return new Call(call.function, arguments);
  }

  private static String value(Connection connection, Call call) throws SQLException {
    String places = String.join(", ", java.util.Collections.nCopies(call.arguments.size(), "?"));
    String sql = "SELECT quote(" + call.function.sqlName() + "(" + places + "))";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < call.arguments.size(); i++) {
        statement.setObject(i + 1, call.arguments.get(i));
      }
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getString(1);
      }
    }
  }

  @Provide
  Arbitrary<Object> nows() {
    return Arbitraries.of("now", "NOW", "nOw", "now\0x", "now".getBytes(StandardCharsets.US_ASCII));
  }

  @Provide
  Arbitrary<List<String>> places() {
    return Arbitraries.of("localtime", "utc", "LocalTime", "UTC").list().ofMinSize(1).ofMaxSize(3);
  }

  @Provide
  Arbitrary<Call> pureCalls() {
    return Arbitraries.of(DateFunction.values())
        .flatMap(
            function ->
                function == DateFunction.TIMEDIFF
                    ? timeValues().list().ofSize(2).map(list -> new Call(function, list))
                    : Combinators.combine(formats(), timeValues(), modifiers().list().ofMaxSize(4))
                        .as(
                            (format, time, modifiers) -> {
                              List<Object> arguments = new ArrayList<>();
                              if (function == DateFunction.STRFTIME) {
                                arguments.add(format);
                              }
                              arguments.add(time);
                              arguments.addAll(modifiers);
                              return new Call(function, arguments);
                            }));
  }

  private static Arbitrary<Object> timeValues() {
    Arbitrary<String> dates =
        Combinators.combine(
                Arbitraries.integers().between(-50, 10_050),
                Arbitraries.integers().between(0, 13),
                Arbitraries.integers().between(0, 32))
            .as((year, month, day) -> String.format("%04d-%02d-%02d", year, month, day));
    Arbitrary<String> times =
        Combinators.combine(
                Arbitraries.integers().between(0, 24),
                Arbitraries.integers().between(0, 60),
                Arbitraries.of("", ":00", ":59", ":60", ":07.1", ":33.3335", ":59.9999", ":1"),
                Arbitraries.of("", "", "Z", " +01:00", "-14:00", "+25:00", " z", "x"))
            .as(
                (hour, minute, rest, zone) ->
                    String.format("%02d:%02d%s%s", hour, minute, rest, zone));
    return Arbitraries.frequencyOf(
        Tuple.of(4, dates.map(Object.class::cast)),
        Tuple.of(
            6,
            Combinators.combine(dates, Arbitraries.of(" ", "T"), times).as((d, s, t) -> d + s + t)),
        Tuple.of(2, times.map(Object.class::cast)),
        Tuple.of(2, Arbitraries.longs().map(Object.class::cast)),
        Tuple.of(
            2,
            Arbitraries.longs()
                .between(-300_000_000_000L, 300_000_000_000L)
                .map(Object.class::cast)),
        Tuple.of(2, Arbitraries.doubles().between(-10, 6_000_000).map(Object.class::cast)),
        Tuple.of(1, Arbitraries.doubles().map(Object.class::cast)),
        Tuple.of(
            1,
            Arbitraries.of(
                "2451545.5",
                "1e3",
                "",
                " ",
                "nowhere",
                "no",
                "2024-02-30x",
                "subs",
                "24:00",
                "1.7e9",
                "-0.0",
                "1e20",
                "0x10",
                " 2460000",
                "9999-12-31 23:59:59.999",
                "-4713-11-24 12:00",
                "-4713-11-23",
                "-4714-01-01",
                "0000-00-00",
                "0000-01-01",
                "2024-01-01T",
                "2024-1-1",
                "2024-02-29T12:34:56.9999999999Z")),
        Tuple.of(
            1,
            Arbitraries.of(
                "2024-01-31".getBytes(StandardCharsets.US_ASCII), new byte[0], new byte[] {0})),
        Tuple.of(1, Arbitraries.of(2451545L, 0L, -1L).map(Object.class::cast).injectNull(0.3)));
  }

  private static Arbitrary<Object> modifiers() {
    Arbitrary<String> steps =
        Combinators.combine(
                Arbitraries.of("+", "-", "", " "),
                Arbitraries.of("0", "1", "1.5", "1e1", "30", "99999", "0.001", "2.9999"),
                Arbitraries.of(
                    " day",
                    " days",
                    " hours",
                    " minutes",
                    " seconds",
                    " months",
                    " years",
                    " eons",
                    "Day"))
            .as((sign, number, unit) -> sign + number + unit);
    Arbitrary<String> words =
        Arbitraries.of(
            "start of month",
            "start of year",
            "start of day",
            "weekday 0",
            "weekday 6",
            "weekday 7",
            "weekday 3.0",
            "weekday -1",
            "weekday",
            "start of week",
            "start of",
            "+1e2 days",
            "+99999999999999999999 seconds",
            "-5373484.5 days",
            "+14712-00-00",
            "-14712-11-30",
            "+12:00",
            "-23:59:59.999",
            "unixepoch",
            "julianday",
            "auto",
            "subsec",
            "subsecond",
            "ceiling",
            "floor",
            "START OF DAY",
            "+01:30",
            "-10:00:00.5",
            "+0001-02-03",
            "-0000-11-30 04:05",
            "localtimes",
            "",
            "now",
            "utcx");
    return Arbitraries.frequencyOf(
        Tuple.of(5, steps.map(Object.class::cast)),
        Tuple.of(6, words.map(Object.class::cast)),
        Tuple.of(1, Arbitraries.of(5L, -1.5).map(Object.class::cast).injectNull(0.3)),
        Tuple.of(1, Arbitraries.of((Object) "auto".getBytes(StandardCharsets.US_ASCII))));
  }

  private static Arbitrary<Object> formats() {
    return Arbitraries.of(
            "%d",
            "%e", "%f", "%F", "%G", "%g", "%H", "%I", "%j", "%J", "%k", "%l", "%m", "%M", "%p",
            "%P", "%R", "%s", "%S", "%T", "%U", "%u", "%V", "%w", "%W", "%Y", "%%", "text", "é",
            "%x", "%N", "%", "%y", "%5d", "\0%d")
        .list()
        .ofMaxSize(4)
        .map(list -> (Object) String.join("|", list))
        .injectNull(0.02);
  }
}
