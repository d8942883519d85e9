package dev.lockstep.sql.types;

/** The text of a view's definition. */
final class ViewText {
  private ViewText() {}

  /** The query behind {@code CREATE VIEW name [(columns)] AS}. */
  static String query(String definition) {
    NumberedText text = NumberedText.of(definition);
    int as = text.find(0, text.size(), "AS");
    return text.source(Math.min(as + 1, text.size()), text.size());
  }
}
