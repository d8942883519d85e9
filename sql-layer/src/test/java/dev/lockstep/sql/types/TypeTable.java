package dev.lockstep.sql.types;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Lines of a file of this package's tests: what is expected, a bar, a statement. */
record TypeTable(String expected, String sql) {

  static List<TypeTable> read(String name) throws IOException {
    try (InputStream in = TypeTable.class.getResourceAsStream("/types/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(line -> new TypeTable(line.split(" \\| ")[0], line.split(" \\| ", 2)[1]))
          .toList();
    }
  }

  static String text(ValueType type, Nullability nullability) {
    return type.declaration()
        + switch (nullability) {
          case NEVER -> "!";
          case POSSIBLE -> "";
          case UNKNOWN -> "?";
        };
  }
}
