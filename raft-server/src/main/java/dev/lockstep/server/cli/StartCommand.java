package dev.lockstep.server.cli;

import dev.lockstep.server.log.LogOptions;
import dev.lockstep.server.log.SnapshotRules;
import dev.lockstep.server.node.CheckOptions;
import dev.lockstep.server.node.LockstepNode;
import dev.lockstep.server.node.NodeConfig;
import dev.lockstep.server.node.NodeStartException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs a node until the process is told to end. */
@Command(
    name = "start",
    description =
        "Runs a node. SIGTERM and Ctrl-C stop it gracefully: it hands the leadership over.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class StartCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--cluster",
      required = true,
      paramLabel = "NAME",
      description = "Name of the cluster; a data directory belongs to one for good.")
  private String cluster;

  @Option(
      names = "--node",
      required = true,
      paramLabel = "ID",
      description = "Id of this node, one of the members.")
  private String node;

  @Option(
      names = "--members",
      required = true,
      split = ",",
      paramLabel = "ID=HOST:RAFTPORT:CLIENTPORT",
      description = "All nodes, separated by commas; the same for each of them.")
  private List<String> members;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "Where the node keeps everything; made if it does not exist.")
  private Path data;

  @Option(
      names = "--database",
      defaultValue = NodeConfig.DEFAULT_DATABASE,
      paramLabel = "NAME",
      description = "Name of the database. Default: ${DEFAULT-VALUE}.")
  private String database;

  @Option(
      names = "--bind",
      defaultValue = "",
      paramLabel = "ADDRESS",
      description = "Address that clients are accepted at. Default: the member's host.")
  private String bind;

  @Option(
      names = "--election-timeout-millis",
      defaultValue = "" + LogOptions.DEFAULT_ELECTION_TIMEOUT_MILLIS,
      paramLabel = "MS",
      description = "Silence of the leader before another is elected. Default: ${DEFAULT-VALUE}.")
  private int electionTimeoutMillis;

  @Option(
      names = "--snapshot-log-mib",
      defaultValue = "" + (SnapshotRules.DEFAULT_LOG_BYTES >> 20),
      paramLabel = "MIB",
      description =
          "Growth of the log before a snapshot is taken, if that is more than half of the database;"
              + " 0 for any. Default: ${DEFAULT-VALUE}.")
  private long snapshotLogMib;

  @Option(
      names = "--snapshot-entries",
      defaultValue = "" + SnapshotRules.DEFAULT_ENTRIES,
      paramLabel = "N",
      description =
          "Log entries before a snapshot is taken; 0 for any number. Default: ${DEFAULT-VALUE}.")
  private long snapshotEntries;

  @Option(
      names = "--snapshot-mib-per-second",
      defaultValue = "" + (SnapshotRules.DEFAULT_BYTES_PER_SECOND >> 20),
      paramLabel = "MIB",
      description =
          "Rate at which snapshots are written, sent and installed. Default: ${DEFAULT-VALUE}.")
  private long snapshotMibPerSecond;

  @Option(
      names = "--checkpoint-commands",
      defaultValue = "" + CheckOptions.DEFAULT_COMMANDS,
      paramLabel = "N",
      description =
          "Log entries after which the replicas compare themselves. Default: ${DEFAULT-VALUE}.")
  private int checkpointCommands;

  @Option(
      names = "--checkpoint-millis",
      defaultValue = "" + CheckOptions.DEFAULT_MILLIS,
      paramLabel = "MS",
      description = "Time after which they do if there are fewer. Default: ${DEFAULT-VALUE}.")
  private int checkpointMillis;

  @Mixin private TransactionFlags transactions;

  @Override
  public Integer call() throws InterruptedException {
    NodeConfig config = config();
    LockstepNode running;
    try {
      running = LockstepNode.start(config);
    } catch (NodeStartException e) {
      spec.commandLine().getErr().println("lockstep: " + e.getMessage());
      return ExitCodes.of(e);
    }
    Runtime.getRuntime().addShutdownHook(new Thread(running::stop, "lockstep-stop"));
    // The node's threads do the work; this one only keeps the process from ending.
    new CountDownLatch(1).await();
    return ExitCodes.OK;
  }

  private NodeConfig config() {
    try {
      List<NodeConfig.Member> parsed = members.stream().map(NodeConfig.Member::parse).toList();
      return new NodeConfig(cluster, node, parsed, data)
          .withDatabase(database)
          .withBindHost(bind)
          .withElectionTimeoutMillis(electionTimeoutMillis)
          .withSnapshots(
              new SnapshotRules(snapshotEntries, snapshotLogMib << 20, snapshotMibPerSecond << 20))
          .withChecks(CheckOptions.of(checkpointCommands, checkpointMillis))
          .withTransactions(transactions.options());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }
}
