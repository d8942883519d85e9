package dev.lockstep.sql;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The tables of {@code docs/DETERMINISM.md}. */
final class DeterminismTables {
  private DeterminismTables() {}

  /** The cells of the rows of the table whose header begins with the given cell. */
  static List<List<String>> rows(String firstHeader) throws IOException {
    List<List<String>> rows = new ArrayList<>();
    boolean inside = false;
    for (String line : Files.readAllLines(Path.of("..", "docs", "DETERMINISM.md"))) {
      if (line.startsWith("| " + firstHeader + " |")) {
        inside = true;
      } else if (!line.startsWith("|")) {
        inside = false;
      } else if (inside && !line.startsWith("|---")) {
        rows.add(cells(line));
      }
    }
    return rows;
  }

  private static List<String> cells(String line) {
    List<String> cells = new ArrayList<>();
    for (String cell : line.substring(1, line.length() - 1).split("\\|")) {
      cells.add(cell.strip().replace("`", ""));
    }
    return cells;
  }
}
