package dev.lockstep.testkit.logic;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Runs the records of SQL logic tests on a connection, as the runner of SQLite's project does. */
final class LogicRunner {
  /** SQLite's printf shows no more digits of a number. */
  private static final MathContext DIGITS = new MathContext(16);

  private final Connection connection;
  private final Execution execution;
  private final Map<Integer, Integer> errors = new TreeMap<>();

  /** Executes a text that may have several statements. */
  interface Execution {
    void execute(Statement statement, String sql) throws SQLException;
  }

  LogicRunner(Connection connection, Execution execution) {
    this.connection = connection;
    this.execution = execution;
  }

  /** SQLite's codes of the errors, expected or not, by line. */
  Map<Integer, Integer> errors() {
    return errors;
  }

  /** What was not as expected, one line each; empty if all was. */
  List<String> run(List<LogicRecord> records) {
    List<String> failures = new ArrayList<>();
    for (LogicRecord record : records) {
      String failure = record.isQuery() ? query(record) : statement(record);
      if (failure != null) {
        failures.add("line " + record.line() + ": " + failure + ": " + record.sql());
      }
    }
    return failures;
  }

  private String statement(LogicRecord record) {
    try (Statement statement = connection.createStatement()) {
      execution.execute(statement, record.sql());
      return record.fails() ? "an error was expected" : null;
    } catch (SQLException e) {
      errors.put(record.line(), e.getErrorCode());
      return record.fails() ? null : e.getSQLState() + " " + e.getMessage();
    }
  }

  private String query(LogicRecord record) {
    List<String> values;
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(record.sql())) {
      int columns = rows.getMetaData().getColumnCount();
      if (columns != record.types().length()) {
        return columns + " columns instead of " + record.types().length();
      }
      values = values(rows, record);
    } catch (SQLException e) {
      // A query that fails has no values, and some are expected to have none for that.
      errors.put(record.line(), e.getErrorCode());
      return record.expected().isEmpty() ? null : e.getSQLState() + " " + e.getMessage();
    }
    List<String> shown = shown(values, record);
    return shown.equals(record.expected()) ? null : shown + " instead of " + record.expected();
  }

  private static List<String> values(ResultSet rows, LogicRecord record) throws SQLException {
    List<List<String>> all = new ArrayList<>();
    while (rows.next()) {
      List<String> row = new ArrayList<>();
      for (int i = 0; i < record.types().length(); i++) {
        row.add(value(rows, i + 1, record.types().charAt(i)));
      }
      all.add(row);
    }
    if (record.sort().equals("rowsort")) {
      all.sort(Comparator.comparing(row -> String.join("\n", row)));
    }
    List<String> values = new ArrayList<>();
    all.forEach(values::addAll);
    if (record.sort().equals("valuesort")) {
      Collections.sort(values);
    }
    return values;
  }

  private static String value(ResultSet rows, int column, char type) throws SQLException {
    Object value = rows.getObject(column);
    if (value == null) {
      return "NULL";
    }
    if (value instanceof Boolean truth) {
      return truth ? "1" : "0";
    }
    return switch (type) {
      case 'I' ->
          value instanceof Number number ? Long.toString(number.longValue()) : integer(value);
      case 'R' -> real(rows.getDouble(column));
      default -> printable(rows.getString(column));
    };
  }

  private static String real(double value) {
    return Double.isInfinite(value)
        ? value > 0 ? "Inf" : "-Inf"
        : new BigDecimal(value).round(DIGITS).setScale(3, RoundingMode.HALF_UP).toPlainString();
  }

  /** SQLite makes a number of what a text begins with. */
  private static String integer(Object value) {
    String digits = value.toString().strip().replaceAll("^([+-]?\\d*).*$", "$1");
    return digits.isEmpty() || digits.equals("-") || digits.equals("+") ? "0" : digits;
  }

  private static String printable(String text) {
    return text.isEmpty() ? "(empty)" : text.replaceAll("[^ -~]", "@");
  }

  private static List<String> shown(List<String> values, LogicRecord record) {
    boolean hashed =
        record.hashThreshold() > 0 && values.size() > record.hashThreshold()
            || record.expected().size() == 1
                && record.expected().get(0).contains("values hashing to");
    if (!hashed) {
      return values;
    }
    try {
      MessageDigest md5 = MessageDigest.getInstance("MD5");
      for (String value : values) {
        md5.update((value + "\n").getBytes(StandardCharsets.UTF_8));
      }
      return List.of(
          values.size() + " values hashing to " + HexFormat.of().formatHex(md5.digest()));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
