package dev.lockstep.jdbc.client;

import dev.lockstep.protocol.ClientMessage;
import dev.lockstep.protocol.ClientMessage.Hello;
import dev.lockstep.protocol.Frame;
import dev.lockstep.protocol.ServerMessage;
import dev.lockstep.protocol.ServerMessage.Failure;
import dev.lockstep.protocol.ServerMessage.TopologyChanged;
import dev.lockstep.protocol.ServerMessage.Welcome;
import dev.lockstep.protocol.Topology;
import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A greeted connection to one node: requests and their answers. While an answer is awaited, a node
 * that says nothing is asked for a sign of life now and then, so that one that was cut off is
 * noticed. Used by one thread at a time; {@link #close} and {@link #isOpen} by any.
 */
final class Link implements Closeable {
  /** Silence after which the node is asked for a sign of life. */
  private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Time for the sign of life. */
  private static final long SIGN_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final NodeAddress address;
  private final FrameSocket socket;
  private final Consumer<Topology> topologyListener;
  private Welcome welcome;
  private int lastRequestId;
  private volatile boolean open = true;

  /**
   * Connects and greets.
   *
   * @param topologyListener told what the node says of its cluster
   * @throws RefusedException if the node does not want this client
   */
  Link(
      NodeAddress address,
      Hello hello,
      int timeoutMillis,
      boolean keepAlive,
      Consumer<Topology> topologyListener)
      throws IOException {
    this.address = address;
    this.topologyListener = topologyListener;
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    this.socket = new FrameSocket(address, timeoutMillis, keepAlive);
    try {
      ServerMessage answer = call(hello, timeoutMillis, deadline);
      if (answer instanceof Failure failure) {
        topologyListener.accept(failure.topology());
        throw new RefusedException(address, failure);
      }
      if (!(answer instanceof Welcome greeting)) {
        throw new IOException(address + " answered the greeting with " + answer.type());
      }
      welcome = greeting;
      topologyListener.accept(greeting.topology());
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  NodeAddress address() {
    return address;
  }

  Welcome welcome() {
    return welcome;
  }

  boolean isOpen() {
    return open;
  }

  /** Whether the node said of itself, when it was greeted, that it leads. */
  boolean isGreetedByLeader() {
    return !welcome.nodeId().isEmpty() && welcome.nodeId().equals(welcome.topology().leader());
  }

  /**
   * Sends a request and waits for its answer.
   *
   * @param silenceMillisMax the application's limit of time without an answer, 0 for none
   * @param deadline {@link System#nanoTime} at which the answer must be there, 0 for none
   * @throws SilenceException if the first limit is exceeded
   * @throws IOException if the node is gone or the second limit is exceeded; the link is of no use
   *     any more and to be closed
   */
  ServerMessage call(ClientMessage message, int silenceMillisMax, long deadline)
      throws IOException {
    int id = send(message);
    long sent = System.nanoTime();
    long heard = sent;
    long asked = 0;
    while (true) {
      Frame frame = socket.receive(waitMillis(sent, heard, asked, silenceMillisMax, deadline));
      long now = System.nanoTime();
      if (frame != null) {
        heard = now;
        asked = 0;
        if (frame.requestId() == id) {
          return (ServerMessage) frame.message();
        }
        receiveUnasked(frame);
      } else if (deadline != 0 && now - deadline >= 0) {
        throw new IOException(address + " did not answer in time");
      } else if (silenceMillisMax > 0
          && now - sent >= TimeUnit.MILLISECONDS.toNanos(silenceMillisMax)) {
        throw new SilenceException(address + " did not answer in " + silenceMillisMax + " ms");
      } else if (asked == 0 && now - heard >= SILENCE_NANOS && welcome != null) {
        send(new ClientMessage.Ping());
        asked = now;
      } else if (asked != 0 && now - asked >= SIGN_NANOS) {
        throw new IOException(address + " gives no sign of life");
      }
    }
  }

  /** Sends a request whose answer does not matter. */
  int send(ClientMessage message) throws IOException {
    lastRequestId = lastRequestId == Integer.MAX_VALUE ? 1 : lastRequestId + 1;
    socket.send(lastRequestId, message);
    return lastRequestId;
  }

  private void receiveUnasked(Frame frame) throws IOException {
    if (frame.message() instanceof TopologyChanged changed) {
      topologyListener.accept(changed.topology());
    } else if (frame.requestId() == Frame.UNASKED) {
      String reason =
          frame.message() instanceof Failure failure
              ? failure.message()
              : frame.message().type().toString();
      throw new IOException(address + " ended the connection: " + reason);
    }
    // Anything else answers a request whose answer does not matter.
  }

  private static int waitMillis(
      long sent, long heard, long asked, int silenceMillisMax, long deadline) {
    long until = asked == 0 ? heard + SILENCE_NANOS : asked + SIGN_NANOS;
    if (silenceMillisMax > 0) {
      until = earlier(until, sent + TimeUnit.MILLISECONDS.toNanos(silenceMillisMax));
    }
    if (deadline != 0) {
      until = earlier(until, deadline);
    }
    // Rounded up: a wait that is a little too short would only be repeated.
    return (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime()) + 1);
  }

  private static long earlier(long a, long b) {
    return a - b < 0 ? a : b;
  }

  @Override
  public void close() {
    open = false;
    socket.close();
  }
}
