package dev.lockstep.server.log.jraft;

import dev.lockstep.server.log.LogOptions;
import dev.lockstep.server.log.LogStatus;
import dev.lockstep.server.log.SnapshotRules;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * The main of a member in a process of its own, to be killed. While it leads it writes commands,
 * and prints each that was acknowledged. Ends when its standard input does.
 */
final class MemberProcess {
  private static final int IN_FLIGHT = 16;
  private static final long PAUSE_NANOS = 5_000_000;

  private MemberProcess() {}

  public static void main(String[] arguments) throws Exception {
    String id = arguments[0];
    Path directory = Path.of(arguments[1]);
    List<LogOptions.Member> members = new ArrayList<>();
    for (int i = 2; i < arguments.length; i++) {
      members.add(
          new LogOptions.Member("n" + (i - 2), "127.0.0.1", Integer.parseInt(arguments[i])));
    }
    Thread watch = new Thread(MemberProcess::exitWithParent, "parent-watch");
    watch.setDaemon(true);
    watch.start();
    LogOptions options =
        new LogOptions(
            "shop",
            id,
            members,
            directory,
            LogOptions.DEFAULT_ELECTION_TIMEOUT_MILLIS,
            SnapshotRules.DEFAULT.withLogBytes(0),
            LogOptions.DEFAULT_PROPOSALS_MAX);
    write(JRaftLog.open(options, new ListMachine()));
  }

  private static void exitWithParent() {
    try {
      while (System.in.read() >= 0) {
        // Nothing is said to it; the end is the message.
      }
    } catch (java.io.IOException e) {
      // As the end.
    }
    Runtime.getRuntime().halt(0);
  }

  private static void write(JRaftLog log) {
    Deque<WaitingProposal> open = new ArrayDeque<>();
    for (int next = 0; ; ) {
      LogStatus status = log.status();
      if (!status.leads()) {
        LockSupport.parkNanos(PAUSE_NANOS);
        continue;
      }
      WaitingProposal proposal = new WaitingProposal("child-" + next++);
      open.add(proposal);
      log.propose(status.term(), proposal);
      if (open.size() == IN_FLIGHT) {
        WaitingProposal oldest = open.remove();
        oldest.index();
        System.out.println("ack " + oldest.text());
      }
    }
  }
}
