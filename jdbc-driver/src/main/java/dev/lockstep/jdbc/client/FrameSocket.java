package dev.lockstep.jdbc.client;

import dev.lockstep.protocol.Frame;
import dev.lockstep.protocol.Limits;
import dev.lockstep.protocol.Message;
import dev.lockstep.protocol.ProtocolException;
import dev.lockstep.protocol.WireWriter;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;

/**
 * Frames over a blocking socket. A wait for a frame that ends without one keeps what has arrived of
 * it. Used by one thread at a time; {@link #close} may be called by any.
 */
final class FrameSocket implements Closeable {
  private static final int BUFFER_BYTES = 16 << 10;

  /** A writer that grew beyond this is not kept. */
  private static final int KEPT_WRITER_BYTES_MAX = 1 << 20;

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int position;
  private int limit;
  private WireWriter writer = new WireWriter();

  /** Content of the frame in progress, or null while its length is not known. */
  private byte[] content;

  private int contentBytes;
  private int timeoutMillis;

  FrameSocket(NodeAddress address, int connectTimeoutMillis, boolean keepAlive) throws IOException {
    socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.setOption(StandardSocketOptions.SO_KEEPALIVE, keepAlive);
      socket.connect(
          new InetSocketAddress(address.host(), address.port()), Math.max(1, connectTimeoutMillis));
      in = socket.getInputStream();
      out = socket.getOutputStream();
    } catch (UnknownHostException e) {
      close();
      throw new IOException(address + ": unknown host", e);
    } catch (IOException e) {
      close();
      throw new IOException(address + ": " + e.getMessage(), e);
    }
  }

  /**
   * Sends a frame.
   *
   * @throws ProtocolException if the message is too large; nothing was sent
   */
  void send(int requestId, Message message) throws IOException {
    writer.reset();
    Frame.encode(writer, requestId, message);
    out.write(writer.buffer(), 0, writer.size());
    if (writer.buffer().length > KEPT_WRITER_BYTES_MAX) {
      writer = new WireWriter();
    }
  }

  /**
   * Waits for a frame from the node.
   *
   * @return the frame, or null if the time is over; whatever came of it then is kept
   */
  Frame receive(int waitMillis) throws IOException {
    if (waitMillis != timeoutMillis) {
      socket.setSoTimeout(waitMillis);
      timeoutMillis = waitMillis;
    }
    try {
      while (!isComplete()) {
        read();
      }
    } catch (SocketTimeoutException e) {
      return null;
    }
    byte[] complete = content;
    content = null;
    contentBytes = 0;
    try {
      return Frame.decodeFromServer(complete);
    } catch (ProtocolException e) {
      throw new IOException("the node's answer is malformed: " + e.getMessage(), e);
    }
  }

  private boolean isComplete() throws IOException {
    if (content == null && limit - position >= Frame.LENGTH_BYTES) {
      int length =
          (buffer[position] & 0xFF) << 24
              | (buffer[position + 1] & 0xFF) << 16
              | (buffer[position + 2] & 0xFF) << 8
              | (buffer[position + 3] & 0xFF);
      try {
        content = new byte[Frame.checkLength(length, Limits.FRAME_BYTES_MAX)];
      } catch (ProtocolException e) {
        throw new IOException("this is not a Lockstep node: " + e.getMessage(), e);
      }
      position += Frame.LENGTH_BYTES;
    }
    if (content == null) {
      return false;
    }
    int copied = Math.min(limit - position, content.length - contentBytes);
    System.arraycopy(buffer, position, content, contentBytes, copied);
    position += copied;
    contentBytes += copied;
    return contentBytes == content.length;
  }

  private void read() throws IOException {
    int bytes;
    if (content != null && content.length - contentBytes > BUFFER_BYTES) {
      // A large frame goes to its place without a copy in between.
      bytes = in.read(content, contentBytes, content.length - contentBytes);
      contentBytes += Math.max(0, bytes);
    } else {
      System.arraycopy(buffer, position, buffer, 0, limit - position);
      limit -= position;
      position = 0;
      bytes = in.read(buffer, limit, buffer.length - limit);
      limit += Math.max(0, bytes);
    }
    if (bytes < 0) {
      throw new EOFException("the node closed the connection");
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      // Nothing more can be done with it, and nothing was lost.
      DriverLog.fine("closing a socket failed", e);
    }
  }
}
