package dev.lockstep.server.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The generations of a database's state: directories named by numbers, each with one {@code
 * data.db} and its WAL. A generation is written under a name ending in {@code .new}, forced to the
 * disk, and renamed: so a directory named by a number alone is complete, the highest of them is the
 * state, and everything else is rubbish.
 */
final class StateDirectory {
  static final String FILE = "data.db";
  private static final String UNFINISHED = ".new";

  private final Path directory;
  private final Disk disk;
  private long generation;

  private StateDirectory(Path directory, Disk disk, long generation) {
    this.directory = directory;
    this.disk = disk;
    this.generation = generation;
  }

  /** Writes the first content of a generation, and checks it. */
  interface Content {
    /**
     * @param target the file to write; other files beside it must be gone afterwards
     */
    void write(Path target) throws IOException;
  }

  /**
   * Finds the state and removes rubbish.
   *
   * @param first makes the first generation if there is none
   */
  static StateDirectory open(Path directory, Disk disk, Content first) throws IOException {
    Files.createDirectories(directory);
    StateDirectory state = new StateDirectory(directory, disk, 0);
    state.generation = state.generations().stream().mapToLong(Long::longValue).max().orElse(0);
    state.removeRubbish(state.generation);
    if (state.generation == 0) {
      state.install(first);
    }
    return state;
  }

  /** The file with the state. */
  Path file() {
    return directoryOf(generation).resolve(FILE);
  }

  /**
   * Makes the next generation the state. On failure, or a crash at any point, either the former
   * generation is the state, or the whole new one is.
   */
  void install(Content content) throws IOException {
    Path unfinished = directory.resolve(generation + 1 + UNFINISHED);
    if (Files.exists(unfinished)) {
      disk.deleteTree(unfinished);
    }
    disk.makeDirectory(unfinished);
    content.write(unfinished.resolve(FILE));
    disk.force(unfinished.resolve(FILE));
    disk.force(unfinished);
    disk.rename(unfinished, directoryOf(generation + 1));
    disk.force(directory);
    generation++;
  }

  /** Removes all generations before the former one, which readers may still have open. */
  void removeFormer() throws IOException {
    removeRubbish(generation - 1);
  }

  private void removeRubbish(long oldestKept) throws IOException {
    for (Path entry : entries()) {
      long number = numberOf(entry);
      if (number < oldestKept || number > generation) {
        disk.deleteTree(entry);
      }
    }
  }

  private List<Long> generations() throws IOException {
    List<Long> numbers = new ArrayList<>();
    for (Path entry : entries()) {
      if (numberOf(entry) > 0) {
        numbers.add(numberOf(entry));
      }
    }
    return numbers;
  }

  private List<Path> entries() throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.toList();
    }
  }

  /** The generation's number, or -1 for anything else. */
  private static long numberOf(Path entry) {
    String name = entry.getFileName().toString();
    return name.matches("[1-9][0-9]{0,17}") ? Long.parseLong(name) : -1;
  }

  private Path directoryOf(long number) {
    return directory.resolve(Long.toString(number));
  }
}
