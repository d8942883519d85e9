package dev.lockstep.server.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;

/** The command {@code lockstep}. */
@Command(
    name = "lockstep",
    description = "A replicated SQL store: SQLite on every node, one Raft log, one JDBC URL.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    subcommands = {
      StartCommand.class,
      StatusCommand.class,
      VerifyCommand.class,
      RebuildCommand.class
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:failed; the message says why",
      "2:wrong options or values",
      "3:a port is in use, or the address is not this machine's",
      "4:the data directory is another node's, of a newer format, or in use",
    })
public final class Main {
  private static final String LOGBACK_PROPERTY = "logback.configurationFile";

  private Main() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] args) {
    // Before the first logger is made; who has chosen a configuration keeps it.
    if (System.getProperty(LOGBACK_PROPERTY) == null) {
      System.setProperty(LOGBACK_PROPERTY, "dev/lockstep/server/cli/logback.xml");
    }
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler((wrong, args) -> refuse(wrong));
  }

  /** One line: picocli's own answer is the whole usage, in which the reason is lost. */
  private static int refuse(ParameterException wrong) {
    CommandLine command = wrong.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    command
        .getErr()
        .println("lockstep: " + wrong.getMessage() + " ('" + name + " --help' tells more)");
    return ExitCodes.USAGE;
  }

  /** The version in the jar's manifest. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"lockstep " + (version == null ? "(development)" : version)};
    }
  }
}
