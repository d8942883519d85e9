package dev.lockstep.sql;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds out whether a statement has given a row the greatest rowid there is. SQLite picks rowids by
 * chance from then on, each node its own. With AUTOINCREMENT it picks none, and says that the disk
 * is full, in a way that cannot be told from a disk that is. For the thread that uses the writer.
 */
public final class GreatestRowid {
  /** The greatest rowid. */
  public static final long VALUE = Long.MAX_VALUE;

  /** As many rows are not inserted by one statement. */
  private static final long FAR_FROM_IT = VALUE >> 1;

  private static final int KNOWN_TEXTS_MAX = 512;
  private static final String WATCH = "lockstep_greatest_rowid_";
  private static final String WATCHED = "lockstep: greatest rowid in ";
  private static final List<String> SHADOW_ENDINGS = List.of("_content", "_docsize", "_rowid");

  private final SqliteWriter writer;
  private final Map<String, Optional<RowidRisk.Place>> places = new HashMap<>();
  private List<RowidRisk.Place> shadows;
  private Boolean plainSchema;
  private int watches;

  private final Map<String, RowidRisk> known =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, RowidRisk> eldest) {
          return size() > KNOWN_TEXTS_MAX;
        }
      };

  /** For the statements of this writer. */
  public GreatestRowid(SqliteWriter writer) {
    this.writer = writer;
  }

  /** To be called when the schema may be another than before. */
  public void schemaMayHaveChanged() {
    known.clear();
    places.clear();
    shadows = null;
    plainSchema = null;
  }

  /** What an INSERT, UPDATE or DELETE could do; nothing if it does not compile. */
  public RowidRisk of(String sql) throws SQLException {
    RowidRisk risk = known.get(sql);
    if (risk == null) {
      risk = ofPlain(sql);
      known.put(sql, risk);
    } else if (!risk.analyzed() && !risk.places().isEmpty()) {
      // It comes again and again.
      risk = analyze(sql);
      known.put(sql, risk);
    }
    return risk;
  }

  /** To compile a text a second time costs more than to run it. */
  private RowidRisk ofPlain(String sql) throws SQLException {
    if (plainSchema == null) {
      plainSchema = isPlainSchema();
    }
    if (!plainSchema) {
      return analyze(sql);
    }
    if (PlainText.insertsOneRow(sql)) {
      return RowidRisk.OF_ONE_ROW;
    }
    String table = PlainText.updatedTable(sql);
    Optional<RowidRisk.Place> place = table == null ? Optional.empty() : place(table);
    return place.isEmpty() ? analyze(sql) : RowidRisk.ofUpdate(place.get());
  }

  /** The name of a table in which the statement has put a row with that rowid, or null. */
  public String holder(String sql, RowidRisk risk) throws SQLException {
    RowidRisk analyzed = risk;
    if (!risk.analyzed() && risk.places().isEmpty()) {
      analyzed = analyze(sql);
      known.put(sql, analyzed);
    }
    for (RowidRisk.Place place : analyzed.places()) {
      PreparedStatement statement =
          writer.prepare(
              "SELECT 1 FROM main." + place.quoted() + " WHERE " + place.rowid() + " = " + VALUE);
      try (ResultSet row = statement.executeQuery()) {
        if (row.next()) {
          return place.shown();
        }
      }
    }
    return null;
  }

  /**
   * Whether the statement could come to pick a rowid by chance, given the rows that are there. To
   * be called before it runs, or after it was undone.
   */
  public boolean needsWatch(RowidRisk risk) throws SQLException {
    if (!risk.isDoubtful() || risk.chosen()) {
      return risk.isDoubtful();
    }
    for (RowidRisk.Place place : risk.watched()) {
      PreparedStatement statement =
          writer.prepare("SELECT max(" + place.rowid() + ") FROM main." + place.quoted());
      try (ResultSet row = statement.executeQuery()) {
        if (row.next() && row.getLong(1) > FAR_FROM_IT) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * From now on a statement fails at the moment when it gives a row of the doubtful tables that
   * rowid. Slow: for statements of which nothing else tells. {@link #endWatch} must follow.
   */
  public void watch(RowidRisk risk) throws SQLException {
    try (Statement statement = writer.connection().createStatement()) {
      for (RowidRisk.Place place : risk.watched()) {
        if (place.equals(RowidRisk.Place.SEQUENCE)) {
          continue;
        }
        for (String event : List.of("INSERT", "UPDATE")) {
          statement.execute(
              ("CREATE TEMP TRIGGER %s%d AFTER %s ON main.%s WHEN new.%s = %d"
                      + " BEGIN SELECT RAISE(ABORT, '%s'); END")
                  .formatted(
                      WATCH,
                      watches,
                      event,
                      place.quoted(),
                      place.rowid(),
                      VALUE,
                      (WATCHED + place.shown()).replace("'", "''")));
          watches++;
        }
      }
    }
  }

  /** Ends {@link #watch}, also one that failed half-way or was rolled back. */
  public void endWatch() throws SQLException {
    try (Statement statement = writer.connection().createStatement()) {
      while (watches > 0) {
        statement.execute("DROP TRIGGER IF EXISTS temp." + WATCH + (watches - 1));
        watches--;
      }
    }
  }

  /** The table in which {@link #watch} has seen that rowid, or null if this is another failure. */
  public static String seenIn(SQLException failure) {
    String message = SqlErrors.classify(failure).error().message();
    return message.startsWith(WATCHED) ? message.substring(WATCHED.length()) : null;
  }

  /** Whether nothing makes a statement do more than its text says, but to check foreign keys. */
  private boolean isPlainSchema() throws SQLException {
    return query(
            "SELECT 1 FROM sqlite_schema WHERE type = 'trigger' OR sql LIKE '%replace%'"
                + " OR sql LIKE '%virtual%' OR sql LIKE '%cascade%'"
                + " OR sql LIKE '%references%set%' LIMIT 1")
        .isEmpty();
  }

  private RowidRisk analyze(String sql) throws SQLException {
    RowidProgram program = explainIfPossible(sql);
    if (program == null) {
      return RowidRisk.NONE;
    }
    List<RowidRisk.Place> found = new ArrayList<>();
    List<RowidRisk.Place> watched = new ArrayList<>();
    boolean keeps = true;
    boolean chosen = false;
    boolean fills = false;
    for (RowidProgram.Target target : program.targets()) {
      Optional<RowidRisk.Place> place = place(target.name());
      if (place.isEmpty()) {
        continue;
      }
      found.add(place.get());
      keeps &= !target.removes();
      if (target.picksAfterPut()) {
        watched.add(place.get());
        chosen |= target.chosen();
        fills |= target.autoincrement();
      }
    }
    if (fills) {
      watched.add(RowidRisk.Place.SEQUENCE);
    }
    if (program.writesVirtualTable()) {
      found.addAll(shadows());
      keeps = false;
    }
    // Which one is named must not depend on where in the file the tables are.
    found.sort(Comparator.comparing(RowidRisk.Place::name));
    return found.isEmpty()
        ? RowidRisk.NONE
        : new RowidRisk(
            true,
            found,
            !program.changesRowids(),
            keeps,
            watched,
            chosen,
            fills && !program.aborts());
  }

  /** Null for what does not compile, now or because of a function that fails. */
  private RowidProgram explainIfPossible(String sql) throws SQLException {
    try {
      return RowidProgram.explain(writer.connection(), sql);
    } catch (SQLException failure) {
      if (SqlErrors.classify(failure).isStatementError()) {
        return null;
      }
      throw failure;
    }
  }

  private Optional<RowidRisk.Place> place(String table) throws SQLException {
    Optional<RowidRisk.Place> place = places.get(table);
    if (place == null) {
      String name = nameInSchema(table);
      if (name.equals(RowidProgram.SEQUENCES)) {
        place = Optional.of(RowidRisk.Place.SEQUENCE);
      } else {
        place = find(name, name);
      }
      places.put(table, place);
    }
    return place;
  }

  /** As it was declared: what a message says must not depend on how a text was analysed. */
  private String nameInSchema(String table) throws SQLException {
    try (PreparedStatement names =
        writer
            .connection()
            .prepareStatement(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name = ? COLLATE"
                    + " NOCASE")) {
      names.setString(1, table);
      try (ResultSet rows = names.executeQuery()) {
        return rows.next() ? rows.getString(1) : table;
      }
    }
  }

  /** A place, if the table has rowids and a name for them. */
  private Optional<RowidRisk.Place> find(String table, String shown) throws SQLException {
    List<String> names = new ArrayList<>(List.of("rowid", "_rowid_", "oid"));
    // Where columns have all these names, the rowid has none, or that of the key.
    try (PreparedStatement keys =
        writer
            .connection()
            .prepareStatement("SELECT name FROM pragma_table_info(?) WHERE pk = 1")) {
      keys.setString(1, table);
      try (ResultSet rows = keys.executeQuery()) {
        while (rows.next()) {
          names.add(RowidRisk.Place.quote(rows.getString(1)));
        }
      }
    }
    for (String name : names) {
      RowidRisk.Place place = new RowidRisk.Place(table, shown, name);
      if (isRowid(place)) {
        return Optional.of(place);
      }
    }
    return Optional.empty();
  }

  private boolean isRowid(RowidRisk.Place place) throws SQLException {
    String explain =
        "EXPLAIN SELECT 1 FROM main." + place.quoted() + " WHERE " + place.rowid() + " = 1";
    try (Statement statement = writer.connection().createStatement();
        ResultSet rows = statement.executeQuery(explain)) {
      while (rows.next()) {
        if (rows.getString(2).equals("SeekRowid")) {
          return true;
        }
      }
      return false;
    } catch (SQLException failure) {
      if (SqlErrors.classify(failure).isStatementError()) {
        return false;
      }
      throw failure;
    }
  }

  /** The tables in which modules number the rows of virtual tables. */
  private List<RowidRisk.Place> shadows() throws SQLException {
    if (shadows == null) {
      List<RowidRisk.Place> found = new ArrayList<>();
      for (String name :
          query("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow'")) {
        for (String ending : SHADOW_ENDINGS) {
          if (name.endsWith(ending)) {
            find(name, name.substring(0, name.length() - ending.length())).ifPresent(found::add);
          }
        }
      }
      shadows = found;
    }
    return shadows;
  }

  private List<String> query(String sql) throws SQLException {
    List<String> values = new ArrayList<>();
    try (Statement statement = writer.connection().createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        values.add(rows.getString(1));
      }
    }
    return values;
  }
}
