package dev.lockstep.server.cli;

import dev.lockstep.protocol.ClientMessage;
import dev.lockstep.protocol.Frame;
import dev.lockstep.protocol.Limits;
import dev.lockstep.protocol.ProtocolException;
import dev.lockstep.protocol.ServerMessage;
import dev.lockstep.protocol.WireWriter;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Asks a node how it is. */
@Command(
    name = "status",
    description = "Prints how a node is; fails if it does not answer or is out of service.",
    mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "HOST:PORT", description = "The node's address for clients.")
  private String address;

  @Option(
      names = "--timeout-millis",
      defaultValue = "5000",
      paramLabel = "MS",
      description = "Time for the answer. Default: ${DEFAULT-VALUE}.")
  private int timeoutMillis;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    if (timeoutMillis < 1) {
      throw new ParameterException(
          spec.commandLine(), "--timeout-millis " + timeoutMillis + ": at least 1 is needed");
    }
    try {
      Map<String, String> values = ask(Addresses.parse(spec.commandLine(), address));
      values.forEach((name, value) -> out.println(name + ": " + value));
      out.flush();
      return values.getOrDefault("fault", "").isEmpty() ? ExitCodes.OK : ExitCodes.FAILED;
    } catch (EOFException e) {
      return failed("the connection was closed before the answer came");
    } catch (IOException | ProtocolException e) {
      return failed(e.getMessage());
    }
  }

  private int failed(String why) {
    spec.commandLine().getErr().println("lockstep: " + address + ": " + why);
    return ExitCodes.FAILED;
  }

  private Map<String, String> ask(InetSocketAddress node) throws IOException {
    if (node.isUnresolved()) {
      throw new IOException("unknown host");
    }
    try (Socket socket = new Socket()) {
      socket.connect(node, timeoutMillis);
      socket.setSoTimeout(timeoutMillis);
      DataInputStream in = new DataInputStream(socket.getInputStream());
      // Without a database: whatever the node keeps, it answers.
      ServerMessage welcome =
          ask(
              socket,
              in,
              1,
              new ClientMessage.Hello(Frame.VERSION, Frame.VERSION, "", "", Map.of()));
      if (!(welcome instanceof ServerMessage.Welcome)) {
        throw new IOException(textOf(welcome));
      }
      ServerMessage report = ask(socket, in, 2, new ClientMessage.GetStatus());
      if (report instanceof ServerMessage.StatusReport status) {
        return status.values();
      }
      throw new IOException(textOf(report));
    }
  }

  private static ServerMessage ask(
      Socket socket, DataInputStream in, int requestId, ClientMessage request) throws IOException {
    WireWriter out = new WireWriter();
    Frame.encode(out, requestId, request);
    socket.getOutputStream().write(out.buffer(), 0, out.size());
    while (true) {
      int length = Frame.checkLength(in.readInt(), Limits.FRAME_BYTES_MAX);
      byte[] content = in.readNBytes(length);
      if (content.length < length) {
        throw new EOFException();
      }
      Frame frame = Frame.decodeFromServer(content);
      // A changed topology may come between.
      if (!(frame.message() instanceof ServerMessage.TopologyChanged)) {
        return (ServerMessage) frame.message();
      }
    }
  }

  private static String textOf(ServerMessage answer) {
    return answer instanceof ServerMessage.Failure failure
        ? failure.message()
        : "unexpected answer " + answer.type();
  }
}
