package dev.lockstep.testkit;

import dev.lockstep.server.node.NodeConfig.Member;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A node in a process of its own. Not safe for use by several threads. */
final class ProcessNode {
  private static final int STOP_SECONDS = 15;

  private final Member member;
  private final Path log;
  private final Map<String, String> environment;
  private final List<String> command;
  private Process process;

  /**
   * @param environment variables beside those of this process; {@code {node}} stands for the id
   */
  ProcessNode(Member member, Path log, Map<String, String> environment, List<String> command) {
    this.member = member;
    this.log = log;
    this.environment = environment;
    this.command = command;
  }

  Member member() {
    return member;
  }

  boolean isRunning() {
    return process != null && process.isAlive();
  }

  void start() throws IOException {
    if (isRunning()) {
      throw new IllegalStateException(member.id() + " is running");
    }
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    environment.forEach(
        (name, value) -> builder.environment().put(name, value.replace("{node}", member.id())));
    process = builder.start();
  }

  /** SIGKILL; returns when the process has gone. */
  void kill() throws InterruptedException {
    if (process != null) {
      process.destroyForcibly().waitFor();
    }
  }

  /** SIGTERM; the process has gone when this returns, by force if it takes too long. */
  void stop() throws InterruptedException {
    if (process != null) {
      process.destroy();
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        kill();
      }
    }
  }

  /**
   * @param name of the signal, such as STOP or CONT
   */
  void signal(String name) throws IOException, InterruptedException {
    Process kill =
        new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).inheritIO().start();
    if (kill.waitFor() != 0) {
      throw new IOException("signal " + name + " for " + member.id() + " failed");
    }
  }
}
