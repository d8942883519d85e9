package dev.lockstep.server.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * SQLite finds no memory: no replica answers otherwise than the others for that. In processes of
 * their own, whose address space is limited while they run; left out where that cannot be done.
 */
final class NoMemoryIT {
  @TempDir Path directory;

  @BeforeAll
  static void canLimit() {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/prlimit"))
            && Files.isReadable(Path.of("/proc/self/status")),
        "prlimit is needed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"read", "step", "apply"})
  void missingMemoryIsNeverAResult(String place) throws Exception {
    Path output = directory.resolve("output");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                NoMemory.class.getName(),
                directory.resolve("data").toString(),
                place)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor()).as(() -> read(output)).isZero();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (java.io.IOException e) {
      return e.toString();
    }
  }
}
