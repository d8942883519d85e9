package dev.lockstep.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
}
