package dev.lockstep.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.IntFunction;

/**
 * Finds where in a statement the error lies that SQLite has told of. SQLite's messages quote what
 * is wrong but do not say where it stands, so where that can be in several places the statement is
 * compiled again with changes that show which of them it is. Nothing is guessed: what these
 * experiments do not prove is not told.
 *
 * <p>Executes nothing.
 */
final class ErrorFinder {
  private static final String NEAR = "near \"";
  private static final String SYNTAX_ERROR = "\": syntax error";
  private static final String UNRECOGNIZED = "unrecognized token: \"";
  private static final String AMBIGUOUS = "ambiguous column name: ";
  private static final String WRONG_ARGUMENTS = "wrong number of arguments to function ";

  /** Places that are tried for a name; a name that stands in more is not looked for. */
  private static final int PLACES_MAX = 32;

  /** A longer statement is not compiled once for each place of a name. */
  private static final int CHARS_MAX = 100_000;

  private static final Set<String> OPERATORS =
      Set.of("||", "<=", "<>", "<<", ">=", ">>", "==", "!=", "->");

  private final Connection connection;
  private final KnownNames names;

  ErrorFinder(Connection connection) {
    this.connection = connection;
    this.names = new KnownNames(connection);
  }

  /** A part of the statement's text. */
  private record Part(int start, int end) {}

  /**
   * Where the error is.
   *
   * @param error what SQLite said when the statement was compiled
   */
  ErrorPlace find(StatementShape shape, SqlError error) throws SQLException {
    switch (shape.kind()) {
      case PRAGMA_READ, PRAGMA_WRITE -> {
        // Acts when it is compiled, and is not to be compiled again.
        return ErrorPlace.UNKNOWN;
      }
      default -> {}
    }
    String message = error.message();
    if (message.equals("incomplete input")) {
      return new ErrorPlace(shape.sql().length(), shape.sql().length(), List.of());
    }
    if (message.startsWith(NEAR) && message.endsWith(SYNTAX_ERROR)) {
      String near = message.substring(NEAR.length(), message.length() - SYNTAX_ERROR.length());
      Part part = firstWith(message, shape, parts(shape, near));
      return place(
          part, part != null && part.start() == 0 ? KnownNames.verbsLike(near) : List.of());
    }
    if (message.startsWith(UNRECOGNIZED) && message.endsWith("\"")) {
      String token = message.substring(UNRECOGNIZED.length(), message.length() - 1);
      return place(firstWith(message, shape, parts(shape, token)), List.of());
    }
    if (message.startsWith(AMBIGUOUS)) {
      return place(ambiguous(shape, message), List.of());
    }
    if (message.startsWith(WRONG_ARGUMENTS) && message.endsWith("()")) {
      return place(wrongArguments(shape, message), List.of());
    }
    UnknownName unknown = UnknownName.of(message);
    return unknown == null
        ? ErrorPlace.UNKNOWN
        : place(unknown(shape, unknown), names.meant(unknown, shape));
  }

  private static ErrorPlace place(Part part, List<String> meant) {
    return part == null
        ? new ErrorPlace(-1, -1, meant)
        : new ErrorPlace(part.start(), part.end(), meant);
  }

  /** Where a token of SQLite's stands; one of several characters is several of ours. */
  private static List<Part> parts(StatementShape shape, String token) {
    List<Part> parts = new ArrayList<>();
    String sql = shape.sql();
    for (SqlToken each : shape.tokens()) {
      int end = each.start() + token.length();
      boolean here = sql.startsWith(token, each.start()) && !token.isEmpty();
      boolean operator = each.type() == SqlToken.Type.SYMBOL;
      boolean ends = operator ? !continues(sql, each.start(), end) : end == each.end();
      if (here && ends) {
        parts.add(new Part(each.start(), end));
      }
    }
    return parts;
  }

  private static boolean continues(String sql, int start, int end) {
    return end < sql.length()
        && end - start == 1
        && OPERATORS.contains(sql.substring(start, end + 1));
  }

  /**
   * The part at which SQLite's parser stops. It reads from the left and looks no further than the
   * token at hand: so the text up to a part has the error if, and only if, the part is this one or
   * stands behind it.
   */
  private Part firstWith(String message, StatementShape shape, List<Part> parts)
      throws SQLException {
    return parts.size() == 1
        ? parts.get(0)
        : first(message, parts, i -> shape.sql().substring(0, parts.get(i).end()));
  }

  /**
   * The first part with which the error is there, and without which it is not.
   *
   * @param text the statement of which only the parts up to a number can have the error
   */
  private Part first(String message, List<Part> parts, IntFunction<String> text)
      throws SQLException {
    int low = 0;
    int high = parts.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (message.equals(errorOf(text.apply(middle)))) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low < parts.size() ? parts.get(low) : null;
  }

  /** A name that is not known: another unknown name in its place is what the message tells of. */
  private Part unknown(StatementShape shape, UnknownName unknown) throws SQLException {
    String sql = shape.sql();
    List<SqlToken> tokens = new ArrayList<>();
    for (SqlToken token : shape.tokens()) {
      if (token.isName() && unknown.endsWith(token.unquoted(sql))) {
        tokens.add(token);
      }
    }
    if (tooMuch(sql, tokens.size())) {
      return null;
    }
    String fresh = fresh(sql);
    for (SqlToken token : tokens) {
      Part part = new Part(token.start(), token.end());
      String expected = unknown.messageWith(token.unquoted(sql), fresh);
      if (expected.equals(errorOf(renamed(sql, part, fresh)))) {
        return part;
      }
    }
    return null;
  }

  /** Whether to look for the error would take too long. */
  private static boolean tooMuch(String sql, int places) {
    return places > PLACES_MAX || sql.length() > CHARS_MAX;
  }

  /** A reference to a column, all others of the same name being no reference any more. */
  private Part ambiguous(StatementShape shape, String message) throws SQLException {
    String name = message.substring(AMBIGUOUS.length());
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < shape.tokens().size(); i++) {
      SqlToken token = shape.tokens().get(i);
      boolean column = token.isName() && !shape.isSymbol(i + 1, '.') && !shape.isSymbol(i + 1, '(');
      if (column
          && (i == 0 || !shape.isSymbol(i - 1, '.'))
          && shape.text(i).equalsIgnoreCase(name)) {
        parts.add(new Part(token.start(), token.end()));
      }
    }
    return oneOf(shape, message, parts, "NULL", "no such column: ");
  }

  private Part wrongArguments(StatementShape shape, String message) throws SQLException {
    String name = message.substring(WRONG_ARGUMENTS.length(), message.length() - 2);
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < shape.tokens().size(); i++) {
      SqlToken token = shape.tokens().get(i);
      if (token.isName() && shape.isSymbol(i + 1, '(') && shape.text(i).equalsIgnoreCase(name)) {
        parts.add(new Part(token.start(), token.end()));
      }
    }
    // format() takes any number of arguments.
    return oneOf(shape, message, parts, "format", "no such function: ");
  }

  /**
   * The part that has the error when all parts behind it are replaced by what cannot have it.
   *
   * @param unknown what SQLite says of an unknown name in this place
   */
  private Part oneOf(
      StatementShape shape, String message, List<Part> parts, String harmless, String unknown)
      throws SQLException {
    String sql = shape.sql();
    if (tooMuch(sql, parts.size())) {
      return null;
    }
    Part found =
        first(message, parts, i -> replaced(sql, parts.subList(i + 1, parts.size()), harmless));
    if (found == null) {
      return null;
    }
    String fresh = fresh(sql);
    return (unknown + fresh).equals(errorOf(renamed(sql, found, fresh))) ? found : null;
  }

  private static String replaced(String sql, List<Part> parts, String by) {
    StringBuilder out = new StringBuilder(sql);
    for (int i = parts.size() - 1; i >= 0; i--) {
      out.replace(parts.get(i).start(), parts.get(i).end(), by);
    }
    return out.toString();
  }

  /** Another name in the same quotes. */
  private static String renamed(String sql, Part part, String name) {
    char open = sql.charAt(part.start());
    String quoted =
        switch (open) {
          case '"', '`' -> open + name + open;
          case '[' -> "[" + name + "]";
          default -> name;
        };
    return sql.substring(0, part.start()) + quoted + sql.substring(part.end());
  }

  /** A name that does not occur in the text. */
  private static String fresh(String sql) {
    String lower = sql.toLowerCase(Locale.ROOT);
    String name = "no_such_name";
    for (int i = 0; lower.contains(name); i++) {
      name = "no_such_name_" + i;
    }
    return name;
  }

  /** SQLite's message, or null if it has nothing to object. */
  private String errorOf(String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      return null;
    } catch (SQLException failure) {
      SqlFailure classified = SqlErrors.classify(failure);
      if (classified.isStatementError()) {
        return classified.error().message();
      }
      throw failure;
    }
  }
}
