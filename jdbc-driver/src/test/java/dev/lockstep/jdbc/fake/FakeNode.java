package dev.lockstep.jdbc.fake;

import dev.lockstep.protocol.ClientMessage;
import dev.lockstep.protocol.ClientMessage.Hello;
import dev.lockstep.protocol.Frame;
import dev.lockstep.protocol.Limits;
import dev.lockstep.protocol.ServerMessage;
import dev.lockstep.protocol.Topology;
import dev.lockstep.protocol.Topology.Member;
import dev.lockstep.protocol.WireWriter;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** One node of a {@link FakeCluster}: a door at a port of its own. */
public final class FakeNode implements Closeable {
  private final FakeCluster cluster;
  private final String id;
  private final ServerSocket door;
  private final Thread acceptor;
  private final AtomicLong lastConnection = new AtomicLong();
  private final Map<Long, Client> clients = new ConcurrentHashMap<>();
  private volatile boolean open = true;
  private volatile boolean mute;

  FakeNode(FakeCluster cluster, String id) {
    this.cluster = cluster;
    this.id = id;
    try {
      this.door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.acceptor = start("accept", this::accept);
  }

  public String id() {
    return id;
  }

  public int port() {
    return door.getLocalPort();
  }

  Member member() {
    return new Member(id, "127.0.0.1", port());
  }

  /** Connections that are open. */
  public int connections() {
    return clients.size();
  }

  /** From now on nothing is answered, as by a node that was cut off. */
  public void mute() {
    mute = true;
  }

  /** Closes the door and all connections, as a process that is killed does. */
  @Override
  public void close() {
    open = false;
    closeQuietly(door);
    try {
      // Until then a client could still be let in, to be cut off instead of refused.
      acceptor.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    clients.values().forEach(Client::cut);
  }

  Topology topology() {
    return cluster.topology();
  }

  void push(ServerMessage message) {
    clients.values().forEach(client -> client.answer(Frame.UNASKED, message));
  }

  Client client(long connection) {
    return clients.get(connection);
  }

  private void accept() {
    while (open) {
      try {
        Client client = new Client(door.accept(), lastConnection.incrementAndGet());
        clients.put(client.number, client);
        start("client-" + client.number, client::serve);
      } catch (IOException e) {
        return;
      }
    }
  }

  private Thread start(String name, Runnable task) {
    Thread thread = new Thread(task, "fake-" + id + "-" + name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private static void closeQuietly(Closeable closeable) {
    try {
      closeable.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A connection of a client. */
  public final class Client {
    private final Socket socket;
    private final long number;

    /** The request that hangs until it is cancelled, or 0. */
    private volatile int hanging;

    private Client(Socket socket, long number) {
      this.socket = socket;
      this.number = number;
    }

    public FakeNode node() {
      return FakeNode.this;
    }

    long number() {
      return number;
    }

    long cancelKey() {
      return number * 31;
    }

    void hang(int requestId) {
      hanging = requestId;
    }

    /** The hanging request, which does not hang any more; or 0. */
    int takeHanging() {
      int taken = hanging;
      hanging = 0;
      return taken;
    }

    public void cut() {
      closeQuietly(socket);
    }

    void answer(int requestId, ServerMessage message) {
      if (mute) {
        return;
      }
      WireWriter out = new WireWriter();
      Frame.encode(out, requestId, message);
      try {
        synchronized (this) {
          socket.getOutputStream().write(out.buffer(), 0, out.size());
        }
      } catch (IOException e) {
        // The client is gone, which is a test's affair.
        cut();
      }
    }

    private void serve() {
      try (socket) {
        socket.setTcpNoDelay(true);
        DataInputStream in = new DataInputStream(socket.getInputStream());
        while (open) {
          byte[] content = new byte[Frame.checkLength(in.readInt(), Limits.FRAME_BYTES_MAX)];
          in.readFully(content);
          Frame frame = Frame.decodeFromClient(content);
          if (frame.message() instanceof Hello hello) {
            answer(frame.requestId(), cluster.greet(this, hello));
          } else {
            cluster.receive(this, frame.requestId(), (ClientMessage) frame.message());
          }
        }
      } catch (IOException e) {
        // The end of the connection.
      } finally {
        clients.remove(number);
        cluster.disconnected(this);
      }
    }
  }
}
