package dev.lockstep.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Wrong options and values: exit code 2, and one line that names what is wrong. */
final class MainTest {
  private static final String MEMBER = "n1=127.0.0.1:7101:7001";

  static Stream<Arguments> wrong() {
    return Stream.of(
        wrong("Missing required subcommand"),
        wrong("'begin'", "begin"),
        wrong("--colour", start(MEMBER, "--colour", "red")),
        wrong("--members", "start", "--cluster", "c", "--node", "n1", "--data", "unused"),
        wrong("--data", "start", "--cluster", "c", "--node", "n1", "--members", MEMBER),
        wrong("--cluster", "start", "--node", "n1", "--members", MEMBER, "--data", "unused"),
        wrong("--snapshot-entries", start(MEMBER, "--snapshot-entries", "many")),
        wrong("snapshot after -1", start(MEMBER, "--snapshot-entries=-1")),
        wrong("election timeout of 5 ms", start(MEMBER, "--election-timeout-millis", "5")),
        wrong("database name '../x'", start(MEMBER, "--database", "../x")),
        wrong("'n1' is not of the form id=host:raftPort:clientPort", start("n1")),
        wrong("'n1=127.0.0.1:7101' is not of the form", start("n1=127.0.0.1:7101")),
        wrong("'http' is not a port", start("n1=127.0.0.1:7101:http")),
        wrong("raft port 70000", start("n1=127.0.0.1:70000:7001")),
        wrong("raft port 0", start("n1=127.0.0.1:0:7001")),
        wrong("client port -1", start("n1=127.0.0.1:7101:-1")),
        wrong("n1 has no host", start("n1=:7101:7001")),
        wrong("node name 'n 1'", start(MEMBER + ",n 1=127.0.0.1:7102:7002")),
        wrong("member '' is not of the form", start(MEMBER + ",,n2=127.0.0.1:7102:7002")),
        wrong("member n1 given twice", start(MEMBER + ",n1=127.0.0.1:7102:7002")),
        wrong("member n2: address given twice", start(MEMBER + ",n2=127.0.0.1:7101:7002")),
        wrong("n1: address given twice", start("n1=127.0.0.1:7101:7101")),
        wrong("node n1 is not among the members [n2]", start("n2=127.0.0.1:7101:7001")),
        wrong("commands of 0", start(MEMBER, "--checkpoint-commands", "0")),
        wrong("millis of -1", start(MEMBER, "--checkpoint-millis=-1")),
        wrong("stepsMax of 0", start(MEMBER, "--transaction-steps-max", "0")),
        wrong("--transaction-turn-millis", start(MEMBER, "--transaction-turn-millis", "1s")),
        wrong("--data", "rebuild"),
        wrong("'127.0.0.1' is not of the form HOST:PORT", "verify", "127.0.0.1"),
        wrong("HOST:PORT", "status"),
        wrong("'127.0.0.1' is not of the form HOST:PORT", "status", "127.0.0.1"),
        wrong("'127.0.0.1:70000' is not of the form HOST:PORT", "status", "127.0.0.1:70000"),
        wrong("--timeout-millis -5", "status", "127.0.0.1:1", "--timeout-millis=-5"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrong")
  void wrongUsageIsToldInOneLine(String named, String[] args) {
    CommandRun run = CommandRun.of(args);

    assertThat(run.err()).startsWith("lockstep: ").contains(named).endsWith(System.lineSeparator());
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
  }

  @Test
  void helpNamesTheOptionsAndTheExitCodes() {
    assertThat(CommandRun.of("start", "--help").out()).contains("--members", "--data");
    CommandRun help = CommandRun.of("--help");

    assertThat(help.exitCode()).isZero();
    assertThat(help.out()).contains("start", "status", "a port is in use", "data directory");
  }

  @Test
  void versionIsPrinted() {
    CommandRun run = CommandRun.of("--version");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).startsWith("lockstep ");
  }

  private static Arguments wrong(String named, String... args) {
    return Arguments.of(named, args);
  }

  private static String[] start(String members, String... more) {
    String[] first = {
      "start", "--cluster", "c", "--node", "n1", "--data", "unused", "--members", members
    };
    return Stream.concat(Stream.of(first), Stream.of(more)).toArray(String[]::new);
  }
}
