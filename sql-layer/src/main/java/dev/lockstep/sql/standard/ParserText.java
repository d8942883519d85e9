package dev.lockstep.sql.standard;

import dev.lockstep.sql.SqlToken;
import dev.lockstep.sql.SqlTokens;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.sql.SqlCharStringLiteral;
import org.apache.calcite.sql.SqlNode;

/**
 * A statement in the form that Calcite's parser reads: names only in double quotes, parameters only
 * as question marks, and without what SQLite alone has a word for and the standard two.
 *
 * @param text the statement
 * @param slots what stands behind each question mark, in their order
 */
public record ParserText(String text, List<Slot> slots) {

  /** {@code COLLATE name}, to which Calcite is strange, reads to it like the access to an item. */
  private static final String COLLATE = "lockstep collate ";

  /** What a question mark stands for. */
  public sealed interface Slot permits Parameter, Ties {}

  /**
   * A parameter of the statement.
   *
   * @param number SQLite's number of it, from 1
   */
  public record Parameter(int number) implements Slot {}

  /**
   * The count of {@code FETCH FIRST n ROWS WITH TIES}, which Calcite's parser knows only with ONLY.
   *
   * @param count a number, or a parameter as SQLite writes it
   */
  public record Ties(String count) implements Slot {}

  public ParserText {
    slots = List.copyOf(slots);
  }

  /**
   * The collation that stands for an item.
   *
   * @throws IllegalArgumentException if it is another item, which SQLite has not
   */
  static String collation(SqlNode item) {
    if (item instanceof SqlCharStringLiteral literal) {
      String text = literal.getValueAs(String.class);
      if (text.startsWith(COLLATE)) {
        return text.substring(COLLATE.length());
      }
    }
    throw new IllegalArgumentException("SQLite has no arrays and maps");
  }

  /** Reads a statement of one piece. */
  public static ParserText of(String sql) {
    return new Writer(sql).write();
  }

  /** Cannot be reused. */
  private static final class Writer {
    private final String sql;
    private final List<SqlToken> tokens;
    private final StringBuilder out = new StringBuilder();
    private final List<Slot> slots = new ArrayList<>();
    private final Map<String, Integer> numbers = new HashMap<>();
    private int greatestNumber;

    Writer(String sql) {
      this.sql = sql;
      this.tokens = SqlTokens.of(sql);
    }

    ParserText write() {
      int written = 0;
      for (int i = 0; i < tokens.size(); i++) {
        SqlToken token = tokens.get(i);
        out.append(sql, written, token.start());
        i = write(i, token);
        written = tokens.get(i).end();
      }
      return new ParserText(out.toString(), slots);
    }

    /**
     * @return the index of the last token that was taken
     */
    private int write(int index, SqlToken token) {
      switch (token.type()) {
        case QUOTED ->
            out.append('"').append(token.unquoted(sql).replace("\"", "\"\"")).append('"');
        case VARIABLE -> writeParameter(sql.substring(token.start(), token.end()));
        case WORD -> {
          if (token.isWord(sql, "ISNULL")) {
            out.append("IS NULL");
          } else if (token.isWord(sql, "NOTNULL")) {
            out.append("IS NOT NULL");
          } else if (token.isWord(sql, "FETCH") && isTies(index)) {
            return writeTies(index);
          } else if (token.isWord(sql, "FETCH") && isOne(index)) {
            out.append("FETCH NEXT 1");
            return index + 1;
          } else if (token.isWord(sql, "COLLATE") && isName(index + 1)) {
            out.append("['")
                .append(COLLATE)
                .append(tokens.get(index + 1).unquoted(sql))
                .append("']");
            return index + 1;
          } else if (token.isWord(sql, "GLOB")) {
            out.append("RLIKE");
          } else if (token.isWord(sql, "SUBSTRING") && !hasFrom(index + 1)) {
            // With commas it is SQLite's own.
            out.append("substr");
          } else {
            out.append(sql, token.start(), token.end());
          }
        }
        case SYMBOL -> {
          out.append(sql, token.start(), token.end());
          if (token.isSymbol(sql, '=') && isSymbol(index + 1, '=')) {
            return index + 1;
          }
          if (token.isSymbol(sql, ':') && isCast(index + 1)) {
            SqlToken type = tokens.get(index + 1);
            out.append(sql, type.start(), type.end());
            return index + 1;
          }
        }
        default -> out.append(sql, token.start(), token.end());
      }
      return index;
    }

    private void writeParameter(String name) {
      slots.add(new Parameter(number(name)));
      out.append('?');
    }

    /** Source: sqlite.org/lang_expr.html, "Parameters". */
    private int number(String name) {
      if (name.equals("?")) {
        return ++greatestNumber;
      }
      int number =
          name.startsWith("?")
              ? Integer.parseInt(name.substring(1))
              : numbers.computeIfAbsent(name, added -> greatestNumber + 1);
      greatestNumber = Math.max(greatestNumber, number);
      return number;
    }

    /** PostgreSQL's {@code x::type}, of which SQLite would take the end for a parameter. */
    private boolean isCast(int index) {
      return index < tokens.size()
          && tokens.get(index).type() == SqlToken.Type.VARIABLE
          && sql.charAt(tokens.get(index).start()) == ':'
          && tokens.get(index).start() == tokens.get(index - 1).end();
    }

    private boolean isName(int index) {
      return index < tokens.size() && tokens.get(index).isName();
    }

    /** Whether there is a FROM between the parentheses that open here. */
    private boolean hasFrom(int open) {
      int depth = 0;
      for (int i = open; i < tokens.size(); i++) {
        SqlToken token = tokens.get(i);
        if (token.isSymbol(sql, '(')) {
          depth++;
        } else if (token.isSymbol(sql, ')') && --depth == 0) {
          return false;
        } else if (depth == 1 && token.isWord(sql, "FROM")) {
          return true;
        }
      }
      return false;
    }

    /** {@code FETCH {FIRST | NEXT} n {ROW | ROWS} WITH TIES}. */
    private boolean isTies(int fetch) {
      return isWord(fetch + 4, "WITH") && isWord(fetch + 5, "TIES");
    }

    /** {@code FETCH FIRST ROW ONLY}, where the standard means one. */
    private boolean isOne(int fetch) {
      return (isWord(fetch + 1, "FIRST") || isWord(fetch + 1, "NEXT"))
          && (isWord(fetch + 2, "ROW") || isWord(fetch + 2, "ROWS"));
    }

    private int writeTies(int fetch) {
      SqlToken count = tokens.get(fetch + 2);
      String text = sql.substring(count.start(), count.end());
      slots.add(new Ties(count.type() == SqlToken.Type.VARIABLE ? "?" + number(text) : text));
      out.append("FETCH NEXT ? ROWS ONLY");
      return fetch + 5;
    }

    private boolean isWord(int index, String word) {
      return index < tokens.size() && tokens.get(index).isWord(sql, word);
    }

    private boolean isSymbol(int index, char symbol) {
      return index < tokens.size()
          && tokens.get(index).isSymbol(sql, symbol)
          && tokens.get(index).start() == tokens.get(index - 1).end();
    }
  }
}
