package dev.lockstep.testkit.logic;

import java.util.ArrayList;
import java.util.List;

/**
 * A record of a SQL logic test.
 *
 * @param line where it begins in its file, counted from 1
 * @param sql the statement
 * @param fails whether the statement must fail
 * @param types of the columns of a query, a letter each; null for a statement
 * @param sort how a query's values are to be sorted: nosort, rowsort, valuesort
 * @param expected the values of a query, or one line with their number and hash
 * @param hashThreshold from how many values on their hash is expected; 0 for never
 */
record LogicRecord(
    int line,
    String sql,
    boolean fails,
    String types,
    String sort,
    List<String> expected,
    int hashThreshold) {

  boolean isQuery() {
    return types != null;
  }

  /**
   * Reads the records of a file for SQLite; those for other engines only are left out.
   *
   * @throws IllegalArgumentException if a line is not understood
   */
  static List<LogicRecord> parse(List<String> lines) {
    return parse(lines, "sqlite");
  }

  /**
   * Reads the records of a file that are for an engine.
   *
   * @throws IllegalArgumentException if a line is not understood
   */
  static List<LogicRecord> parse(List<String> lines, String engine) {
    List<LogicRecord> records = new ArrayList<>();
    int threshold = 0;
    boolean skipped = false;
    for (int i = 0; i < lines.size(); i++) {
      String[] words = words(lines.get(i));
      switch (words[0]) {
        case "" -> {}
        case "hash-threshold" -> threshold = Integer.parseInt(words[1]);
        case "skipif" -> skipped |= words[1].equals(engine);
        case "onlyif" -> skipped |= !words[1].equals(engine);
        case "halt" -> {
          if (!skipped) {
            return records;
          }
          skipped = false;
        }
        case "statement", "query" -> {
          int end = i + 1;
          while (end < lines.size() && !lines.get(end).isBlank()) {
            end++;
          }
          if (!skipped) {
            records.add(record(i + 1, words, lines.subList(i + 1, end), threshold));
          }
          skipped = false;
          i = end;
        }
        default ->
            throw new IllegalArgumentException(
                "line " + (i + 1) + " is no record: " + lines.get(i));
      }
    }
    return records;
  }

  /** Without what follows a number sign. */
  private static String[] words(String line) {
    int comment = line.indexOf('#');
    return (comment < 0 ? line : line.substring(0, comment)).strip().split("\\s+", -1);
  }

  private static LogicRecord record(int line, String[] words, List<String> body, int threshold) {
    int separator = body.indexOf("----");
    List<String> sql = separator < 0 ? body : body.subList(0, separator);
    String text = String.join("\n", sql);
    if (words[0].equals("statement")) {
      return new LogicRecord(
          line, text, words[1].equals("error"), null, null, List.of(), threshold);
    }
    List<String> expected =
        separator < 0 ? List.of() : List.copyOf(body.subList(separator + 1, body.size()));
    String sort = words.length > 2 ? words[2] : "nosort";
    return new LogicRecord(line, text, false, words[1], sort, expected, threshold);
  }
}
