package dev.lockstep.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.jdbc.fake.FakeCluster;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar as it is shipped: one file that needs nothing but Java. */
final class DriverJarIT {
  private static final long SIZE_BYTES_MAX = 600_000;
  private static final int JAVA_17 = 61;
  private static final String MODULES = "java.base,java.sql";

  @TempDir Path directory;
  private static Path jar;

  @BeforeAll
  static void findJar() throws IOException {
    jar = jar();
  }

  /** The one that was just built. */
  static Path jar() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("target"))) {
      List<Path> jars =
          files
              .filter(file -> file.getFileName().toString().matches("lockstep-jdbc-[0-9.]+\\.jar"))
              .toList();
      assertThat(jars).hasSize(1);
      return jars.get(0);
    }
  }

  private static List<JarEntry> entries(JarFile file) {
    return file.stream().filter(entry -> !entry.isDirectory()).toList();
  }

  @Test
  void itIsSmallAndHoldsNothingButItself() throws IOException {
    assertThat(Files.size(jar)).isLessThan(SIZE_BYTES_MAX);
    try (JarFile file = new JarFile(jar.toFile())) {
      assertThat(entries(file))
          .extracting(JarEntry::getName)
          .allMatch(
              name ->
                  name.startsWith("dev/lockstep/jdbc/")
                      || name.startsWith("META-INF/")
                      || name.equals("module-info.class"))
          .contains(
              "module-info.class",
              "META-INF/LICENSE",
              "META-INF/NOTICE",
              "META-INF/native-image/dev.lockstep/lockstep-jdbc/reflect-config.json")
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void itIsForJava17() throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      for (JarEntry entry : entries(file)) {
        if (entry.getName().endsWith(".class")) {
          try (DataInputStream in = new DataInputStream(file.getInputStream(entry))) {
            assertThat(in.readInt()).isEqualTo(0xCAFEBABE);
            in.readUnsignedShort();
            assertThat(in.readUnsignedShort()).as(entry.getName()).isEqualTo(JAVA_17);
          }
        }
      }
    }
  }

  @Test
  void itSaysWhatItIs() throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      Manifest manifest = file.getManifest();
      assertThat(manifest.getMainAttributes().getValue("Automatic-Module-Name"))
          .isEqualTo("dev.lockstep.jdbc");
      assertThat(manifest.getMainAttributes().getValue("Implementation-Version"))
          .isEqualTo(DriverVersion.TEXT);
      assertThat(text(file, "META-INF/services/java.sql.Driver"))
          .isEqualToIgnoringNewLines("dev.lockstep.jdbc.Driver");
    }
  }

  private static String text(JarFile file, String name) throws IOException {
    return new String(
        file.getInputStream(file.getEntry(name)).readAllBytes(), StandardCharsets.UTF_8);
  }

  /**
   * All classes are loaded with what their methods name, so that one that was left out would be
   * missed.
   */
  @Test
  void itsClassesAreComplete() throws Exception {
    URL[] urls = {jar.toUri().toURL()};
    int messages = 0;
    try (JarFile file = new JarFile(jar.toFile());
        URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
      for (JarEntry entry : entries(file)) {
        if (!entry.getName().endsWith(".class") || entry.getName().endsWith("-info.class")) {
          continue;
        }
        String name = entry.getName().replace('/', '.').replaceAll("\\.class$", "");
        Class<?> type = Class.forName(name, false, loader);
        assertThat(type.getDeclaredMethods()).as(name).isNotNull();
        if (type.isSealed()) {
          assertThat(type.getPermittedSubclasses()).as(name).isNotEmpty();
          messages += type.getPermittedSubclasses().length;
        }
      }
    }
    assertThat(messages).as("messages of the protocol").isGreaterThan(20);
  }

  /**
   * What is missing is not asked for here: the compiler names in a class's constants where the
   * constants that it has copied come from, and nothing ever looks for these classes.
   */
  @Test
  void itNeedsNothingButModulesOfJava() {
    StringWriter output = new StringWriter();
    int code =
        ToolProvider.findFirst("jdeps")
            .orElseThrow()
            .run(
                new PrintWriter(output, true),
                new PrintWriter(output, true),
                "--print-module-deps",
                "--ignore-missing-deps",
                jar.toString());
    assertThat(output.toString().strip()).isEqualTo(MODULES);
    assertThat(code).isZero();
  }

  @Test
  void applicationsRunWithItOnTheClassPath() throws Exception {
    assertThat(run("-cp", jar.toString())).containsExactly("one", "null");
  }

  @Test
  void applicationsRunWithItOnTheModulePath() throws Exception {
    assertThat(run("-p", jar.toString(), "--add-modules", "dev.lockstep.jdbc"))
        .containsExactly("one", "dev.lockstep.jdbc");
  }

  /** Runs an application; whatever anybody logs would be among its lines. */
  private List<String> run(String... path) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(path));
    command.add(Path.of("src/test/resources/jar/Probe.java").toString());
    Path output = directory.resolve("output");
    try (FakeCluster cluster = new FakeCluster(3)) {
      cluster.lay("SELECT 1", List.<Object[]>of(new Object[] {1L, "one"}));
      command.add(cluster.url(""));
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      assertThat(process.waitFor()).as("%s", Files.readString(output)).isZero();
      assertThat(cluster.applied()).containsExactly("INSERT ? [1]");
    }
    return Files.readAllLines(output);
  }
}
