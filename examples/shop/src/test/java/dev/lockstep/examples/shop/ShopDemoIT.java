package dev.lockstep.examples.shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The demonstration as its user starts it, a process of its own, but for a short time. */
final class ShopDemoIT {
  private static final int LIMIT_SECONDS = 240;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path directory;

  @Test
  void noOrderIsLostWhenTheLeaderIsKilled() throws Exception {
    Path data = directory.resolve("data");

    Ended demo =
        run(
            "--exit",
            "--seconds",
            "6",
            "--data",
            data.toString(),
            "--port",
            "" + FreePorts.first());

    assertThat(demo.output()).contains("PASSED").doesNotContain("\tat ");
    assertThat(demo.exitCode()).isZero();
    assertThat(data.resolve("n3.log")).exists();
  }

  @Test
  void portInUseIsToldInOneLine() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      int port = socket.getLocalPort();

      Ended demo = run("--exit", "--data", directory.resolve("d").toString(), "--port", "" + port);

      assertThat(demo.output())
          .contains("FAILED: Port " + port + " is in use")
          .doesNotContain("\tat ");
      assertThat(demo.exitCode()).isEqualTo(1);
    }
  }

  @Test
  void directoryThatIsNotEmptyIsLeftAlone() throws Exception {
    Files.writeString(directory.resolve("letter.txt"), "dear");

    Ended demo = run("--exit", "--data", directory.toString());

    assertThat(demo.output()).contains("is not empty").doesNotContain("\tat ");
    assertThat(demo.exitCode()).isEqualTo(1);
  }

  private record Ended(int exitCode, String output) {}

  private Ended run(String... options) throws IOException, InterruptedException {
    Path output = Files.createTempFile(directory.getParent(), "shop-demo", ".txt");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                ShopDemo.class.getName()));
    command.addAll(List.of(options));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).as("ended in time").isTrue();
      return new Ended(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
    } finally {
      process.destroyForcibly();
      Files.delete(output);
    }
  }
}
