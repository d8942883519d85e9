package dev.lockstep.testkit;

import dev.lockstep.protocol.ClientMessage;
import dev.lockstep.protocol.Frame;
import dev.lockstep.protocol.Limits;
import dev.lockstep.protocol.Message;
import dev.lockstep.protocol.ServerMessage;
import dev.lockstep.protocol.WireWriter;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Map;

/** Asks a node how it is, over a connection of its own. */
final class NodeStatusClient {
  private static final int PATIENCE_MILLIS = 1_000;

  private NodeStatusClient() {}

  /**
   * @throws IOException if the node does not answer, or refuses
   */
  static Map<String, String> ask(String host, int port, String database) throws IOException {
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.connect(new InetSocketAddress(host, port), PATIENCE_MILLIS);
      send(
          socket, 1, new ClientMessage.Hello(Frame.VERSION, Frame.VERSION, database, "", Map.of()));
      answerTo(socket, 1);
      send(socket, 2, new ClientMessage.GetStatus());
      Message answer = answerTo(socket, 2);
      if (answer instanceof ServerMessage.StatusReport report) {
        return report.values();
      }
      throw new IOException("no status but " + answer);
    }
  }

  private static void send(Socket socket, int requestId, Message message) throws IOException {
    WireWriter out = new WireWriter();
    Frame.encode(out, requestId, message);
    socket.getOutputStream().write(out.buffer(), 0, out.size());
  }

  /** What comes unasked in between is passed over. */
  private static Message answerTo(Socket socket, int requestId) throws IOException {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    while (true) {
      byte[] content = new byte[Frame.checkLength(in.readInt(), Limits.FRAME_BYTES_MAX)];
      in.readFully(content);
      Frame frame = Frame.decodeFromServer(content);
      if (frame.requestId() == requestId) {
        return frame.message();
      }
    }
  }
}
