package dev.lockstep.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.jdbc.GetterRule.Difference;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TimeZone;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every getter, for every kind of stored value in columns of every declared type, against
 * sqlite-jdbc. Differences follow the rules of {@link GetterRule}.
 */
final class GettersComparedTest {
  private static final List<String> VALUES =
      List.of(
          "NULL",
          "0",
          "1",
          "-1",
          "127",
          "128",
          "40000",
          "2147483647",
          "2147483648",
          "9223372036854775807",
          "-9223372036854775808",
          "1769854830",
          "1769854830000",
          "0.0",
          "-0.0",
          "1.0",
          "2.5",
          "-2.9",
          "0.1",
          "1e15",
          "1e16",
          "1e22",
          "1e308",
          "9e999",
          "-9e999",
          "2461071.93",
          "1e39",
          "123456.789",
          "''",
          "'0'",
          "'1'",
          "'12'",
          "' 12 '",
          "'1.5'",
          "'1.5e3'",
          "'12abc'",
          "'abc'",
          "'true'",
          "'FALSE'",
          "'yes'",
          "'99999999999999999999'",
          "'0x10'",
          "'1e400'",
          "'2026-01-31'",
          "'2026-01-31 10:20:30'",
          "'2026-01-31 10:20:30.123'",
          "'2026-01-31 10:20:30.123456'",
          "'2026-01-31T10:20:30'",
          "'2026-01-31T10:20:30Z'",
          "'2026-01-31 12:20:30+02:00'",
          "'10:20'",
          "'10:20:30'",
          "'2026-02-30'",
          "'2026-01-31 10:20'",
          "'12345678-1234-1234-1234-123456789abc'",
          "'😀ü'",
          "'a'||char(0)||'b'",
          "'http://example.org/'",
          "'{\"a\":1}'",
          "x''",
          "x'616263'",
          "x'3132'",
          "x'00ff80'",
          "x'fffe'",
          "'MONDAY'",
          "'-Inf'",
          "'0001-01-01 00:00:00'",
          "'9999-12-31 23:59:59.999999999'",
          "'1000-01-01'",
          "' 7'",
          "5373484.4",
          "'2026-01-31 10:20:30 -05:00'",
          "1.0e-7");

  /** What the driver reports where a value cannot be what it is asked for. */
  private static final Set<String> ERRORS = Set.of("!22003", "!22007", "!22018", "!0AL01");

  private static final TimeZone ZONE = TimeZone.getDefault();

  @BeforeAll
  static void standInUtc() {
    TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
  }

  @AfterAll
  static void goHome() {
    TimeZone.setDefault(ZONE);
  }

  @Test
  void everyDifferenceFromSqliteJdbcHasARuleAndEveryRuleADifference() throws SQLException {
    Set<String> unlisted = new TreeSet<>();
    Set<GetterRule> used = EnumSet.noneOf(GetterRule.class);
    List<GetterCall> calls = GetterCall.all();
    assertThat(calls).hasSizeGreaterThan(60);
    try (Connection connection = StoredRow.table("jdbc:sqlite::memory:")) {
      for (String value : VALUES) {
        StoredRow.fill(connection, value);
        Object[] stored = StoredRow.values(connection);
        ResultSet ours = StoredRow.ours(stored, MomentFormat.text(ZoneId.of("UTC")));
        for (GetterCall call : calls) {
          compare(connection, call, stored, ours, unlisted, used);
        }
      }
    }
    assertThat(unlisted).isEmpty();
    assertThat(used).containsExactlyInAnyOrder(GetterRule.values());
  }

  private static void compare(
      Connection connection,
      GetterCall call,
      Object[] stored,
      ResultSet ours,
      Set<String> unlisted,
      Set<GetterRule> used)
      throws SQLException {
    // A row of its own: sqlite-jdbc's answers depend on what the column was read as before.
    try (Statement statement = connection.createStatement();
        ResultSet theirs = statement.executeQuery("SELECT * FROM t")) {
      theirs.next();
      for (int column = 1; column <= stored.length; column++) {
        Outcome here = call.byNumber(ours, column);
        Outcome there = call.byNumber(theirs, column);
        Difference difference =
            new Difference(call.name(), stored[column - 1], column, ours, there, here);
        boolean allowed = !here.isError() || ERRORS.contains(here.kind());
        if (!allowed || !here.equals(call.byLabel(ours, "C" + column))) {
          unlisted.add("error, or other by label: " + difference);
        }
        if (here.equals(there) || (here.isError() && there.isError())) {
          continue;
        }
        List<GetterRule> rules =
            List.of(GetterRule.values()).stream().filter(it -> holds(it, difference)).toList();
        used.addAll(rules);
        if (rules.isEmpty()) {
          unlisted.add(difference.toString());
        }
      }
    }
  }

  private static boolean holds(GetterRule rule, Difference difference) {
    try {
      return rule.covers(difference);
    } catch (NumberFormatException e) {
      // The answers are not of the kind that the rule is about.
      return false;
    }
  }
}
