package dev.lockstep.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

final class MathFunctionPropertyTest {
  /** What the C library and StrictMath may differ by, in units of the last place. */
  private static final double ULPS_MAX = 4;

  private static Connection replaced;
  private static ReplacedFunctions functions;
  private static Connection plain;

  @BeforeContainer
  static void open() throws SQLException {
    replaced = Connections.memory();
    plain = Connections.memory();
    StatementContext context = new StatementContext();
    context.begin(0, 1, 0);
    functions =
        ReplacedFunctions.register(replaced, context, ReplacedFunctions.Session.OF_THE_CLIENT);
  }

  @AfterContainer
  static void close() throws SQLException {
    replaced.close();
    functions.close();
    plain.close();
  }

  @Property(tries = 10_000, edgeCases = EdgeCasesMode.NONE)
  void agreesWithSqliteToTheLastPlaces(
      @ForAll MathFunction function, @ForAll("values") Object x, @ForAll("values") Object y)
      throws SQLException {
    Object ours = value(replaced, function, x, y);
    Object theirs = value(plain, function, x, y);

    if (ours instanceof Double mine && theirs instanceof Double other && !mine.equals(other)) {
      assertThat(Math.abs(mine - other)).isLessThanOrEqualTo(ULPS_MAX * Math.ulp(other));
    } else {
      assertThat(ours).isEqualTo(theirs);
    }
  }

  @Example
  void isExactWhereSqliteIs() throws SQLException {
    for (int exponent = -1074; exponent < 1024; exponent++) {
      assertThat(MathFunction.LOG2.apply(Math.scalb(1.0, exponent), 0)).isEqualTo(exponent);
    }
    assertThat(value(replaced, MathFunction.LOG, 1000L, null)).isEqualTo(3.0);
    assertThat(value(replaced, MathFunction.POW, 2L, 10L)).isEqualTo(1024.0);
  }

  private static Object value(Connection connection, MathFunction function, Object x, Object y)
      throws SQLException {
    String places = function.argumentCount() == 1 ? "(?)" : "(?, ?)";
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT " + function.sqlName() + places)) {
      statement.setObject(1, x);
      if (function.argumentCount() == 2) {
        statement.setObject(2, y);
      }
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getObject(1);
      }
    }
  }

  @Provide
  Arbitrary<Object> values() {
    return Arbitraries.frequencyOf(
        Tuple.of(4, Arbitraries.doubles().between(-2, 2).map(Object.class::cast)),
        Tuple.of(4, Arbitraries.doubles().between(-1000, 1000).map(Object.class::cast)),
        Tuple.of(1, Arbitraries.doubles().map(Object.class::cast)),
        Tuple.of(2, Arbitraries.longs().between(-3, 20).map(Object.class::cast)),
        Tuple.of(
            1,
            Arbitraries.of(
                "1.5",
                " 2 ",
                "x",
                "",
                "3x",
                "1e400",
                new byte[] {'1'},
                Long.MIN_VALUE,
                -0.0,
                Double.POSITIVE_INFINITY,
                Double.NEGATIVE_INFINITY)),
        Tuple.of(1, Arbitraries.just((Object) 1L).injectNull(1)));
  }
}
