package dev.lockstep.sql;

import java.util.List;

/**
 * Cuts a text into its statements. sqlite-jdbc prepares the first statement of a text and ignores
 * the rest in silence, so every text passes through here.
 */
public final class StatementSplitter {
  private StatementSplitter() {}

  /**
   * The statements in order, without semicolons and surrounding blanks; comments alone are nothing.
   */
  public static List<String> split(String text) {
    throw new UnsupportedOperationException("not yet");
  }
}
