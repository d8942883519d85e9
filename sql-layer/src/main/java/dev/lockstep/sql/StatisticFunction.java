package dev.lockstep.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.ToDoubleFunction;
import org.sqlite.Function;

/**
 * The statistical aggregates of the SQL standard, which SQLite lacks. Sums of squares are updated
 * with each row by the method of Youngs and Cramer, so that large values with small differences do
 * not cancel each other out. Only + − × ÷ and a square root, in the order of the rows: alike on all
 * nodes.
 *
 * <p>Rows in which an argument is NULL are not counted. NULL where there are too few rows.
 *
 * <p>Source: ISO/IEC 9075-2, set function specification; Youngs and Cramer, "Some results relevant
 * to choice of sum and sum-of-product algorithms", 1971.
 */
final class StatisticFunction extends Function.Window {
  /** SQLite's code of NULL (sqlite.org/c3ref/c_blob.html). */
  private static final int NULL = 5;

  private final int arguments;
  private final int rowsMin;
  private final ToDoubleFunction<StatisticFunction> result;

  private double count;
  private double sumX;
  private double sumY;
  private double squaresX;
  private double squaresY;
  private double products;

  private StatisticFunction(
      int arguments, int rowsMin, ToDoubleFunction<StatisticFunction> result) {
    this.arguments = arguments;
    this.rowsMin = rowsMin;
    this.result = result;
  }

  static void register(Connection connection) throws SQLException {
    one(connection, "var_pop", 1, f -> f.squaresX / f.count);
    one(connection, "var_samp", 2, f -> f.squaresX / (f.count - 1));
    one(connection, "stddev_pop", 1, f -> Math.sqrt(f.squaresX / f.count));
    one(connection, "stddev_samp", 2, f -> Math.sqrt(f.squaresX / (f.count - 1)));
    one(connection, "stddev", 2, f -> Math.sqrt(f.squaresX / (f.count - 1)));
    two(connection, "covar_pop", 1, f -> f.products / f.count);
    two(connection, "covar_samp", 2, f -> f.products / (f.count - 1));
    two(
        connection,
        "corr",
        1,
        f ->
            f.squaresX == 0 || f.squaresY == 0
                ? Double.NaN
                : f.products / Math.sqrt(f.squaresX * f.squaresY));
    two(connection, "regr_count", 0, f -> f.count);
    two(connection, "regr_avgx", 1, f -> f.sumX / f.count);
    two(connection, "regr_avgy", 1, f -> f.sumY / f.count);
    two(connection, "regr_sxx", 1, f -> f.squaresX);
    two(connection, "regr_syy", 1, f -> f.squaresY);
    two(connection, "regr_sxy", 1, f -> f.products);
    two(connection, "regr_slope", 1, f -> f.squaresX == 0 ? Double.NaN : f.products / f.squaresX);
    two(
        connection,
        "regr_intercept",
        1,
        f -> f.squaresX == 0 ? Double.NaN : (f.sumY - f.sumX * f.products / f.squaresX) / f.count);
    two(
        connection,
        "regr_r2",
        1,
        f -> {
          if (f.squaresX == 0) {
            return Double.NaN;
          }
          return f.squaresY == 0 ? 1 : f.products * f.products / (f.squaresX * f.squaresY);
        });
  }

  private static void one(
      Connection connection, String name, int rowsMin, ToDoubleFunction<StatisticFunction> result)
      throws SQLException {
    Function.create(connection, name, new StatisticFunction(1, rowsMin, result), 1, 0);
  }

  private static void two(
      Connection connection, String name, int rowsMin, ToDoubleFunction<StatisticFunction> result)
      throws SQLException {
    Function.create(connection, name, new StatisticFunction(2, rowsMin, result), 2, 0);
  }

  @Override
  protected void xStep() throws SQLException {
    if (isNull()) {
      return;
    }
    double x = x();
    double y = y();
    count++;
    sumX += x;
    sumY += y;
    if (count > 1) {
      addProducts(x, y, 1);
    }
  }

  @Override
  protected void xInverse() throws SQLException {
    if (isNull()) {
      return;
    }
    if (count == 1) {
      count = 0;
      sumX = 0;
      sumY = 0;
      squaresX = 0;
      squaresY = 0;
      products = 0;
      return;
    }
    double x = x();
    double y = y();
    addProducts(x, y, -1);
    count--;
    sumX -= x;
    sumY -= y;
  }

  /** With the row counted. */
  private void addProducts(double x, double y, int sign) {
    double distanceX = x * count - sumX;
    double distanceY = y * count - sumY;
    double scale = sign / (count * (count - 1));
    squaresX += distanceX * distanceX * scale;
    squaresY += distanceY * distanceY * scale;
    products += distanceX * distanceY * scale;
  }

  private boolean isNull() throws SQLException {
    return value_type(0) == NULL || (arguments == 2 && value_type(1) == NULL);
  }

  /** Of two arguments the second is the independent variable. */
  private double x() throws SQLException {
    return value_double(arguments - 1);
  }

  private double y() throws SQLException {
    return arguments == 2 ? value_double(0) : 0;
  }

  @Override
  protected void xValue() throws SQLException {
    double value = count < rowsMin ? Double.NaN : result.applyAsDouble(this);
    if (Double.isNaN(value)) {
      result();
    } else if (rowsMin == 0) {
      result((long) value);
    } else {
      result(value);
    }
  }

  @Override
  protected void xFinal() throws SQLException {
    xValue();
  }
}
