package dev.lockstep.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.jdbc.metadata.DeclaredType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.JDBCType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DocumentationTest {
  @Test
  void docsListEveryPropertyWithItsDefaultInTheOrderOfTheTable() throws IOException {
    List<String> documented =
        Files.readAllLines(Path.of("../docs/JDBC.md")).stream()
            .dropWhile(line -> !line.equals("## Properties"))
            .skip(1)
            .takeWhile(line -> !line.startsWith("## "))
            .filter(line -> line.startsWith("| `"))
            .map(line -> line.split("\\|", -1))
            .map(cells -> cells[1].strip() + "=" + cells[2].strip())
            .toList();
    assertThat(documented)
        .containsExactlyElementsOf(
            ConnectionProperty.ALL.stream()
                .map(
                    property ->
                        "`"
                            + property.name()
                            + "`="
                            + (property.defaultText().isEmpty()
                                ? ""
                                : "`" + property.defaultText() + "`"))
                .toList());
  }

  @Test
  void docsListEveryDeclaredTypeWithWhatItIs() throws IOException {
    List<String> documented = new ArrayList<>();
    for (String line : section("| declared |", "A length or")) {
      String[] cells = line.split("\\|", -1);
      for (String name : cells[1].strip().replace("`", "").split(", ", -1)) {
        DeclaredType type = DeclaredType.of(name);
        String javaClass = type.className().equals("[B") ? "byte[]" : type.className();
        String size = type.size() == Integer.MAX_VALUE ? "" : String.valueOf(type.size());
        assertThat(List.of(cells[2].strip(), cells[3].strip(), cells[4].strip()))
            .as(name)
            .containsExactly(
                JDBCType.valueOf(type.jdbcType()).getName(), "`" + javaClass + "`", size);
        documented.add(name);
      }
    }
    assertThat(documented).containsExactlyInAnyOrderElementsOf(DeclaredType.names());
  }

  @Test
  void docsListEveryDifferenceFromSqliteJdbc() throws IOException {
    assertThat(section("Getters:", "Setters:"))
        .containsExactlyElementsOf(
            Arrays.stream(GetterRule.values()).map(rule -> "- " + rule.reason()).toList());
    assertThat(section("Setters:", "### Escapes"))
        .containsExactlyElementsOf(
            Arrays.stream(SetterRule.values()).map(rule -> "- " + rule.reason()).toList());
  }

  /** The rows and points between two lines that begin so. */
  private static List<String> section(String begin, String end) throws IOException {
    return Files.readAllLines(Path.of("../docs/JDBC.md")).stream()
        .dropWhile(line -> !line.startsWith(begin))
        .skip(1)
        .takeWhile(line -> !line.startsWith(end))
        .filter(line -> line.startsWith("- ") || line.startsWith("| `"))
        .toList();
  }
}
