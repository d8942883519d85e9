package dev.lockstep.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The table of docs/COMPATIBILITY.md says what the reports of this build's tests say: the version
 * that was on their class path, and that they passed. A test that did not run in this build says
 * nothing. {@code -Dlockstep.compatibility.write=true} writes the table anew, from the reports of a
 * whole build.
 */
final class CompatibilityIT {
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent().getParent();
  private static final Path DOCUMENT = ROOT.resolve("docs/COMPATIBILITY.md");
  private static final String HEAD = "| library | version | test |\n|---|---|---|\n";

  private static final Pattern SUITE =
      Pattern.compile("<testsuite [^>]*tests=\"(\\d+)\" errors=\"(\\d+)\"[^>]*failures=\"(\\d+)\"");
  private static final Pattern CLASS_PATH =
      Pattern.compile("<property name=\"java\\.class\\.path\" value=\"([^\"]*)\"");

  /** A library, and the report of the test that has run with it. */
  private record Tested(String library, String artifact, String reports, String test) {}

  private static final String TESTKIT = "testkit/target/failsafe-reports";
  private static final String SPRING = "spring-boot/target/failsafe-reports";

  private static final List<Tested> ALL =
      List.of(
          new Tested("Flyway 10", "flyway-core", TESTKIT + "-flyway-10", "FlywayIT"),
          new Tested("Flyway 11", "flyway-core", TESTKIT + "-flyway-11", "FlywayIT"),
          new Tested("Flyway 12", "flyway-core", TESTKIT + "-flyway-12", "FlywayIT"),
          new Tested("Flyway 13", "flyway-core", TESTKIT, "FlywayIT"),
          new Tested("Liquibase 4", "liquibase-core", TESTKIT, "LiquibaseIT"),
          new Tested("Hibernate ORM 6", "hibernate-core", TESTKIT, "HibernateIT"),
          new Tested("Hibernate ORM 7", "hibernate-core", TESTKIT + "-hibernate-7", "HibernateIT"),
          new Tested("Spring Boot", "spring-boot", SPRING, "SpringBootIT"),
          new Tested("Spring Framework", "spring-jdbc", SPRING, "SpringBootIT"),
          new Tested("Spring Data JDBC", "spring-data-jdbc", SPRING, "SpringBootIT"),
          new Tested("Spring Data JPA", "spring-data-jpa", SPRING, "SpringBootIT"),
          new Tested("jOOQ", "jooq", TESTKIT, "JooqIT"),
          new Tested("Jdbi", "jdbi3-core", TESTKIT, "JdbiIT"),
          new Tested("MyBatis", "mybatis", TESTKIT, "MyBatisIT"),
          new Tested("Exposed", "exposed-jdbc", TESTKIT, "ExposedIT"),
          new Tested("HikariCP", "HikariCP", TESTKIT, "PoolsIT"),
          new Tested("c3p0", "c3p0", TESTKIT, "PoolsIT"),
          new Tested("Commons DBCP", "commons-dbcp2", TESTKIT, "PoolsIT"),
          new Tested("JUnit Jupiter", "junit-jupiter-api", TESTKIT, "LockstepExtensionIT"),
          new Tested("sqlline", "sqlline", TESTKIT, "ToolsIT"),
          new Tested("H2 Console", "h2", TESTKIT, "ToolsIT"),
          new Tested("SQLite (sqlite-jdbc)", "sqlite-jdbc", TESTKIT, "JdbcDriverIT"));

  @Test
  void theTableSaysWhatTheTestsHaveShown() throws IOException {
    List<String> rows = new ArrayList<>();
    for (Tested tested : ALL) {
      Path report = report(tested);
      if (report != null) {
        rows.add(row(tested, Files.readString(report)));
      }
    }
    if (Boolean.getBoolean("lockstep.compatibility.write")) {
      assertThat(rows).as("reports of a whole build").hasSameSizeAs(ALL);
      String document = Files.readString(DOCUMENT);
      String before = document.substring(0, document.indexOf(HEAD) + HEAD.length());
      Files.writeString(DOCUMENT, before + String.join("\n", rows) + "\n");
    }
    List<String> table =
        Files.readAllLines(DOCUMENT).stream().filter(line -> line.endsWith("IT` |")).toList();
    assertThat(table).hasSameSizeAs(ALL).containsAll(rows);
  }

  /** Null if the test has not run. */
  private static Path report(Tested tested) throws IOException {
    Path directory = ROOT.resolve(tested.reports());
    if (!Files.isDirectory(directory)) {
      return null;
    }
    try (var reports = Files.list(directory)) {
      return reports
          .filter(file -> file.getFileName().toString().startsWith("TEST-"))
          .filter(file -> file.getFileName().toString().endsWith("." + tested.test() + ".xml"))
          .findFirst()
          .orElse(null);
    }
  }

  private static String row(Tested tested, String report) {
    Matcher suite = SUITE.matcher(report);
    assertThat(suite.find()).as("%s: a report", tested).isTrue();
    assertThat(Integer.parseInt(suite.group(1))).as("%s: tests", tested).isPositive();
    assertThat(suite.group(2)).as("%s: errors", tested).isEqualTo("0");
    assertThat(suite.group(3)).as("%s: failures", tested).isEqualTo("0");
    Matcher classPath = CLASS_PATH.matcher(report);
    assertThat(classPath.find()).as("%s: a class path", tested).isTrue();
    Matcher jar =
        Pattern.compile("/" + Pattern.quote(tested.artifact()) + "-(\\d[^/:;]*)\\.jar")
            .matcher(classPath.group(1));
    assertThat(jar.find()).as("%s: its jar", tested).isTrue();
    return "| " + tested.library() + " | " + jar.group(1) + " | `" + tested.test() + "` |";
  }
}
