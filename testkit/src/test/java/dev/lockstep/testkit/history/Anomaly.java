package dev.lockstep.testkit.history;

/**
 * Something that a strictly serializable database never shows.
 *
 * @param name its name in Adya's thesis and the Elle paper where it has one
 */
public record Anomaly(String name, String description) {
  @Override
  public String toString() {
    return name + ": " + description;
  }
}
