package dev.lockstep.server.node;

import dev.lockstep.protocol.ClientMessage;
import dev.lockstep.protocol.Frame;
import dev.lockstep.protocol.Limits;
import dev.lockstep.protocol.ProtocolException;
import dev.lockstep.protocol.ServerMessage;
import dev.lockstep.protocol.WireWriter;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Map;

/**
 * A connection to a node as its clients have one, for the cluster's own business. One request at a
 * time; blocks. For one thread, except {@link #close}, which ends a request in progress.
 */
public final class PeerClient implements Closeable {
  private static final int CONNECT_MILLIS = 2_000;

  private final Socket socket = new Socket();
  private final String where;
  private DataInputStream in;
  private int lastRequest;

  private PeerClient(String host, int port) {
    this.where = host + ":" + port;
  }

  /** What a node says when a client comes. */
  public record Opened(PeerClient client, ServerMessage.Welcome welcome) {}

  /**
   * Connects.
   *
   * @param database the database that all requests mean; empty for status alone
   * @param timeoutMillis time for each answer
   * @throws IOException if the node does not answer, or refuses
   */
  public static Opened open(String host, int port, String database, int timeoutMillis)
      throws IOException {
    PeerClient client = new PeerClient(host, port);
    try {
      client.socket.connect(
          new InetSocketAddress(host, port), Math.min(CONNECT_MILLIS, timeoutMillis));
      client.socket.setTcpNoDelay(true);
      client.timeout(timeoutMillis);
      client.in = new DataInputStream(client.socket.getInputStream());
      ServerMessage.Welcome welcome =
          client.ask(
              ServerMessage.Welcome.class,
              new ClientMessage.Hello(
                  Frame.VERSION, Frame.VERSION, database, "", Map.of("driver", "lockstep-node")));
      return new Opened(client, welcome);
    } catch (IOException | RuntimeException e) {
      client.close();
      throw e;
    }
  }

  /** Sets the time for each further answer. */
  void timeout(int timeoutMillis) throws IOException {
    socket.setSoTimeout(timeoutMillis);
  }

  /**
   * Asks, and waits for the answer.
   *
   * @throws RefusedException if the answer is a Failure
   * @throws IOException if there is none, or it is not what was expected
   */
  public <T extends ServerMessage> T ask(Class<T> expected, ClientMessage request)
      throws IOException {
    int id = ++lastRequest;
    WireWriter out = new WireWriter();
    Frame.encode(out, id, request);
    socket.getOutputStream().write(out.buffer(), 0, out.size());
    try {
      while (true) {
        byte[] content = new byte[Frame.checkLength(in.readInt(), Limits.FRAME_BYTES_MAX)];
        in.readFully(content);
        Frame frame = Frame.decodeFromServer(content);
        if (frame.requestId() != id && !(frame.message() instanceof ServerMessage.Failure)) {
          // A changed topology.
          continue;
        }
        if (frame.message() instanceof ServerMessage.Failure failure) {
          throw new RefusedException(where, failure);
        }
        return expected.cast(frame.message());
      }
    } catch (ProtocolException | ClassCastException e) {
      throw new IOException(where + " answers what makes no sense: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  /** The node does not do what it was asked. */
  public static final class RefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient ServerMessage.Failure failure;

    RefusedException(String where, ServerMessage.Failure failure) {
      super(where + ": " + failure.message());
      this.failure = failure;
    }

    public ServerMessage.Failure failure() {
      return failure;
    }
  }
}
