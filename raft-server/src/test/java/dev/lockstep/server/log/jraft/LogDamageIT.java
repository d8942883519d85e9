package dev.lockstep.server.log.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.lockstep.server.log.jraft.LogCluster.Running;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A member whose files were damaged while it was stopped. */
@Timeout(120)
final class LogDamageIT {
  private static final int ENTRIES = 60;

  @TempDir Path root;
  private LogCluster cluster;
  private List<String> written;

  @BeforeEach
  void writeAndStop() throws Exception {
    cluster = new LogCluster(root, 1).startAll();
    written = new ArrayList<>();
    Running leader = cluster.leader();
    for (int i = 0; i < ENTRIES; i++) {
      // One after another, each in a record of its own.
      WaitingProposal proposal = leader.propose("entry-" + i);
      proposal.index();
      written.add(proposal.text());
    }
    cluster.stop(leader);
  }

  @AfterEach
  void closeAll() {
    cluster.close();
  }

  private Path log() {
    return cluster.directory("n0").resolve("log");
  }

  private Path vote() {
    return cluster.directory("n0").resolve("meta").resolve("vote");
  }

  /** The newest file of a kind that is not empty. */
  private Path newest(String suffix) throws IOException {
    try (Stream<Path> files = Files.list(log())) {
      return files
          .filter(file -> file.toString().endsWith(suffix) && file.toFile().length() > 0)
          .max(Comparator.comparing(Path::toString))
          .orElseThrow();
    }
  }

  private static void flip(Path file, long position) throws IOException {
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.seek(position);
      int value = access.read();
      access.seek(position);
      access.write(value ^ 0x10);
    }
  }

  private void assertRefused(String... words) {
    assertThatThrownBy(() -> cluster.start("n0"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("FAULTS.md")
        .hasMessageContaining(root.toString())
        .hasMessageContainingAll(words);
  }

  private List<String> commandsAfterStart() throws IOException {
    Running member = cluster.start("n0");
    await().atMost(LogCluster.PATIENCE).until(member::leads);
    return member.machine().commands();
  }

  @Test
  void anEndThatWasCutOffIsTolerated() throws Exception {
    Path file = newest(".log");
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.setLength(access.length() - 3);
    }

    List<String> found = commandsAfterStart();

    assertThat(found).isEqualTo(written.subList(0, found.size()));
    // What is gone was appended together at the very end.
    assertThat(found).isNotEmpty();
  }

  @Test
  void anythingElseInTheMiddleIsRefusedAndNothingIsDropped() throws Exception {
    Path file = newest(".log");
    long middle = Files.size(file) / 2;
    flip(file, middle);

    assertRefused("damaged at byte", file.getFileName().toString());
    assertRefused("damaged at byte");

    flip(file, middle);
    assertThat(commandsAfterStart()).isEqualTo(written);
  }

  @Test
  void aDamagedLengthIsNotTakenForTheEnd() throws Exception {
    Path file = newest(".log");
    byte[] original = Files.readAllBytes(file);
    // The length of the first record, then others' checksums, types and contents.
    for (int position : new int[] {5, 0, 6, 40, original.length / 3, original.length - 200}) {
      flip(file, position);
      assertRefused("damaged at byte", file.getFileName().toString());
      Files.write(file, original);
    }
    assertThat(commandsAfterStart()).isEqualTo(written);
  }

  @Test
  void aStateThatIsAheadOfItsLogIsRefused() throws Exception {
    Path file = newest(".log");
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.setLength(access.length() / 2);
    }

    // RocksDB cannot tell this from a power failure; the state can.
    assertThatThrownBy(
            () ->
                JRaftLog.open(
                    cluster.options("n0"),
                    new ListMachine() {
                      @Override
                      public synchronized long appliedIndex() {
                        return ENTRIES;
                      }
                    }))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("ends at index")
        .hasMessageContaining("applied index " + ENTRIES);
  }

  @Test
  void aDamagedEntryInASortedFileIsRefused() throws Exception {
    // On start RocksDB moves the entries out of its write-ahead log.
    assertThat(commandsAfterStart()).isEqualTo(written);
    cluster.stop(cluster.leader());
    Path table = newest(".sst");
    flip(table, 20);

    assertRefused("damaged");
  }

  @Test
  void aMissingFileIsRefused() throws Exception {
    commandsAfterStart();
    cluster.stop(cluster.leader());
    Files.delete(newest(".sst"));

    assertRefused("damaged");
  }

  @Test
  void aMissingLogIsRefused() throws Exception {
    try (Stream<Path> files = Files.walk(log())) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }

    assertRefused("missing", "voted");
  }

  @Test
  void aMissingVoteIsRefused() throws Exception {
    Files.delete(vote());

    assertRefused("vote", "missing");
  }

  @Test
  void aDamagedVoteIsRefused() throws Exception {
    byte[] original = Files.readAllBytes(vote());
    for (int position = 0; position < original.length; position += 9) {
      flip(vote(), position);
      assertRefused("vote");
      Files.write(vote(), original);
    }
    Files.write(vote(), Arrays.copyOf(original, original.length - 1));
    assertRefused("vote");

    Files.write(vote(), original);
    assertThat(commandsAfterStart()).isEqualTo(written);
  }

  @Test
  void aResetThatACrashInterruptedIsFinished() throws Exception {
    // The log was being thrown away because a snapshot had replaced it.
    Files.createFile(log().resolveSibling("log.resetting"));
    Files.delete(log().resolve("CURRENT"));

    assertThat(commandsAfterStart()).isEmpty();
    assertThat(log().resolveSibling("log.resetting")).doesNotExist();
  }
}
