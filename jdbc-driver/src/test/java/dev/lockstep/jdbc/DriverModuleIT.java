package dev.lockstep.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.jdbc.fake.FakeCluster;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar as it is shipped, as a module of an application that is made of modules. */
final class DriverModuleIT {
  private static final Path SOURCES = Path.of("src/test/resources/module");

  @TempDir Path directory;
  private Path jar;
  private Path classes;

  @BeforeEach
  void compileApplication() throws IOException {
    jar = DriverJarIT.jar();
    classes = directory.resolve("classes");
    tool(
        "javac",
        "-p",
        jar.toString(),
        "-d",
        classes.toString(),
        SOURCES.resolve("module-info.java").toString(),
        SOURCES.resolve("application/Application.java").toString());
  }

  @Test
  void itExportsItsTwoEntrancesAndWhatOthersProvide() {
    ModuleDescriptor module =
        ModuleFinder.of(jar).find("dev.lockstep.jdbc").orElseThrow().descriptor();
    assertThat(module.isAutomatic()).isFalse();
    assertThat(module.rawVersion()).contains(DriverVersion.TEXT);
    assertThat(module.exports())
        .extracting(ModuleDescriptor.Exports::source)
        .containsExactlyInAnyOrder("dev.lockstep.jdbc", "dev.lockstep.jdbc.spi");
    assertThat(module.uses()).containsExactly("dev.lockstep.jdbc.spi.EmbeddedNodes");
  }

  @Test
  void applicationOfModulesRequiresItAndConnects() throws Exception {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    assertThat(run(java.toString(), "-p", jar + File.pathSeparator + classes))
        .containsExactly("one", "one", "false");
  }

  /** Which an automatic module cannot be. */
  @Test
  void itIsLinkedIntoTheImageOfAnApplication() throws Exception {
    Path image = directory.resolve("image");
    tool(
        "jlink",
        "-p",
        jar + File.pathSeparator + classes,
        "--add-modules",
        "application",
        "--output",
        image.toString());
    assertThat(run(image.resolve("bin/java").toString())).containsExactly("one", "one", "false");
  }

  private static void tool(String name, String... arguments) {
    StringWriter output = new StringWriter();
    PrintWriter writer = new PrintWriter(output, true);
    int code = ToolProvider.findFirst(name).orElseThrow().run(writer, writer, arguments);
    assertThat(code).as("%s", output).isZero();
  }

  private List<String> run(String... java) throws Exception {
    Path output = directory.resolve("output");
    try (FakeCluster cluster = new FakeCluster(3)) {
      cluster.lay("SELECT 1", List.<Object[]>of(new Object[] {1L, "one"}));
      List<String> command = new ArrayList<>(List.of(java));
      command.addAll(List.of("-m", "application/application.Application", cluster.url("")));
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      assertThat(process.waitFor()).as("%s", Files.readString(output)).isZero();
    }
    return Files.readAllLines(output);
  }
}
