package dev.lockstep.sql.types;

import dev.lockstep.sql.SqlToken;
import dev.lockstep.sql.standard.ParserText;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A query of SQLite's in words that Calcite's parser knows, of the same types but not of the same
 * meaning: all names are quoted, literals stand for their type, and what has no influence on types
 * is left out: orders, limits, collations, windows, hints. For types only; it is never executed.
 */
final class CalciteText {
  /** For conditions of a SELECT that has no FROM. */
  private static final String NOWHERE = " FROM (VALUES (1)) ";

  /** A modifier of dates by which integers become reals. */
  static final String SUBSECOND = "subsec";

  /** The only schema. */
  private static final String SCHEMA = "MAIN";

  private static final String TEXT_LITERAL = "'s'";

  /** Words that stay words; all others are names. */
  private static final Set<String> KEYWORDS =
      Set.of(
          "SELECT",
          "DISTINCT",
          "ALL",
          "FROM",
          "WHERE",
          "BY",
          "HAVING",
          "UNION",
          "EXCEPT",
          "INTERSECT",
          "VALUES",
          "WITH",
          "AS",
          "ON",
          "USING",
          "JOIN",
          "AND",
          "OR",
          "NOT",
          "IN",
          "IS",
          "NULL",
          "ESCAPE",
          "BETWEEN",
          "CASE",
          "WHEN",
          "THEN",
          "ELSE",
          "END",
          "EXISTS",
          "CAST",
          "TRUE",
          "FALSE",
          "CURRENT_DATE",
          "CURRENT_TIME",
          "CURRENT_TIMESTAMP");

  private static final Set<String> JOINS =
      Set.of("JOIN", "LEFT", "RIGHT", "FULL", "INNER", "OUTER", "CROSS");

  private static final Set<String> VALUE_WORDS =
      Set.of("NULL", "END", "TRUE", "FALSE", "CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP");

  private final NumberedText sql;
  private final StringBuilder out = new StringBuilder();
  private final List<ParserText.Slot> slots = new ArrayList<>();
  private final Set<Integer> limits = new HashSet<>();

  /** Whether the SELECT at this depth has a FROM. */
  private boolean hasFrom;

  private CalciteText(NumberedText sql) {
    this.sql = sql;
  }

  /**
   * Reads a query.
   *
   * @throws UntypedException if it has what cannot be said to Calcite
   */
  static CalciteText of(NumberedText query) throws UntypedException {
    CalciteText text = new CalciteText(query);
    text.write(0, query.size());
    return text;
  }

  ParserText text() {
    return new ParserText(out.toString(), slots);
  }

  /** Numbers of the parameters that are limits. */
  Set<Integer> limits() {
    return limits;
  }

  private void write(int from, int to) throws UntypedException {
    boolean outer = hasFrom;
    hasFrom = false;
    for (int i = from; i < to; ) {
      i = writeNext(i, to);
    }
    hasFrom = outer;
  }

  /** Returns the index of the next token. */
  private int writeNext(int i, int to) throws UntypedException {
    switch (sql.type(i)) {
      case WORD -> {
        return writeWord(i, to);
      }
      case QUOTED -> writeName(sql.name(i));
      case STRING -> writeString(i);
      case NUMBER -> writeNumber(sql.source(i));
      case VARIABLE -> {
        slots.add(new ParserText.Parameter(sql.parameter(i)));
        out.append(" ?");
      }
      case SYMBOL -> {
        return writeSymbol(i);
      }
    }
    return i + 1;
  }

  private void writeString(int i) {
    String source = sql.source(i);
    if (sql.isWord(i - 1, "AS")) {
      writeName(sql.name(i));
    } else if (source.charAt(0) != '\'') {
      out.append(" X'00'");
    } else if (source.toLowerCase(Locale.ROOT).startsWith("'" + SUBSECOND)) {
      out.append(" '").append(SUBSECOND).append('\'');
    } else {
      out.append(' ').append(TEXT_LITERAL);
    }
  }

  /** By its type: an integer of 32 bits, one of 64 bits, or a real. */
  private void writeNumber(String source) {
    String digits = source.replace("_", "");
    boolean hexadecimal = digits.startsWith("0x") || digits.startsWith("0X");
    try {
      long value =
          hexadecimal
              ? Long.parseUnsignedLong(digits.substring(2), 16)
              : Long.parseUnsignedLong(digits);
      boolean real = value < 0 && !hexadecimal;
      out.append(real ? " 1e0" : value == (int) value ? " 1" : " 10000000000");
    } catch (NumberFormatException e) {
      out.append(" 1e0");
    }
  }

  private void writeName(String name) {
    out.append(" \"").append(name.replace("\"", "\"\"")).append('"');
  }

  private int writeSymbol(int i) throws UntypedException {
    if (sql.is(i, '(')) {
      int behind = sql.behind(i);
      if (isTable(i, behind)) {
        write(i + 1, behind - 1);
        return behind;
      }
      boolean empty = behind == i + 2 && sql.isWord(i - 1, "IN");
      out.append('(').append(empty ? "NULL" : "");
      write(i + 1, behind - 1);
      out.append(')');
      return behind;
    }
    if (sql.is(i, '-') && sql.follows(i + 1, '>')) {
      return writeArrow(i);
    }
    if (sql.is(i, '|')) {
      boolean joins = sql.follows(i + 1, '|');
      out.append(joins ? " || " : " & ");
      return joins ? i + 2 : i + 1;
    }
    if (sql.is(i, '>') && sql.follows(i + 1, '>')) {
      out.append(" << ");
      return i + 2;
    }
    if (sql.is(i, '!') || sql.is(i, '<') && sql.follows(i + 1, '>')) {
      out.append(" <> ");
      return i + 2;
    }
    if (sql.is(i, '=') && sql.follows(i + 1, '=')) {
      out.append(" = ");
      return i + 2;
    }
    if (sql.is(i, '~')) {
      // Binds as tight, and makes an integer of an integer.
      out.append(" - ");
      return i + 1;
    }
    if (sql.is(i, ';')) {
      return i + 1;
    }
    boolean pair =
        (sql.is(i, '<') || sql.is(i, '>')) && sql.follows(i + 1, '=')
            || sql.is(i, '<') && sql.follows(i + 1, '<');
    out.append(' ').append(sql.source(i));
    if (pair) {
      out.append(sql.source(i + 1));
    }
    // A minus before another would begin a comment.
    out.append(' ');
    return pair ? i + 2 : i + 1;
  }

  /** {@code FROM (table AS alias)}: only SQLite allows the parentheses. */
  private boolean isTable(int open, int behind) {
    boolean place = sql.isWord(open - 1, "FROM") || sql.isWord(open - 1, "JOIN");
    for (int i = open + 1; place && i < behind - 1; i++) {
      place = sql.isName(i) && behind - open <= 5;
    }
    return place;
  }

  /** {@code a -> b} and {@code a ->> b}, which bind as tight as an access to an array. */
  private int writeArrow(int i) throws UntypedException {
    boolean text = sql.follows(i + 2, '>');
    int operand = i + (text ? 3 : 2);
    int behind = sql.is(operand, '(') ? sql.behind(operand) : operand + 1;
    if (sql.is(operand, '-') || sql.is(behind, '.') || sql.is(behind, '(')) {
      throw new UntypedException("the operand of ->");
    }
    out.append(text ? "[" : "[OFFSET(");
    write(operand, behind);
    out.append(text ? "]" : ")]");
    return behind;
  }

  private int writeWord(int i, int to) throws UntypedException {
    String word = sql.word(i);
    if (sql.is(i - 1, '.')) {
      writeName(sql.source(i));
      return i + 1;
    }
    if (word.equals(SCHEMA) && sql.is(i + 1, '.')) {
      return i + 2;
    }
    switch (word) {
      case "SELECT" -> hasFrom = false;
      case "FROM" -> hasFrom |= !sql.isWord(i - 1, "DISTINCT");
      case "WHERE" -> {
        if (!sql.is(i - 1, '(')) {
          writeNowhere();
        }
      }
      case "HAVING" -> writeNowhere();
      case "GROUP" -> {
        if (sql.isWord(i + 1, "BY")) {
          writeNowhere();
          out.append(" GROUP");
          return i + 1;
        }
      }
      case "ORDER" -> {
        if (sql.isWord(i + 1, "BY")) {
          return sql.find(i, to, "LIMIT");
        }
      }
      case "LIMIT" -> {
        if (endsOperand(i - 1)) {
          collectLimits(i, to);
          return to;
        }
      }
      case "WINDOW" -> {
        if (sql.isName(i + 1) && sql.isWord(i + 2, "AS")) {
          return sql.find(i, to, "ORDER", "LIMIT", "UNION", "EXCEPT", "INTERSECT");
        }
      }
      case "OVER" -> {
        if (sql.is(i - 1, ')')) {
          out.append(" OVER ()");
          return sql.is(i + 1, '(') ? sql.behind(i + 1) : i + 2;
        }
      }
      case "FILTER" -> {
        if (sql.is(i - 1, ')') && sql.is(i + 1, '(')) {
          out.append(" FILTER");
          return i + 1;
        }
      }
      case "COLLATE" -> {
        return i + 2;
      }
      case "INDEXED" -> {
        if (sql.isWord(i + 1, "BY")) {
          return i + 3;
        }
      }
      case "MATERIALIZED" -> {
        if (sql.isWord(i - 1, "AS") && sql.is(i + 1, '(')) {
          return i + 1;
        }
      }
      case "WITH" -> {
        out.append(" WITH RECURSIVE");
        return sql.isWord(i + 1, "RECURSIVE") ? i + 2 : i + 1;
      }
      case "CAST" -> {
        if (sql.is(i + 1, '(')) {
          return writeCast(i + 1);
        }
      }
      case "IN" -> {
        return writeIn(i);
      }
      case "IS" -> {
        return writeIs(i);
      }
      case "ISNULL", "NOTNULL" -> {
        if (endsOperand(i - 1)) {
          out.append(word.equals("ISNULL") ? " IS NULL" : " IS NOT NULL");
          return i + 1;
        }
      }
      case "NOT" -> {
        return writeNot(i);
      }
      case "LIKE", "GLOB", "REGEXP", "MATCH" -> {
        if (endsOperand(i - 1) || sql.isWord(i - 1, "NOT")) {
          out.append(" LIKE");
          return i + 1;
        }
      }
      default -> {}
    }
    boolean joins =
        word.equals("NATURAL") || JOINS.contains(word) && JOINS.contains(sql.word(i + 1));
    if (KEYWORDS.contains(word) || joins) {
      out.append(' ').append(word);
    } else {
      writeName(sql.source(i));
    }
    return i + 1;
  }

  private void writeNowhere() {
    if (!hasFrom) {
      out.append(NOWHERE);
      hasFrom = true;
    }
  }

  private int writeNot(int i) {
    if (sql.isWord(i + 1, "INDEXED") || sql.isWord(i + 1, "MATERIALIZED")) {
      return i + 2;
    }
    if (sql.isWord(i + 1, "NULL") && endsOperand(i - 1)) {
      out.append(" IS NOT NULL");
      return i + 2;
    }
    out.append(" NOT");
    return i + 1;
  }

  /** {@code IS} is a comparison, except with what the standard knows. */
  private int writeIs(int i) {
    int next = sql.isWord(i + 1, "NOT") ? i + 2 : i + 1;
    boolean standard =
        switch (sql.word(next)) {
          case "NULL", "TRUE", "FALSE", "DISTINCT" -> true;
          default -> false;
        };
    if (standard) {
      out.append(" IS");
      return i + 1;
    }
    out.append(next == i + 2 ? " <>" : " =");
    return next;
  }

  /** A list, a query, or a table whose rows it is. */
  private int writeIn(int i) {
    out.append(" IN");
    if (!sql.isName(i + 1)) {
      return i + 1;
    }
    int name = sql.is(i + 2, '.') ? i + 3 : i + 1;
    out.append(" (SELECT * FROM");
    writeName(sql.name(name));
    out.append(')');
    return sql.is(name + 1, '(') ? sql.behind(name + 1) : name + 1;
  }

  /** The type is written as one name. */
  private int writeCast(int open) throws UntypedException {
    int behind = sql.behind(open);
    int as = sql.find(open + 1, behind - 1, "AS");
    out.append(" CAST(");
    write(open + 1, as);
    out.append(" AS");
    writeName(sql.source(as + 1, behind - 1));
    out.append(')');
    return behind;
  }

  private void collectLimits(int from, int to) {
    for (int i = from; i < to; i++) {
      if (sql.type(i) == SqlToken.Type.VARIABLE) {
        limits.add(sql.parameter(i));
      }
    }
  }

  /** Whether an operator may follow. */
  private boolean endsOperand(int i) {
    SqlToken.Type type = sql.type(i);
    if (type == null) {
      return false;
    }
    return switch (type) {
      case QUOTED, STRING, NUMBER, VARIABLE -> true;
      case SYMBOL -> sql.is(i, ')');
      case WORD -> sql.is(i - 1, '.') || isValue(sql.word(i));
    };
  }

  private static boolean isValue(String word) {
    return VALUE_WORDS.contains(word) || !KEYWORDS.contains(word);
  }
}
