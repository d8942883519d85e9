package dev.lockstep.server.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.server.command.Digest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The content is read whole, in any pieces, and any change of it shows. */
final class ContentReaderTest {
  private static final int BYTES_MAX = 1 << 20;

  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void fill() throws SQLException {
    file = directory.resolve("content.db");
    execute(
        "PRAGMA journal_mode = WAL",
        "CREATE TABLE plain (a, b)",
        "CREATE TABLE empty (a)",
        "CREATE TABLE keyed (k TEXT, l INTEGER, v, PRIMARY KEY (k, l)) WITHOUT ROWID",
        "CREATE TABLE shadowed (rowid TEXT, oid TEXT, _rowid_ TEXT)",
        "CREATE TABLE \"odd \"\" name\" (rowid TEXT)",
        "CREATE VIRTUAL TABLE words USING fts5(text)",
        "CREATE VIEW seen AS SELECT * FROM plain",
        "INSERT INTO plain VALUES (1, 'one'), (2.5, x'0102'), (NULL, ''), ('4', 4)",
        "INSERT INTO keyed VALUES ('a', 1, 1), ('a', 2, 2), ('b', -1, 3)",
        "INSERT INTO shadowed VALUES ('x', 'y', 'z'), ('x', 'y', 'z')",
        "INSERT INTO \"odd \"\" name\" VALUES ('r')",
        "INSERT INTO words VALUES ('some words'), ('more words')");
  }

  @Test
  void allTablesAreReadInPiecesOfAnySize() throws SQLException {
    List<String> all = new ArrayList<>();
    for (int rows = 1; rows <= 5; rows++) {
      List<String> read = new ArrayList<>();
      walk(rows, read);
      all.add(String.join("\n", read));
    }
    assertThat(all.stream().distinct()).hasSize(1);
    assertThat(all.get(0))
        .contains("plain: rowid=1: a=1, b='one'")
        .contains("plain: rowid=2: a=2.5, b=x'0102'")
        .contains("keyed: k='a', l=2: k='a', l=2, v=2")
        .contains("shadowed: rowid='x'")
        .contains("odd \" name: rowid=1: rowid='r'")
        .contains("words_content: id=2: id=2, c0='more words'")
        .doesNotContain("words_data: ")
        .doesNotContain("seen:");
  }

  /** Adds each row as text: reads up to it in pieces of a size, and the row itself alone. */
  private void walk(int rows, List<String> read) throws SQLException {
    try (ContentReader reader = ContentReader.pin(file)) {
      byte[] place = new byte[0];
      do {
        ContentPlace from = ContentPlace.decode(place);
        ContentPart part = reader.part(from, rows, BYTES_MAX, false);
        byte[] single = place;
        for (int i = 0; i < part.rows(); i++) {
          ContentPart row = reader.part(ContentPlace.decode(single), 1, BYTES_MAX, true);
          assertThat(row.rows()).isEqualTo(1);
          read.add(row.table() + ": " + row.text());
          single = row.next();
        }
        place = part.next();
      } while (place.length > 0);
    }
  }

  @Test
  void slicesGoOverTheEndsOfTablesAndEnd() throws SQLException {
    Digest whole;
    try (ContentReader reader = ContentReader.pin(file)) {
      ContentPart all = reader.slice(ContentPlace.BEGINNING, 10_000, BYTES_MAX);
      assertThat(all.next()).isEmpty();
      whole = all.digest();
      int slices = 0;
      byte[] place = new byte[0];
      do {
        ContentPart slice = reader.slice(ContentPlace.decode(place), 4, BYTES_MAX);
        place = slice.next();
        slices++;
        assertThat(slices).isLessThan(100);
      } while (place.length > 0);
      assertThat(slices).isGreaterThan(3);
    }
    assertThat(digest()).isEqualTo(whole);
  }

  @Test
  void anyChangeShows() throws SQLException {
    List<Digest> digests = new ArrayList<>();
    digests.add(digest());
    for (String change :
        List.of(
            "UPDATE plain SET a = 1.0 WHERE rowid = 1",
            "UPDATE plain SET a = '1' WHERE rowid = 1",
            "UPDATE plain SET b = CAST('one' AS BLOB) WHERE rowid = 1",
            "UPDATE plain SET b = NULL WHERE rowid = 3",
            "UPDATE plain SET b = CAST(x'ff' AS TEXT) WHERE rowid = 3",
            "UPDATE plain SET b = CAST(x'fe' AS TEXT) WHERE rowid = 3",
            "UPDATE plain SET rowid = 17 WHERE rowid = 4",
            "UPDATE keyed SET v = 9 WHERE k = 'b'",
            "DELETE FROM shadowed WHERE oid = 'y' AND rowid = 'x'",
            "INSERT INTO words VALUES ('last')",
            "INSERT INTO empty VALUES (NULL)",
            "CREATE INDEX later ON plain (a)",
            "DROP VIEW seen")) {
      execute(change);
      digests.add(digest());
    }
    assertThat(digests).doesNotHaveDuplicates();
  }

  @Test
  void placeInATableThatIsGoneGoesOnWithTheNextOne() throws SQLException {
    byte[] place;
    try (ContentReader reader = ContentReader.pin(file)) {
      byte[] from = ContentPlace.beginningOf("keyed").encode();
      place = reader.part(ContentPlace.decode(from), 1, BYTES_MAX, false).next();
    }
    execute("DROP TABLE keyed");
    try (ContentReader reader = ContentReader.pin(file)) {
      assertThat(reader.part(ContentPlace.decode(place), 1, BYTES_MAX, true).text())
          .isEqualTo("rowid=1: rowid='r'");
    }
    execute("CREATE TABLE keyed (a, b, c)", "INSERT INTO keyed VALUES (7, 8, 9)");
    try (ContentReader reader = ContentReader.pin(file)) {
      // The key does not fit: from the beginning.
      assertThat(reader.part(ContentPlace.decode(place), 1, BYTES_MAX, true).text())
          .isEqualTo("rowid=1: a=7, b=8, c=9");
    }
  }

  @Test
  void stateIsThatOfTheMomentItWasPinned() throws SQLException {
    Digest before = digest();
    try (ContentReader reader = ContentReader.pin(file)) {
      execute("DELETE FROM plain");
      assertThat(reader.slice(ContentPlace.BEGINNING, 10_000, BYTES_MAX).digest())
          .isEqualTo(before);
    }
    assertThat(digest()).isNotEqualTo(before);
    assertThat(Files.exists(file)).isTrue();
  }

  private Digest digest() throws SQLException {
    try (ContentReader reader = ContentReader.pin(file)) {
      return reader.slice(ContentPlace.BEGINNING, 10_000, BYTES_MAX).digest();
    }
  }

  private void execute(String... statements) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }
}
