package dev.lockstep.sql;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Refuses definitions of tables and indexes whose constraints, index expressions or generated
 * columns depend on the present time. SQLite refuses them too, but only when a row is written, and
 * by a test inside its own date functions that the replaced ones cannot make.
 */
final class DateRules {
  private static final Set<String> PRESENT = Set.of("now", "subsec", "subsecond");
  private static final Set<String> PLACE = Set.of("localtime", "utc");
  private static final Map<String, DateFunction> FUNCTIONS = new HashMap<>();

  static {
    for (DateFunction function : DateFunction.values()) {
      FUNCTIONS.put(function.sqlName(), function);
    }
  }

  private DateRules() {}

  static void check(StatementShape shape) throws StatementException {
    if (!definesExpressions(shape)) {
      return;
    }
    for (int i = 0; i < shape.tokens().size(); i++) {
      if (shape.word(i).equals("DEFAULT") && shape.isSymbol(i + 1, '(')) {
        i = shape.afterParentheses(i + 1) - 1;
        continue;
      }
      DateFunction function =
          shape.tokens().get(i).isName()
              ? FUNCTIONS.get(shape.text(i).toLowerCase(Locale.ROOT))
              : null;
      if (function != null && shape.isSymbol(i + 1, '(') && dependsOnNow(shape, function, i + 2)) {
        throw Refusal.of(
            Refusal.INVALID_DEFINITION,
            "non-deterministic use of "
                + function.sqlName()
                + "() in a constraint, an index or a generated column");
      }
    }
  }

  private static boolean definesExpressions(StatementShape shape) {
    String object = shape.word(1).equals("UNIQUE") ? shape.word(2) : shape.word(1);
    if (!object.equals("TABLE") && !object.equals("INDEX")) {
      return false;
    }
    // CREATE TABLE … AS SELECT: its expressions are evaluated once, now.
    int depth = 0;
    for (int i = 0; i < shape.tokens().size(); i++) {
      if (shape.isSymbol(i, '(')) {
        depth++;
      } else if (shape.isSymbol(i, ')')) {
        depth--;
      } else if (depth == 0
          && shape.word(i).equals("AS")
          && (shape.word(i + 1).equals("SELECT")
              || shape.word(i + 1).equals("WITH")
              || shape.word(i + 1).equals("VALUES"))) {
        return false;
      }
    }
    return true;
  }

  /** Looks at the arguments that are literals; values of columns are not known here. */
  private static boolean dependsOnNow(StatementShape shape, DateFunction function, int start) {
    int argument = 0;
    int end = shape.afterParentheses(start - 1) - 1;
    boolean empty = start >= end;
    for (int i = start; i < end; i++) {
      if (shape.isSymbol(i, '(')) {
        i = shape.afterParentheses(i) - 1;
      } else if (shape.isSymbol(i, ',')) {
        argument++;
      } else if (isWholeArgument(shape, i, end)
          && function.dependsOnEnvironment(
              argument, shape.text(i).toLowerCase(Locale.ROOT), PRESENT, PLACE)) {
        return true;
      }
    }
    return function.isImplicitlyNow(empty ? 0 : argument + 1);
  }

  private static boolean isWholeArgument(StatementShape shape, int index, int end) {
    boolean first = shape.isSymbol(index - 1, '(') || shape.isSymbol(index - 1, ',');
    boolean last = index + 1 == end || shape.isSymbol(index + 1, ',');
    return first && last && shape.tokens().get(index).type() == SqlToken.Type.STRING;
  }
}
