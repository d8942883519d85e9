package dev.lockstep.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The libraries that a node runs with are those of {@code docs/DEPENDENCIES.md}. */
final class RuntimeLibrariesIT {
  private static final Path DOCUMENT = Path.of("../docs/DEPENDENCIES.md");
  private static final Path LIBRARIES = Path.of("target/lib");
  private static final Pattern JAR = Pattern.compile("(.+?)-(\\d+\\.[\\w.-]*)\\.jar");

  /**
   * A line of the table.
   *
   * @param names of artifacts; one that ends in {@code *} stands for all that begin like it
   * @param versions of the artifacts, as they stand there
   */
  private record Line(List<String> names, String versions, String licence) {
    boolean names(String artifact) {
      return names.stream()
          .anyMatch(
              name ->
                  name.endsWith("*")
                      ? artifact.startsWith(name.substring(0, name.length() - 1))
                      : artifact.equals(name));
    }
  }

  @Test
  void eachLibraryIsDocumentedWithItsVersionAndLicence() throws IOException {
    List<Line> table = table();
    List<String> missing = new ArrayList<>();
    int found = 0;
    try (Stream<Path> files = Files.list(LIBRARIES)) {
      for (Path file : files.toList()) {
        Matcher jar = JAR.matcher(file.getFileName().toString());
        assertThat(jar.matches()).as("%s", file).isTrue();
        String artifact = jar.group(1);
        if (artifact.startsWith("lockstep-")) {
          continue;
        }
        found++;
        // Native libraries have their platform behind the version.
        String version = jar.group(2).replaceFirst("-(linux|osx|empty)-.*", "");
        if (table.stream()
            .noneMatch(line -> line.names(artifact) && line.versions().contains(version))) {
          missing.add(artifact + " " + version);
        }
      }
    }
    assertThat(missing).isEmpty();
    assertThat(found).isGreaterThan(40);
    assertThat(table).allSatisfy(line -> assertThat(line.licence()).isNotBlank());
  }

  private static List<Line> table() throws IOException {
    return Files.readAllLines(DOCUMENT).stream()
        .dropWhile(line -> !line.startsWith("|---"))
        .skip(1)
        .takeWhile(line -> line.startsWith("|"))
        .map(line -> line.split("\\|", -1))
        .map(cells -> new Line(names(cells[1]), cells[2].strip(), cells[3]))
        .toList();
  }

  /** Of {@code org.example:one-core, -api, other (with this)}: one-core, one-api and other. */
  private static List<String> names(String cell) {
    List<String> names = new ArrayList<>();
    for (String part : cell.replaceAll("\\(.*?\\)", "").split(",", -1)) {
      String name = part.strip().replaceFirst("^with ", "").replaceFirst("^.*:", "");
      if (name.startsWith("-")) {
        String first = names.get(0);
        name = first.substring(0, first.lastIndexOf('-')) + name;
      }
      names.add(name);
    }
    return names;
  }
}
