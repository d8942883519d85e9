package dev.lockstep.testkit.simulation;

import dev.lockstep.server.log.CommittedEntry;
import dev.lockstep.server.log.LogFailure;
import dev.lockstep.server.log.LogStatus;
import dev.lockstep.server.log.Proposal;
import dev.lockstep.server.log.StateMachine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** A state machine that keeps a list of numbers in a file of its member. */
final class NumberedMachine implements StateMachine {
  /** A number on its way; remembers how it ended. */
  static final class Number implements Proposal {
    final long value;
    private final byte[] command;
    int applied;
    final List<LogFailure> failures = new ArrayList<>();

    Number(long value) {
      this.value = value;
      this.command = ByteBuffer.allocate(8).putLong(value).array();
    }

    @Override
    public byte[] command() {
      return command;
    }

    @Override
    public void failed(LogFailure failure) {
      failures.add(failure);
    }

    boolean ended() {
      return applied + failures.size() > 0;
    }
  }

  /** What survives a crash. */
  static final class Disk {
    long index;
    final List<Long> numbers = new ArrayList<>();
  }

  private final Disk disk;
  private boolean leads;
  long loads;

  NumberedMachine(Disk disk) {
    this.disk = disk;
  }

  boolean leads() {
    return leads;
  }

  @Override
  public void apply(Iterator<CommittedEntry> batch) {
    while (batch.hasNext()) {
      CommittedEntry entry = batch.next();
      long value = ByteBuffer.wrap(entry.command()).getLong();
      if (entry.index() > disk.index) {
        disk.index = entry.index();
        disk.numbers.add(value);
      } else if (entry.proposal() != null) {
        throw new IllegalStateException("an entry that was applied before has a proposal");
      }
      if (entry.proposal() instanceof Number number) {
        number.applied++;
      }
    }
  }

  @Override
  public SnapshotWriter beginSnapshot() {
    ByteBuffer content = ByteBuffer.allocate(8 + 8 * disk.numbers.size()).putLong(disk.index);
    disk.numbers.forEach(content::putLong);
    return new SnapshotWriter() {
      @Override
      public void write(Path directory) throws IOException {
        Files.write(directory.resolve("numbers"), content.array());
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void loadSnapshot(Path directory, long index, long term) throws IOException {
    ByteBuffer content = ByteBuffer.wrap(Files.readAllBytes(directory.resolve("numbers")));
    if (index <= disk.index) {
      return;
    }
    loads++;
    disk.numbers.clear();
    disk.index = content.getLong();
    while (content.hasRemaining()) {
      disk.numbers.add(content.getLong());
    }
    disk.index = index;
  }

  @Override
  public void leadershipGained(long term) {
    if (leads) {
      throw new IllegalStateException("leads already");
    }
    leads = true;
  }

  @Override
  public void leadershipLost(LogStatus status) {
    if (!leads) {
      throw new IllegalStateException("did not lead");
    }
    leads = false;
  }

  @Override
  public void leaderChanged(String leader, long term) {}

  @Override
  public void stopped(String reason) {}
}
