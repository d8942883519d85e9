package dev.lockstep.server.cli;

import dev.lockstep.server.node.NodeConfig;
import dev.lockstep.server.node.NodeStartException;
import dev.lockstep.server.node.RebuildRequest;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Has a stopped node take its state from the others. */
@Command(
    name = "rebuild",
    description =
        "Has a node that is stopped throw its state away when it starts, and take that of another"
            + " node. Its log is kept. For the case that no majority of the nodes is alike, and"
            + " they have stopped serving.",
    mixinStandardHelpOptions = true)
final class RebuildCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "The node's data directory.")
  private Path data;

  @Option(
      names = "--database",
      defaultValue = NodeConfig.DEFAULT_DATABASE,
      paramLabel = "NAME",
      description = "Name of the database. Default: ${DEFAULT-VALUE}.")
  private String database;

  @Override
  public Integer call() {
    try {
      RebuildRequest.write(data, database);
      spec.commandLine()
          .getOut()
          .println("the node takes the state of " + database + " from another node at its start");
      return ExitCodes.OK;
    } catch (NodeStartException e) {
      spec.commandLine().getErr().println("lockstep: " + e.getMessage());
      return ExitCodes.of(e);
    }
  }
}
