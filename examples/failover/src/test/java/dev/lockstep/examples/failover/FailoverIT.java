package dev.lockstep.examples.failover;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

final class FailoverIT {
  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path directory;

  /** But for the numbers, which differ each time. */
  @Test
  void programPrintsWhatTheReadmeSays() throws Exception {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    Failover.run(directory, new PrintStream(output, true, StandardCharsets.UTF_8));

    assertThat(withoutNumbers(Files.readString(Path.of("README.md"))))
        .contains(withoutNumbers(output.toString(StandardCharsets.UTF_8)));
  }

  private static String withoutNumbers(String text) {
    return text.replaceAll("\\d+", "#");
  }
}
