package dev.lockstep.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the documents tell their readers to type exists. */
final class DocumentationTest {
  /** Tests run in the directory of their module. */
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent().getParent();

  private static final List<String> DOCUMENTS =
      List.of(
          "README.md",
          "docs/BENCHMARKS.md",
          "docs/COMPATIBILITY.md",
          "docs/FRAMEWORKS.md",
          "docs/RELEASING.md",
          "examples/README.md",
          "examples/shop/README.md",
          "examples/plain-jdbc/README.md",
          "examples/failover/README.md",
          "examples/flyway/README.md",
          "examples/spring-boot/README.md");
  private static final Pattern SHELL_BLOCK = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]+)\\)");
  private static final Pattern OPTION = Pattern.compile("(?<=\\s)--[a-z][a-z-]*");
  private static final Pattern MAIN_CLASS =
      Pattern.compile("dev\\.lockstep(\\.[a-z]+)+\\.[A-Z]\\w+");
  private static final Pattern PROPERTY = Pattern.compile("<([a-z0-9.-]+)>([^<>]+)</\\1>");
  private static final Pattern ARTIFACT =
      Pattern.compile(
          "<groupId>(.*?)</groupId>\\s*<artifactId>(.*?)</artifactId>\\s*<version>(.*?)</version>");

  private static final Pattern JAR =
      Pattern.compile("(?:lockstep-[a-z-]+-|lockstep-bom:)(\\d+\\.\\d+\\.\\d+)");
  private static final Pattern MODULE = Pattern.compile("\\| `(lockstep-[a-z-]+)` \\|");

  private static Stream<String> commands() throws IOException {
    List<String> commands = new ArrayList<>();
    for (String document : DOCUMENTS) {
      Matcher blocks = SHELL_BLOCK.matcher(Files.readString(ROOT.resolve(document)));
      while (blocks.find()) {
        blocks
            .group(1)
            .lines()
            .map(String::strip)
            .filter(line -> !line.isEmpty())
            .forEach(commands::add);
      }
    }
    return commands.stream();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void commandExistsAndHasTheOptionsItIsGiven(String command) throws IOException {
    String program = command.split(" ", 2)[0];
    if (program.equals("java")) {
      requireOptions(command, command);
      return;
    }
    Path script = ROOT.resolve(program);
    assertThat(script).isExecutable();
    if (!program.equals("./mvnw")) {
      requireOptions(command, Files.readString(script));
    }
  }

  @Test
  void theTwoCommandsOfTheQuickStartAreThere() throws IOException {
    assertThat(commands()).contains("examples/run-shop.sh", "./mvnw verify");
  }

  @Test
  void linksLeadSomewhere() throws IOException {
    for (String document : DOCUMENTS) {
      Path file = ROOT.resolve(document);
      Matcher links = LINK.matcher(Files.readString(file));
      while (links.find()) {
        assertThat(file.resolveSibling(links.group(1))).exists();
      }
    }
  }

  @Test
  void mavenCoordinatesAreThoseOfTheModules() throws IOException {
    String bom = Files.readString(ROOT.resolve("bom/pom.xml"));
    String readme = Files.readString(ROOT.resolve("README.md"));
    Matcher versions = ARTIFACT.matcher(readme);
    assertThat(versions.find()).isTrue();
    assertThat(bom)
        .contains("<groupId>" + versions.group(1) + "</groupId>")
        .contains("<artifactId>" + versions.group(2) + "</artifactId>")
        .contains("<version>" + versions.group(3) + "</version>");
    assertThat(versions.find()).as("more than one version").isFalse();
    List<String> named = MODULE.matcher(readme).results().map(found -> found.group(1)).toList();
    assertThat(named).hasSize(7).allMatch(name -> bom.contains("<artifactId>" + name + "<"));
  }

  @Test
  void versionsOfJarsAreThoseOfTheModules() throws IOException {
    Matcher bom = ARTIFACT.matcher(Files.readString(ROOT.resolve("bom/pom.xml")));
    assertThat(bom.find()).isTrue();
    for (String document :
        List.of("README.md", "docs/TOOLS.md", "docs/tools/dbeaver/drivers.xml")) {
      assertThat(
              JAR.matcher(Files.readString(ROOT.resolve(document)))
                  .results()
                  .map(found -> found.group(1)))
          .as(document)
          .isNotEmpty()
          .containsOnly(bom.group(3));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain-jdbc", "failover", "flyway"})
  void versionsInAnExampleAreThoseOfTheProject(String example) throws IOException {
    Map<String, String> managed = versions(Files.readString(ROOT.resolve("pom.xml")));
    managed.putAll(versions(Files.readString(ROOT.resolve("bom/pom.xml"))));
    Map<String, String> copied =
        versions(Files.readString(ROOT.resolve("examples").resolve(example).resolve("pom.xml")));
    assertThat(copied).isNotEmpty();
    assertThat(managed).containsAllEntriesOf(copied);
  }

  @Test
  void springBootIsOfOneVersion() throws IOException {
    Path pom = Path.of("spring-boot", "pom.xml");
    assertThat(properties(Files.readString(ROOT.resolve("examples").resolve(pom))))
        .containsEntry(
            "spring-boot.version",
            properties(Files.readString(ROOT.resolve(pom))).get("spring-boot.version"));
  }

  private static Map<String, String> properties(String pom) {
    Map<String, String> properties = new HashMap<>(Map.of("project.version", "0.1.0"));
    Matcher found = PROPERTY.matcher(pom);
    while (found.find()) {
      properties.put(found.group(1), found.group(2));
    }
    return properties;
  }

  /** By group and artifact; properties are replaced by their values. */
  private static Map<String, String> versions(String pom) {
    Map<String, String> properties = properties(pom);
    Map<String, String> versions = new HashMap<>();
    Matcher artifacts =
        ARTIFACT.matcher(pom.substring(pom.indexOf("<dependencies>"), pom.indexOf("</project>")));
    while (artifacts.find()) {
      String version = artifacts.group(3);
      versions.put(
          artifacts.group(1) + ":" + artifacts.group(2),
          version.startsWith("${")
              ? properties.get(version.substring(2, version.length() - 1))
              : version);
    }
    return versions;
  }

  @Test
  void driverClassIsTheOneThatTheReadmeNames() throws IOException {
    assertThat(Files.readString(ROOT.resolve("README.md"))).contains("`dev.lockstep.jdbc.Driver`");
    assertThat(source("dev.lockstep.jdbc.Driver")).exists();
  }

  /** The options stand in the source of the main class, or beside it. */
  private static void requireOptions(String command, String starter) throws IOException {
    Matcher options = OPTION.matcher(command);
    if (!options.find()) {
      return;
    }
    Matcher mainClass = MAIN_CLASS.matcher(starter);
    assertThat(mainClass.find()).as("a main class in %s", starter).isTrue();
    Path source = source(mainClass.group());
    assertThat(source).exists();
    StringBuilder sources = new StringBuilder();
    try (Stream<Path> files = Files.list(source.getParent())) {
      for (Path file : files.toList()) {
        sources.append(Files.readString(file));
      }
    }
    do {
      assertThat(sources).contains('"' + options.group() + '"');
    } while (options.find());
  }

  private static Path source(String className) throws IOException {
    Path relative = Path.of("src/main/java", className.replace('.', '/') + ".java");
    try (Stream<Path> modules = Files.list(ROOT);
        Stream<Path> examples = Files.list(ROOT.resolve("examples"))) {
      return Stream.concat(modules, examples)
          .map(module -> module.resolve(relative))
          .filter(Files::exists)
          .findFirst()
          .orElse(ROOT.resolve(relative));
    }
  }
}
