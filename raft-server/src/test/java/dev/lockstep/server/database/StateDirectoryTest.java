package dev.lockstep.server.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The generations of a state's files. */
final class StateDirectoryTest {
  @TempDir Path directory;

  private static StateDirectory.Content text(String content) {
    return target -> Files.writeString(target, content);
  }

  private static StateDirectory.Content none() {
    return target -> {
      throw new AssertionError("a first generation is not needed");
    };
  }

  private List<String> names() throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void firstGenerationIsMadeOnce() throws IOException {
    StateDirectory.open(directory, new Disk(), text("one"));
    StateDirectory state = StateDirectory.open(directory, new Disk(), none());
    assertThat(state.file()).hasContent("one");
    assertThat(names()).containsExactly("1");
  }

  @Test
  void highestCompleteGenerationIsTheStateAndTheRestIsRemoved() throws IOException {
    for (String name : List.of("2", "10", "11.new", "9", "x")) {
      Files.createDirectory(directory.resolve(name));
      Files.writeString(directory.resolve(name).resolve("data.db"), name);
    }
    StateDirectory state = StateDirectory.open(directory, new Disk(), none());
    assertThat(state.file()).hasContent("10");
    assertThat(names()).containsExactly("10");
  }

  @Test
  void installKeepsTheFormerGenerationForItsReaders() throws IOException {
    StateDirectory state = StateDirectory.open(directory, new Disk(), text("one"));
    state.install(text("two"));
    state.removeFormer();
    state.install(text("three"));
    state.removeFormer();
    assertThat(state.file()).hasContent("three");
    assertThat(names()).containsExactly("2", "3");
  }

  @Test
  void failedInstallLeavesTheStateAsItWas() throws IOException {
    StateDirectory state = StateDirectory.open(directory, new Disk(), text("one"));
    assertThatThrownBy(
            () ->
                state.install(
                    target -> {
                      Files.writeString(target, "half");
                      throw new IOException("no room");
                    }))
        .hasMessage("no room");
    assertThat(state.file()).hasContent("one");
    state.install(text("two"));
    assertThat(state.file()).hasContent("two");
  }

  @Test
  void crashAfterAnyOperationOfAnInstallLeavesOneWholeGeneration() throws IOException {
    boolean completed = false;
    for (int operations = 0; !completed; operations++) {
      Path place = directory.resolve(Integer.toString(operations));
      StateDirectory state = StateDirectory.open(place, new Disk(), text("one"));
      CrashingDisk disk = new CrashingDisk(operations);
      StateDirectory crashing = StateDirectory.open(place, disk, none());
      try {
        crashing.install(text("two"));
        crashing.removeFormer();
        completed = true;
      } catch (CrashingDisk.Crash expected) {
        // The process is gone; the next start finds what is there.
      }
      StateDirectory found = StateDirectory.open(place, new Disk(), none());
      assertThat(Files.readString(found.file())).isIn("one", "two");
      assertThat(found.file().getParent().getParent()).isEqualTo(place);
      assertThat(state.file().getFileName()).hasToString("data.db");
      if (completed) {
        assertThat(operations).isGreaterThan(3);
        assertThat(found.file()).hasContent("two");
      }
    }
  }

  @Test
  void crashWhileTheFirstGenerationIsMadeIsForgotten() throws IOException {
    for (int operations = 0; operations < 4; operations++) {
      Path place = directory.resolve(Integer.toString(operations));
      CrashingDisk disk = new CrashingDisk(operations);
      assertThatThrownBy(() -> StateDirectory.open(place, disk, text("half")))
          .isInstanceOf(CrashingDisk.Crash.class);
      assertThat(StateDirectory.open(place, new Disk(), text("one")).file()).hasContent("one");
    }
  }
}
