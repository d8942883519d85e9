package dev.lockstep.examples.flyway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.junit.LockstepExtension;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class MigrationsIT {
  @RegisterExtension static final LockstepExtension LOCKSTEP = LockstepExtension.threeNodes();

  @Test
  void programPrintsWhatTheReadmeSays() throws Exception {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    Migrations.run(LOCKSTEP.jdbcUrl(), new PrintStream(output, true, StandardCharsets.UTF_8));

    assertThat(output.toString(StandardCharsets.UTF_8)).contains("at once, have applied 4");
    assertThat(Files.readString(Path.of("README.md")))
        .contains(output.toString(StandardCharsets.UTF_8));
  }
}
