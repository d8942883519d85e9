package dev.lockstep.server;

import dev.lockstep.protocol.ClientMessage;
import dev.lockstep.protocol.ClientMessage.Execute;
import dev.lockstep.protocol.ClientMessage.Hello;
import dev.lockstep.protocol.Consistency;
import dev.lockstep.protocol.Expectation;
import dev.lockstep.protocol.Frame;
import dev.lockstep.protocol.GeneratedKeys;
import dev.lockstep.protocol.Limits;
import dev.lockstep.protocol.RowBatch;
import dev.lockstep.protocol.RowReader;
import dev.lockstep.protocol.RowsSeen;
import dev.lockstep.protocol.ServerMessage;
import dev.lockstep.protocol.ServerMessage.Executed;
import dev.lockstep.protocol.SessionId;
import dev.lockstep.protocol.StatementCall;
import dev.lockstep.protocol.StatementResult;
import dev.lockstep.protocol.TransactionOptions;
import dev.lockstep.protocol.WireWriter;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A blocking client of one node, close to the wire. For one thread. */
public final class ProtocolClient implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 20_000;

  private final Socket socket = new Socket();
  private final DataInputStream in;
  private int lastRequestId;

  private SessionId session = SessionId.NONE;
  private long sequence;

  public ProtocolClient(int port) throws IOException {
    socket.connect(new InetSocketAddress("127.0.0.1", port), TIMEOUT_MILLIS);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.setTcpNoDelay(true);
    in = new DataInputStream(socket.getInputStream());
  }

  /** Connects and says Hello. */
  public static ProtocolClient connect(int port, String database) throws IOException {
    ProtocolClient client = new ProtocolClient(port);
    client.hello(database);
    return client;
  }

  public ServerMessage.Welcome hello(String database) throws IOException {
    return (ServerMessage.Welcome) ask(helloOf(database));
  }

  public static Hello helloOf(String database) {
    return new Hello(Frame.VERSION, Frame.VERSION, database, "test", java.util.Map.of());
  }

  public Socket socket() {
    return socket;
  }

  public SessionId session() {
    return session;
  }

  public long sequence() {
    return sequence;
  }

  /** Goes on with a session of an earlier connection. */
  public void resume(SessionId earlier, long lastSequence) {
    session = earlier;
    sequence = lastSequence;
  }

  public void send(int requestId, ClientMessage message) throws IOException {
    WireWriter out = new WireWriter();
    Frame.encode(out, requestId, message);
    sendBytes(out.toByteArray());
  }

  public void sendBytes(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  /** The next frame, pushed topologies included. */
  public Frame receive() throws IOException {
    int length = Frame.checkLength(in.readInt(), Limits.FRAME_BYTES_MAX);
    return Frame.decodeFromServer(in.readNBytes(length));
  }

  /** Whether the node has closed the connection. */
  public boolean isAtEnd() throws IOException {
    return in.read() < 0;
  }

  /** Sends a request and waits for its answer; pushed topologies are passed over. */
  public ServerMessage ask(ClientMessage message) throws IOException {
    int id = ++lastRequestId;
    send(id, message);
    return answerTo(id);
  }

  public ServerMessage answerTo(int id) throws IOException {
    while (true) {
      Frame frame = receive();
      if (frame.requestId() == id) {
        return (ServerMessage) frame.message();
      }
      if (frame.requestId() != Frame.UNASKED
          || !(frame.message() instanceof ServerMessage.TopologyChanged)) {
        throw new IOException("unexpected answer " + frame);
      }
    }
  }

  public void openSession() throws IOException {
    session = SessionId.random();
    ServerMessage answer = ask(new ClientMessage.OpenSession(session));
    if (!(answer instanceof ServerMessage.Done)) {
      throw new IOException("no session: " + answer);
    }
  }

  /** Executes in autocommit mode, with the next sequence number. */
  public ServerMessage execute(String sql, Object... parameters) throws IOException {
    return ask(call(sql, parameters).sequence(++sequence).build());
  }

  public ServerMessage inTransaction(long transaction, String sql, Object... parameters)
      throws IOException {
    return ask(call(sql, parameters).transaction(transaction).build());
  }

  public ServerMessage commit(long transaction) throws IOException {
    return ask(new ClientMessage.Commit(session, ++sequence, transaction));
  }

  public Call call(String sql, Object... parameters) {
    List<Object[]> rows = new ArrayList<>();
    rows.add(parameters);
    return new Call(session, List.of(new StatementCall(sql, rows)));
  }

  public Call calls(String... texts) {
    return new Call(session, Arrays.stream(texts).map(StatementCall::new).toList());
  }

  /** The rows of a query that came whole. */
  public List<List<Object>> query(String sql, Object... parameters) throws IOException {
    ServerMessage answer = ask(call(sql, parameters).build());
    if (answer instanceof Executed executed) {
      return rowsOf(executed);
    }
    throw new IOException(sql + ": " + answer);
  }

  public static List<List<Object>> rowsOf(Executed executed) {
    StatementResult.RowSet rows = executed.results().get(0).rows();
    return rowsOf(rows.batch(), rows.columns().size());
  }

  public static List<List<Object>> rowsOf(RowBatch batch, int columns) {
    RowReader reader = new RowReader(batch, columns);
    List<List<Object>> rows = new ArrayList<>();
    while (reader.next()) {
      List<Object> row = new ArrayList<>();
      for (int i = 0; i < columns; i++) {
        row.add(reader.value(i));
      }
      rows.add(row);
    }
    return rows;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  /** An Execute in the making. */
  public static final class Call {
    private final SessionId session;
    private final List<StatementCall> calls;
    private long sequence;
    private long transaction;
    private TransactionOptions begin = TransactionOptions.DEFAULT;
    private RowsSeen seen = RowsSeen.NONE;
    private boolean readOnly;
    private Expectation expectation = Expectation.ANY;
    private GeneratedKeys keys = GeneratedKeys.NONE;
    private int fetchSize;
    private long maxRows;
    private int timeoutMillis;
    private Consistency consistency = Consistency.LINEARIZABLE;
    private long appliedIndexMin;
    private int maxStalenessMillis;

    private Call(SessionId session, List<StatementCall> calls) {
      this.session = session;
      this.calls = calls;
    }

    public Call sequence(long value) {
      sequence = value;
      return this;
    }

    public Call transaction(long value) {
      transaction = value;
      return this;
    }

    public Call readOnly() {
      readOnly = true;
      return this;
    }

    /** What the transaction begins with; null if it must be there already. */
    public Call begin(TransactionOptions value) {
      begin = value;
      return this;
    }

    public Call seen(RowsSeen value) {
      seen = value;
      return this;
    }

    public Call expecting(Expectation value) {
      expectation = value;
      return this;
    }

    public Call keys(GeneratedKeys value) {
      keys = value;
      return this;
    }

    public Call fetchSize(int value) {
      fetchSize = value;
      return this;
    }

    public Call maxRows(long value) {
      maxRows = value;
      return this;
    }

    public Call timeoutMillis(int value) {
      timeoutMillis = value;
      return this;
    }

    public Call consistency(Consistency value) {
      consistency = value;
      return this;
    }

    public Call appliedIndexMin(long value) {
      appliedIndexMin = value;
      return this;
    }

    public Call maxStalenessMillis(int value) {
      maxStalenessMillis = value;
      return this;
    }

    public Execute build() {
      return new Execute(
          session,
          sequence,
          transaction,
          transaction == 0 ? null : begin,
          readOnly,
          expectation,
          keys,
          fetchSize,
          maxRows,
          timeoutMillis,
          consistency,
          appliedIndexMin,
          maxStalenessMillis,
          seen,
          calls);
    }
  }
}
