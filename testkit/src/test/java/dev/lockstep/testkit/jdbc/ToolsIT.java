package dev.lockstep.testkit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.LocalCluster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.h2.tools.Server;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sqlline.SqlLine;

/** Tools that run without windows, on three nodes: what they show of the music shop. */
final class ToolsIT {
  private static final Path MUSIC_SHOP =
      Path.of("../examples/shop/src/main/resources/db/migration/V1__tables.sql");

  @TempDir static Path directory;

  private static LocalCluster nodes;

  @BeforeAll
  static void startNodes() throws Exception {
    nodes = LocalCluster.start(directory, 3);
    nodes.awaitLeader(Duration.ofSeconds(60));
    try (Connection connection = DriverManager.getConnection(nodes.jdbcUrl());
        Statement statement = connection.createStatement()) {
      statement.execute(Files.readString(MUSIC_SHOP));
      statement.execute("INSERT INTO Genre(Name) VALUES ('Rock'), ('Jazz')");
    }
  }

  @AfterAll
  static void stopNodes() {
    nodes.close();
  }

  @Test
  void sqllineShowsTablesKeysRowsAndErrors() throws Exception {
    String shown =
        sqlline(
            "!set outputformat csv",
            "!tables",
            "!columns Album",
            "!primarykeys PlaylistTrack",
            "!importedkeys Track",
            "!indexes Track",
            "SELECT 'row ' || Name FROM Genre ORDER BY 1;",
            "SELECT * FROM nowhere;",
            "!autocommit off",
            "INSERT INTO Genre(Name) VALUES ('Gone');",
            "!rollback",
            "SELECT 'genres: ' || count(*) FROM Genre;",
            "!dbinfo");
    assertThat(shown)
        .contains(
            "'main','PlaylistTrack','TABLE'",
            "'main','Album','Title','12','VARCHAR','160'",
            "'main','PlaylistTrack','TrackId','2','PK_PlaylistTrack'",
            "'PK_MediaType'",
            "'TrackAlbum','3','1','AlbumId','A'",
            "'row Jazz'\n'row Rock'",
            "Error: no such table: nowhere (at \"nowhere\", line 1, column 15, offset 14)"
                + " (state=42P01,code=1)",
            "'genres: 2'",
            "Lockstep JDBC Driver");
  }

  private static String sqlline(String... lines) throws Exception {
    ByteArrayOutputStream shown = new ByteArrayOutputStream();
    SqlLine shell = new SqlLine();
    try (PrintStream out = new PrintStream(shown, true, StandardCharsets.UTF_8)) {
      shell.setOutputStream(out);
      shell.setErrorStream(out);
      String script = String.join("\n", lines) + "\n!quit\n";
      shell.begin(
          new String[] {"-u", nodes.jdbcUrl(), "-n", "", "-p", "", "--maxWidth=1000"},
          new ByteArrayInputStream(script.getBytes(StandardCharsets.UTF_8)),
          false);
    }
    return shown.toString(StandardCharsets.UTF_8).replace("\r", "");
  }

  @Test
  void theConsoleOfH2ShowsItsTreeRowsAndErrorsAndEditsARow() throws Exception {
    Server server = Server.createWebServer("-webPort", "0", "-properties", "null").start();
    try {
      Console console = new Console(server.getPort());
      console.logIn(nodes.jdbcUrl());
      assertThat(console.get("tables.do"))
          .contains("PlaylistTrack", "UnitPrice", "SQLite 3.", "TrackMediaType");
      assertThat(console.query("SELECT 'row ' || Name FROM Genre ORDER BY 1"))
          .contains("row Jazz", "row Rock", "2 rows");
      assertThat(console.query("SELECT * FROM nowhere"))
          .contains("no such table: nowhere", "42P01/1");
      assertThat(console.query("@edit SELECT * FROM Genre ORDER BY GenreId")).contains("editRow(1");
      console.post("editResult.do", "row=1&op=1&r1c1=1&r1c2=" + encoded("Rock and roll"));
      assertThat(console.query("SELECT Name FROM Genre WHERE GenreId = 1"))
          .contains("Rock and roll");
      console.query("UPDATE Genre SET Name = 'Rock' WHERE GenreId = 1");
    } finally {
      server.stop();
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** What a browser sends to H2's console. */
  private static final class Console {
    private static final Pattern SESSION = Pattern.compile("jsessionid=(\\w+)");

    private final HttpClient client = HttpClient.newHttpClient();
    private final String base;
    private final String session;

    Console(int port) throws Exception {
      base = "http://localhost:" + port + "/";
      HttpRequest first = HttpRequest.newBuilder(URI.create(base)).build();
      Matcher matcher = SESSION.matcher(client.send(first, BodyHandlers.ofString()).body());
      assertThat(matcher.find()).isTrue();
      session = matcher.group(1);
    }

    void logIn(String url) throws Exception {
      assertThat(
              post(
                  "login.do",
                  "driver=dev.lockstep.jdbc.Driver&user=&password=&url=" + encoded(url)))
          .contains("h2query");
    }

    String get(String page) throws Exception {
      return post(page, "");
    }

    String query(String sql) throws Exception {
      return post("query.do", "sql=" + encoded(sql));
    }

    String post(String page, String form) throws Exception {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(base + page + "?jsessionid=" + session))
              .header("Content-Type", "application/x-www-form-urlencoded")
              .POST(BodyPublishers.ofString(form))
              .build();
      String shown = client.send(request, BodyHandlers.ofString()).body();
      // Spaces are not broken in its tables.
      return shown.replace("&nbsp;", " ").replace("&#39;", "'");
    }
  }
}
