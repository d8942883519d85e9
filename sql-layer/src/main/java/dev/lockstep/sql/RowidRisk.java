package dev.lockstep.sql;

import java.util.List;

/**
 * Where a statement could put a row with the greatest rowid, after which SQLite would pick rowids
 * by chance, or none with AUTOINCREMENT. Valid for one state of the schema.
 *
 * @param analyzed false if only its text was looked at, where no trigger does more than that says;
 *     then there are no places yet for an INSERT of one row
 * @param places the tables where it could
 * @param insertTells whether a statement that changed one row cannot have done it unless {@code
 *     last_insert_rowid()} is the greatest rowid
 * @param keeps whether such a row would still be there when the statement has ended
 * @param watched the tables where a rowid could be picked after that, while the statement runs
 * @param chosen whether a rowid of these may come from anywhere but the one before
 * @param dissolves whether the statement could undo the transaction when it finds no further rowid
 */
public record RowidRisk(
    boolean analyzed,
    List<Place> places,
    boolean insertTells,
    boolean keeps,
    List<Place> watched,
    boolean chosen,
    boolean dissolves) {
  static final RowidRisk NONE = new RowidRisk(true, List.of(), true, true, List.of(), false, false);

  static final RowidRisk OF_ONE_ROW =
      new RowidRisk(false, List.of(), true, true, List.of(), false, false);

  static RowidRisk ofUpdate(Place place) {
    return new RowidRisk(false, List.of(place), false, true, List.of(), false, false);
  }

  /**
   * A table.
   *
   * @param name its name
   * @param shown the name that users know it by
   * @param rowid a name of its rowid
   */
  public record Place(String name, String shown, String rowid) {
    /** A value of this is read as it is by AUTOINCREMENT: as the nearest integer. */
    static final Place SEQUENCE =
        new Place(RowidProgram.SEQUENCES, RowidProgram.SEQUENCES, "CAST(seq AS INTEGER)");

    String quoted() {
      return quote(name);
    }

    static String quote(String name) {
      return "\"" + name.replace("\"", "\"\"") + "\"";
    }
  }

  /** Whether a rowid could be picked after the greatest one before the statement ends. */
  public boolean isDoubtful() {
    return !watched.isEmpty();
  }

  /** Whether the end of the statement does not show, or is too late to show, what happened. */
  public boolean isHidden() {
    return isDoubtful() && (!keeps || dissolves);
  }
}
