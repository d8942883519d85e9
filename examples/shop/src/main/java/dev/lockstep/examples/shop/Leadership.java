package dev.lockstep.examples.shop;

import dev.lockstep.protocol.ClientMessage.Hello;
import dev.lockstep.protocol.Frame;
import dev.lockstep.protocol.Limits;
import dev.lockstep.protocol.ServerMessage.Welcome;
import dev.lockstep.protocol.Topology;
import dev.lockstep.protocol.WireWriter;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Map;
import java.util.Optional;

/**
 * Asks a node who leads: the first message of the client protocol is answered with that. Drivers do
 * this by themselves; the demonstration wants to know whom to kill.
 */
final class Leadership {
  private static final int TIMEOUT_MILLIS = 1_000;

  private Leadership() {}

  /** What the node knows, or nothing if it does not answer. */
  static Optional<Topology> ask(NodeAddress node) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(node.host(), node.clientPort()), TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      WireWriter out = new WireWriter();
      Frame.encode(
          out, 1, new Hello(Frame.VERSION, Frame.VERSION, ShopCluster.DATABASE, "", Map.of()));
      socket.getOutputStream().write(out.toByteArray());
      DataInputStream in = new DataInputStream(socket.getInputStream());
      byte[] content = new byte[Frame.checkLength(in.readInt(), Limits.FRAME_BYTES_MAX)];
      in.readFully(content);
      return Frame.decodeFromServer(content).message() instanceof Welcome welcome
          ? Optional.of(welcome.topology())
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
