package dev.lockstep.protocol;

import dev.lockstep.protocol.StatementResult.RowSet;
import dev.lockstep.protocol.Topology.Member;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** One or more messages of every type, with every field used: what the golden files hold. */
final class ExampleMessages {
  private static final SessionId SESSION = new SessionId(0x0123456789ABCDEFL, 0xFEDCBA9876543210L);

  private static final Topology TOPOLOGY =
      new Topology(
          7,
          "n2",
          List.of(
              new Member("n1", "db1", 7400),
              new Member("n2", "10.0.0.2", 7401),
              new Member("n3", "::1", 65535)));

  private static final TransactionOptions OPTIONS =
      new TransactionOptions(
          TransactionMode.OPTIMISTIC, 600_000, 300_000, 60_000, 10_000, 1 << 20, 1 << 19);

  private static final RowsSeen SEEN =
      new RowsSeen(200, new Fingerprint(0x0011223344556677L, 0x8899AABBCCDDEEFFL));

  private static final List<Column> COLUMNS =
      List.of(
          new Column("id", "orders", "INTEGER"),
          new Column("Größe", "orders", "VARCHAR(20)"),
          new Column("count(*)", "", ""));

  private static final RowBatch BATCH =
      RowBatch.of(
          List.of(
              new Object[] {1L, "klein", null},
              new Object[] {-1L, "", 2.5},
              new Object[] {Long.MIN_VALUE, "😀", new byte[] {0, (byte) 0xFF}}));

  /** The messages by type; in the order of the golden file's lines. */
  static final Map<MessageType, List<Message>> ALL = all();

  private ExampleMessages() {}

  private static Map<MessageType, List<Message>> all() {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("ApplicationName", "shop");
    properties.put("driver", "");
    Map<MessageType, List<Message>> all = new LinkedHashMap<>();
    for (Message message :
        List.of(
            new ClientMessage.Hello(1, 1, "shop", "ann", properties),
            new ClientMessage.Hello(1, 300, "", "", Map.of()),
            new ClientMessage.OpenSession(SESSION),
            new ClientMessage.CloseSession(SESSION),
            new ClientMessage.RenewSession(SESSION),
            execute(SessionId.NONE, 0, 0, new StatementCall("SELECT 1")),
            execute(SESSION, 0, 3, new StatementCall("SELECT 1")),
            new ClientMessage.Execute(
                SESSION,
                1L << 40,
                5,
                OPTIONS,
                true,
                Expectation.COUNT,
                new GeneratedKeys(true, List.of("id", "created")),
                1000,
                100_000,
                30_000,
                Consistency.BOUNDED,
                123_456_789L,
                250,
                SEEN,
                List.of(
                    new StatementCall(
                        "INSERT INTO t VALUES (?,?)",
                        List.of(
                            new Object[] {1L, "a"},
                            new Object[] {2.0, null},
                            new Object[] {new byte[] {1, 2}, "ü"})),
                    new StatementCall("DELETE FROM u"))),
            new ClientMessage.Fetch(9, 500),
            new ClientMessage.CloseCursor(9),
            new ClientMessage.Commit(SESSION, 12, 5),
            new ClientMessage.Rollback(SESSION, 5),
            new ClientMessage.Describe("SELECT * FROM t WHERE id = ?", 0),
            new ClientMessage.Describe("SELECT 1; SELECT 2", 1),
            new ClientMessage.Cancel(77, -2L),
            new ClientMessage.Ping(),
            new ClientMessage.GetStatus(),
            new ClientMessage.Resume(
                SESSION,
                6,
                false,
                OPTIONS,
                1_700_000_000_000L,
                -3L,
                1000,
                Consistency.LINEARIZABLE,
                0,
                0,
                List.of(
                    new ScriptStep(
                        GeneratedKeys.KEY,
                        0,
                        0,
                        List.of(new StatementCall("INSERT INTO t VALUES (1)")),
                        SEEN.digest(),
                        List.of()),
                    new ScriptStep(
                        GeneratedKeys.NONE,
                        50,
                        1000,
                        List.of(new StatementCall("SELECT 1"), new StatementCall("SELECT 2")),
                        Fingerprint.ZERO,
                        List.of()))),
            new ClientMessage.Resume(
                SessionId.NONE,
                1,
                true,
                TransactionOptions.DEFAULT,
                0,
                0,
                0,
                Consistency.SESSION,
                300,
                5000,
                List.of(
                    new ScriptStep(
                        GeneratedKeys.NONE,
                        50,
                        0,
                        List.of(new StatementCall("SELECT * FROM t")),
                        SEEN.digest(),
                        List.of(
                            new ScriptStep.Fetched(0, SEEN, true),
                            new ScriptStep.Fetched(300, RowsSeen.NONE, false))))),
            new ClientMessage.Outcome(SESSION, 12, false),
            new ClientMessage.Outcome(SESSION, 300, true),
            new ClientMessage.ReadState(0, 0, 1),
            new ClientMessage.ReadState(300, 1L << 32, 1 << 20),
            new ClientMessage.FixState(),
            new ClientMessage.ReadContent(300, new byte[0], 0, false),
            new ClientMessage.ReadContent(300, new byte[] {1, 2, (byte) 0xFF}, 1, true),
            new ServerMessage.Welcome(1, "n1", "c-1", "0.1.0", "3.54.1", 77, -2L, TOPOLOGY),
            new ServerMessage.TopologyChanged(TOPOLOGY),
            new ServerMessage.TopologyChanged(Topology.UNKNOWN),
            new ServerMessage.Done(300),
            new ServerMessage.Executed(
                301,
                true,
                List.of(StatementResult.ofCounts(1, 0, 200), StatementResult.ofCounts(0))),
            new ServerMessage.Executed(
                302, false, List.of(StatementResult.ofRows(new RowSet(false, COLUMNS, BATCH, 17)))),
            new ServerMessage.Executed(
                303,
                true,
                List.of(
                    new StatementResult(new long[] {1}, new RowSet(true, COLUMNS, BATCH, 0)),
                    StatementResult.ofRows(new RowSet(false, COLUMNS, RowBatch.EMPTY, 0)))),
            new ServerMessage.Rows(BATCH, false),
            new ServerMessage.Rows(RowBatch.EMPTY, true),
            new ServerMessage.Described(
                false,
                List.of(new ValueInfo("VARCHAR(20)", Nullability.NEVER), ValueInfo.UNKNOWN),
                List.of(
                    new DescribedColumn(
                        COLUMNS.get(0), new ValueInfo("BIGINT", Nullability.NEVER), true),
                    new DescribedColumn(
                        COLUMNS.get(2), new ValueInfo("BIGINT", Nullability.POSSIBLE), false))),
            new ServerMessage.Described(true, List.of(), List.of()),
            new ServerMessage.Failure(
                FailureKind.STATEMENT,
                "23505",
                19,
                "UNIQUE constraint failed: t.id",
                2,
                300,
                Topology.UNKNOWN),
            new ServerMessage.Failure(
                FailureKind.NOT_LEADER, "25006", 0, "node n1 does not lead", 0, 0, TOPOLOGY),
            new ServerMessage.Failure(FailureKind.NOT_APPLIED, "40003", "not applied so far"),
            new ServerMessage.StatusReport(properties),
            new ServerMessage.Stepped(
                new Receipt(1_700_000_000_000L, -3L, SEEN.digest()),
                new ServerMessage.Executed(301, false, List.of(StatementResult.ofCounts(1))),
                null),
            new ServerMessage.Stepped(
                new Receipt(0, 3L, SEEN.digest()),
                null,
                new ServerMessage.Failure(
                    FailureKind.STATEMENT, "23505", 19, "not unique", 0, 1, Topology.UNKNOWN)),
            new ServerMessage.StatePart(
                300,
                7,
                1_700_000_000_000L,
                digest(1),
                1L << 33,
                digest(2),
                1L << 32,
                new byte[] {0, 1, (byte) 0xFF}),
            new ServerMessage.Content("Größe", 1_000, digest(3), new byte[] {9, 8}, ""),
            new ServerMessage.Content("t", 1, digest(4), new byte[0], "id=1 a='b'"))) {
      all.merge(
          message.type(),
          List.of(message),
          (a, b) -> Stream.concat(a.stream(), b.stream()).toList());
    }
    return all;
  }

  private static byte[] digest(int first) {
    byte[] digest = new byte[16];
    for (int i = 0; i < digest.length; i++) {
      digest[i] = (byte) (first + i);
    }
    return digest;
  }

  private static ClientMessage.Execute execute(
      SessionId session, long sequence, long transaction, StatementCall call) {
    return new ClientMessage.Execute(
        session,
        sequence,
        transaction,
        null,
        false,
        Expectation.ANY,
        GeneratedKeys.NONE,
        0,
        0,
        0,
        Consistency.LINEARIZABLE,
        0,
        0,
        RowsSeen.NONE,
        List.of(call));
  }

  /** The beginning of an Execute's frame, up to the number of statements. */
  static void execute(WireWriter out, int statements) {
    out.writeByte(MessageType.EXECUTE.code());
    out.writeInt(1);
    SessionId.NONE.encode(out);
    // Sequence, transaction, readOnly, expectation, keys, fetch size, rows, time, consistency,
    // index, staleness and rows seen: all are one byte here.
    for (int field = 0; field < 12; field++) {
      out.writeByte(0);
    }
    out.writeVarInt(statements);
  }

  /** The frame with its length field. */
  static byte[] frame(int requestId, Message message) {
    WireWriter out = new WireWriter();
    Frame.encode(out, requestId, message);
    return out.toByteArray();
  }

  /** The frame without its length field: what a decoder gets. */
  static byte[] content(int requestId, Message message) {
    byte[] frame = frame(requestId, message);
    return Arrays.copyOfRange(frame, Frame.LENGTH_BYTES, frame.length);
  }

  /** Decodes as the receiver of such a message does. */
  static Frame decode(MessageType type, byte[] content) {
    return isOfClient(type) ? Frame.decodeFromClient(content) : Frame.decodeFromServer(content);
  }

  static boolean isOfClient(MessageType type) {
    return type.code() < MessageType.WELCOME.code();
  }
}
