package dev.lockstep.sql;

/**
 * A token of a text: neither blank nor comment.
 *
 * @param type what it is
 * @param start the first character's place in the text
 * @param end the place after the last character
 */
public record SqlToken(Type type, int start, int end) {
  public enum Type {
    /** A keyword or an unquoted name. */
    WORD,
    /** A name in double quotes, backticks or brackets; in double quotes perhaps a string. */
    QUOTED,
    /** A string or blob literal. */
    STRING,
    NUMBER,
    VARIABLE,
    /** One character of anything else. */
    SYMBOL
  }

  public boolean isWord(String text, String keyword) {
    return type == Type.WORD
        && end - start == keyword.length()
        && text.regionMatches(true, start, keyword, 0, keyword.length());
  }

  public boolean isSymbol(String text, char symbol) {
    return type == Type.SYMBOL && text.charAt(start) == symbol;
  }

  public boolean isName() {
    return type == Type.WORD || type == Type.QUOTED;
  }

  /** The name or string without its quotes. */
  public String unquoted(String text) {
    if (type == Type.QUOTED || (type == Type.STRING && text.charAt(start) == '\'')) {
      char open = text.charAt(start);
      String inner = text.substring(start + 1, Math.max(start + 1, end - 1));
      return open == '[' ? inner : inner.replace("" + open + open, "" + open);
    }
    return text.substring(start, end);
  }
}
