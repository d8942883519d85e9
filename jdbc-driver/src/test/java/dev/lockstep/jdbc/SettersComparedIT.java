package dev.lockstep.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.jdbc.SetterRule.Difference;
import dev.lockstep.jdbc.fake.FakeCluster;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TimeZone;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every setter, with every class of value and every type, against sqlite-jdbc: by what is in
 * columns of every declared type afterwards. Differences follow the rules of {@link SetterRule}.
 */
final class SettersComparedIT {
  private static final Set<String> ERRORS =
      Set.of("!22003", "!22007", "!22018", "!22023", "!22026", "!0AL01");

  private static final TimeZone ZONE = TimeZone.getDefault();

  private final Set<String> unlisted = new TreeSet<>();
  private final Set<SetterRule> used = EnumSet.noneOf(SetterRule.class);

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
    List<SetterCall> calls = SetterCall.all();
    assertThat(calls).hasSizeGreaterThan(5000);
    String places = "?1,".repeat(StoredRow.DECLARED_TYPES.size() - 1) + "?1";
    try (FakeCluster cluster = new FakeCluster(1);
        Connection connection = DriverManager.getConnection(cluster.url(""));
        Connection database = StoredRow.table("jdbc:sqlite::memory:");
        LockstepPreparedStatement ours =
            (LockstepPreparedStatement) connection.prepareStatement("SELECT ?");
        PreparedStatement theirs =
            database.prepareStatement("INSERT INTO t VALUES (" + places + ")")) {
      for (SetterCall call : calls) {
        compare(call, database, ours, theirs);
      }
    }
    assertThat(unlisted).isEmpty();
    assertThat(used).containsExactlyInAnyOrder(SetterRule.values());
  }

  private void compare(
      SetterCall call,
      Connection database,
      LockstepPreparedStatement ours,
      PreparedStatement theirs)
      throws SQLException {
    ours.clearParameters();
    theirs.clearParameters();
    Outcome here = call.on(ours);
    Outcome there = call.on(theirs);
    Object sent = here.isError() ? null : ours.row()[0];
    if (here.isError() && !ERRORS.contains(here.kind())) {
      unlisted.add(call + ": " + here);
    }
    if (here.isError() && there.isError()) {
      return;
    }
    if (!here.isError() && !there.isError()) {
      try (Statement delete = database.createStatement()) {
        delete.executeUpdate("DELETE FROM t");
      }
      theirs.executeUpdate();
      Object[] stored = StoredRow.values(database);
      StoredRow.fillWith(database, sent);
      if (Objects.deepEquals(stored, StoredRow.values(database))) {
        return;
      }
    }
    boolean covered = false;
    Difference difference = new Difference(call, there, here, sent);
    for (SetterRule rule : SetterRule.values()) {
      if (rule.covers(difference)) {
        used.add(rule);
        covered = true;
      }
    }
    if (!covered) {
      unlisted.add(call + ": " + there + ", here " + here + " with " + sent);
    }
  }
}
