package dev.lockstep.benchmarks;

import dev.lockstep.server.log.LogOptions;
import dev.lockstep.server.log.SnapshotRules;
import dev.lockstep.server.log.jraft.JRaftLog;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.HdrHistogram.Histogram;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The bare port: commands that a state machine without a state applies. Three members in three
 * processes, the log forced to disk; the commands are proposed in the leader's process. Shows what
 * consensus alone allows, and beside it what the disk does.
 */
@Command(name = "engine", mixinStandardHelpOptions = true, description = "Measures the bare log.")
public final class EngineBenchmark implements Callable<Integer> {
  private static final int MEMBERS = 3;

  @Option(names = "--directory", description = "on the disk to measure; default: ${DEFAULT-VALUE}")
  private Path directory = Path.of("target", "engine-benchmark");

  @Option(names = "--seconds", description = "for each figure; default: ${DEFAULT-VALUE}")
  private int seconds = 4;

  @Option(names = "--bytes", description = "of a command; default: ${DEFAULT-VALUE}")
  private int bytes = 128;

  @Option(names = "--in-flight", split = ",", description = "default: ${DEFAULT-VALUE}")
  private List<Integer> inFlight = List.of(1, 32, 64, 256);

  @Option(names = "--member", hidden = true, description = "runs as this member")
  private String member;

  @Option(names = "--ports", split = ",", hidden = true)
  private List<Integer> ports = List.of();

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new EngineBenchmark()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    if (member == null) {
      startMembers();
    } else {
      runMember();
    }
    return 0;
  }

  private void startMembers() throws Exception {
    Path run = Files.createTempDirectory(Files.createDirectories(directory), "run");
    Histogram disk = DiskProbe.fdatasync(run, 2);
    System.out.printf(
        "fdatasync of 4 KiB: %,d/s, median %,d us, p99 %,d us%n",
        (long) (1e9 / disk.getMean()),
        disk.getValueAtPercentile(50) / 1_000,
        disk.getValueAtPercentile(99) / 1_000);
    String portList =
        String.join(",", freePorts().stream().map(port -> Integer.toString(port)).toList());
    List<Process> members = new ArrayList<>();
    CountDownLatch done = new CountDownLatch(1);
    try {
      for (int i = 0; i < MEMBERS; i++) {
        Process process = startMember(run, "n" + i, portList);
        members.add(process);
        Thread reader = new Thread(() -> relay(process, done), "relay");
        reader.setDaemon(true);
        reader.start();
      }
      done.await();
    } finally {
      for (Process process : members) {
        process.destroyForcibly().waitFor();
      }
    }
    deleteTree(run);
  }

  private Process startMember(Path run, String id, String portList) throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx1g",
            "-cp",
            System.getProperty("java.class.path"),
            EngineBenchmark.class.getName(),
            "--member=" + id,
            "--ports=" + portList,
            "--directory=" + run,
            "--seconds=" + seconds,
            "--bytes=" + bytes,
            "--in-flight=" + String.join(",", inFlight.stream().map(String::valueOf).toList()));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  /** Prints what a member has measured; the end of a member's output ends the run, too. */
  private static void relay(Process process, CountDownLatch done) {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("result ")) {
          System.out.println(line.substring("result ".length()));
        } else if (line.equals("done")) {
          return;
        }
      }
    } catch (IOException e) {
      System.err.println("a member was lost: " + e);
    } finally {
      done.countDown();
    }
  }

  private void runMember() throws Exception {
    List<LogOptions.Member> members = new ArrayList<>();
    for (int i = 0; i < ports.size(); i++) {
      members.add(new LogOptions.Member("n" + i, "127.0.0.1", ports.get(i)));
    }
    LogOptions options =
        new LogOptions(
            "bench",
            member,
            members,
            directory.resolve(member),
            LogOptions.DEFAULT_ELECTION_TIMEOUT_MILLIS,
            SnapshotRules.DEFAULT.withLogBytes(0),
            LogOptions.DEFAULT_PROPOSALS_MAX);
    JRaftLog log = JRaftLog.open(options, new StatelessMachine());
    LogLoad load = new LogLoad(log, bytes);
    load.awaitLeadership();
    // One round that does not count: the JIT.
    load.run(inFlight.get(inFlight.size() - 1), seconds);
    for (int count : inFlight) {
      System.out.println("result " + load.run(count, seconds));
    }
    System.out.println("done");
    // Until the parent ends it.
    new CountDownLatch(1).await();
  }

  private static List<Integer> freePorts() throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < MEMBERS; i++) {
        sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      return sockets.stream().map(ServerSocket::getLocalPort).toList();
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
  }

  private static void deleteTree(Path root) throws IOException {
    try (var walk = Files.walk(root)) {
      for (Path path : walk.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(path);
      }
    }
  }
}
