package dev.lockstep.sql;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a text into its statements. sqlite-jdbc prepares the first statement of a text and ignores
 * the rest in silence, so every text passes through here.
 *
 * <p>The rules are those of SQLite's {@code sqlite3_complete()}: a semicolon ends a statement, but
 * CREATE TRIGGER ends only at {@code ; END ;}. The END of a CASE never follows a semicolon.
 */
public final class StatementSplitter {
  private final String text;
  private final List<String> statements = new ArrayList<>();
  private final List<Integer> starts = new ArrayList<>();
  private int start = -1;
  private int end;
  private int words;
  private boolean create;
  private boolean trigger;
  private boolean afterSemicolon;
  private boolean afterEnd;

  private StatementSplitter(String text) {
    this.text = text;
  }

  /**
   * The statements in order, each from its first to its last token, so without semicolon and
   * surrounding comments; comments alone are nothing.
   */
  public static List<String> split(String text) {
    return new StatementSplitter(text).split();
  }

  /**
   * Where a statement begins in its text.
   *
   * @param index its index among those of {@link #split}
   */
  static int startOf(String text, int index) {
    StatementSplitter splitter = new StatementSplitter(text);
    splitter.split();
    return splitter.starts.get(index);
  }

  private List<String> split() {
    SqlTokens tokens = new SqlTokens(text);
    for (SqlToken token = tokens.next(); token != null; token = tokens.next()) {
      if (!token.isSymbol(text, ';')) {
        take(token);
      } else if (trigger && !afterEnd) {
        afterSemicolon = true;
        end = token.end();
      } else {
        endStatement();
      }
    }
    endStatement();
    return statements;
  }

  private void take(SqlToken token) {
    if (start < 0) {
      start = token.start();
    }
    end = token.end();
    afterEnd = trigger && afterSemicolon && token.isWord(text, "END");
    afterSemicolon = false;
    recogniseTrigger(token);
  }

  /** [EXPLAIN [QUERY PLAN | LOCKSTEP]] CREATE [TEMP | TEMPORARY] TRIGGER. */
  private void recogniseTrigger(SqlToken token) {
    boolean explain =
        !create
            && ((words == 0 && token.isWord(text, "EXPLAIN"))
                || (words == 1 && token.isWord(text, "QUERY"))
                || (words == 1 && token.isWord(text, ExplainLockstep.WORD))
                || (words == 2 && token.isWord(text, "PLAN")));
    if (explain) {
      words++;
    } else if (!create && words <= 3) {
      create = token.isWord(text, "CREATE");
      words = create ? 4 : Integer.MAX_VALUE;
    } else if (create && words == 4) {
      boolean temporary = token.isWord(text, "TEMP") || token.isWord(text, "TEMPORARY");
      trigger = token.isWord(text, "TRIGGER");
      words = temporary ? 4 : Integer.MAX_VALUE;
    }
  }

  private void endStatement() {
    if (start >= 0) {
      statements.add(text.substring(start, end));
      starts.add(start);
    }
    start = -1;
    words = 0;
    create = false;
    trigger = false;
    afterSemicolon = false;
    afterEnd = false;
  }
}
