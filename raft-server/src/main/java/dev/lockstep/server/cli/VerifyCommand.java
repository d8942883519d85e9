package dev.lockstep.server.cli;

import dev.lockstep.protocol.ClientMessage;
import dev.lockstep.protocol.ServerMessage;
import dev.lockstep.protocol.Topology;
import dev.lockstep.server.node.ContentVerification;
import dev.lockstep.server.node.NodeConfig;
import dev.lockstep.server.node.PeerClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Compares the content of all nodes. */
@Command(
    name = "verify",
    description =
        "Compares the whole content of all nodes at one index of the log, while they go on; names"
            + " the first row that differs.",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the content is the same",
      "1:it differs; the message says where",
      "2:it could not be compared; the message says why"
    })
final class VerifyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "HOST:PORT",
      description = "Any node's address for clients; the others are learnt from it.")
  private String address;

  @Option(
      names = "--database",
      defaultValue = NodeConfig.DEFAULT_DATABASE,
      paramLabel = "NAME",
      description = "Name of the database. Default: ${DEFAULT-VALUE}.")
  private String database;

  @Option(
      names = "--timeout-millis",
      defaultValue = "30000",
      paramLabel = "MS",
      description = "Time for each answer of a node. Default: ${DEFAULT-VALUE}.")
  private int timeoutMillis;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    if (timeoutMillis < 1) {
      throw new ParameterException(
          spec.commandLine(), "--timeout-millis " + timeoutMillis + ": at least 1 is needed");
    }
    InetSocketAddress first = Addresses.parse(spec.commandLine(), address);
    Map<String, PeerClient> nodes = new TreeMap<>();
    try {
      long index = fix(first, nodes);
      ContentVerification.Outcome outcome = new ContentVerification(nodes, index).run();
      out.println(outcome.text());
      out.flush();
      return outcome.same() ? ExitCodes.OK : ExitCodes.FAILED;
    } catch (IOException e) {
      spec.commandLine()
          .getErr()
          .println("lockstep: the nodes could not be compared: " + e.getMessage());
      return ExitCodes.USAGE;
    } finally {
      nodes.values().forEach(VerifyCommand::close);
    }
  }

  /** Connects to all nodes, and has the content fixed. */
  private long fix(InetSocketAddress first, Map<String, PeerClient> nodes) throws IOException {
    Topology topology;
    PeerClient.Opened opened = open(first.getHostString(), first.getPort());
    try (PeerClient client = opened.client()) {
      topology = opened.welcome().topology();
    }
    for (Topology.Member member : topology.members()) {
      nodes.put(member.nodeId(), open(member.host(), member.port()).client());
    }
    PeerClient leader = nodes.get(topology.leader());
    if (leader == null) {
      throw new IOException("no node leads at the moment");
    }
    return leader.ask(ServerMessage.Done.class, new ClientMessage.FixState()).appliedIndex();
  }

  private PeerClient.Opened open(String host, int port) throws IOException {
    try {
      return PeerClient.open(host, port, database, timeoutMillis);
    } catch (PeerClient.RefusedException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(host + ":" + port + ": " + e.getMessage(), e);
    }
  }

  private static void close(PeerClient client) {
    try {
      client.close();
    } catch (IOException e) {
      // The process ends anyway.
    }
  }
}
