package dev.lockstep.protocol;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A request of a client. Each is answered by one {@link ServerMessage} with the same request id.
 */
public sealed interface ClientMessage extends Message {

  static ClientMessage decode(MessageType type, WireReader in) {
    ClientMessage message =
        switch (type) {
          case HELLO -> Hello.decode(in);
          case OPEN_SESSION -> OpenSession.decode(in);
          case CLOSE_SESSION -> CloseSession.decode(in);
          case EXECUTE -> Execute.decode(in);
          case FETCH -> Fetch.decode(in);
          case CLOSE_CURSOR -> CloseCursor.decode(in);
          case COMMIT -> Commit.decode(in);
          case ROLLBACK -> Rollback.decode(in);
          case DESCRIBE -> Describe.decode(in);
          case CANCEL -> Cancel.decode(in);
          case PING -> new Ping();
          case GET_STATUS -> new GetStatus();
          case RESUME -> Resume.decode(in);
          case OUTCOME -> Outcome.decode(in);
          case READ_STATE -> ReadState.decode(in);
          case FIX_STATE -> new FixState();
          case READ_CONTENT -> ReadContent.decode(in);
          case RENEW_SESSION -> RenewSession.decode(in);
          case WELCOME,
              TOPOLOGY,
              DONE,
              EXECUTED,
              ROWS,
              DESCRIBED,
              FAILURE,
              STATUS_REPORT,
              STEPPED,
              STATE_PART,
              CONTENT ->
              throw new ProtocolException(type + " sent by a client");
        };
    in.expectEnd();
    return message;
  }

  /**
   * The first message of a connection. Begins with {@link #MAGIC}, so that a stranger is known by
   * its first bytes. Answered by {@link ServerMessage.Welcome}.
   *
   * @param versionMin oldest protocol version the client speaks
   * @param versionMax newest one
   * @param database the database that all later requests of the connection mean
   * @param properties what the client says of itself, for status and logs
   */
  record Hello(
      int versionMin, int versionMax, String database, String user, Map<String, String> properties)
      implements ClientMessage {
    /** "LKST". */
    public static final int MAGIC = 0x4C4B5354;

    public Hello {
      properties = Collections.unmodifiableMap(new LinkedHashMap<>(properties));
    }

    @Override
    public MessageType type() {
      return MessageType.HELLO;
    }

    @Override
    public void encode(WireWriter out) {
      out.writeInt(MAGIC);
      out.writeVarInt(versionMin);
      out.writeVarInt(versionMax);
      out.writeString(database);
      out.writeString(user);
      Properties.encode(out, properties);
    }

    static Hello decode(WireReader in) {
      int magic = in.readInt();
      if (magic != MAGIC) {
        throw new ProtocolException("not a Lockstep client: " + Integer.toHexString(magic));
      }
      return new Hello(
          in.readNonNegativeInt(Frame.VERSION_MAX, "protocol version"),
          in.readNonNegativeInt(Frame.VERSION_MAX, "protocol version"),
          in.readString(Limits.NAME_BYTES_MAX, "bytes of a database name"),
          in.readString(Limits.NAME_BYTES_MAX, "bytes of a user name"),
          Properties.decode(in));
    }
  }

  /** Opens the session by an entry of the log; opening it again changes nothing. → Done. */
  record OpenSession(SessionId session) implements ClientMessage {
    @Override
    public MessageType type() {
      return MessageType.OPEN_SESSION;
    }

    @Override
    public void encode(WireWriter out) {
      session.encode(out);
    }

    static OpenSession decode(WireReader in) {
      SessionId session = SessionId.decode(in);
      if (session.isNone()) {
        throw new ProtocolException("a session without an id cannot be opened");
      }
      return new OpenSession(session);
    }
  }

  /**
   * Makes the time start anew after which the session's named locks are taken by others. Never
   * opens a session, so it may come late or twice. → Done, or a failure of kind SESSION_UNKNOWN.
   */
  record RenewSession(SessionId session) implements ClientMessage {
    @Override
    public MessageType type() {
      return MessageType.RENEW_SESSION;
    }

    @Override
    public void encode(WireWriter out) {
      session.encode(out);
    }

    static RenewSession decode(WireReader in) {
      return new RenewSession(SessionId.decode(in));
    }
  }

  /** Forgets the session: it will send nothing any more. → Done. */
  record CloseSession(SessionId session) implements ClientMessage {
    @Override
    public MessageType type() {
      return MessageType.CLOSE_SESSION;
    }

    @Override
    public void encode(WireWriter out) {
      session.encode(out);
    }

    static CloseSession decode(WireReader in) {
      return new CloseSession(SessionId.decode(in));
    }
  }

  /**
   * Runs statements: as one command if any of them writes, else as reads. → Executed; as a step of
   * a transaction → Stepped.
   *
   * @param session the connection's session, {@link SessionId#NONE} before the first write; a write
   *     without one is answered by a failure of kind SESSION_REQUIRED
   * @param sequence the session's next number; the same one again means the same write again
   * @param transaction 0 in autocommit mode, else the client's number of the transaction
   * @param begin begins the transaction if the number is greater than those before; null in
   *     autocommit mode, and where the transaction must be there already
   * @param readOnly whether the connection is read-only: a write is refused
   * @param expectation what the application's call allows to come back
   * @param keys which generated keys to return
   * @param fetchSize rows in the first batch of a query's result, 0 for as many as fit a batch
   * @param maxRows rows of a result at most, 0 for no limit
   * @param timeoutMillis time for the statement, 0 for no limit
   * @param consistency how fresh a read must be
   * @param appliedIndexMin log index that a read of SESSION consistency must have seen
   * @param seen rows of the one query's result that the client has already, from another node: only
   *     those after them are returned, if they are the same here; else 40001. Not in a transaction
   *     that may write
   */
  record Execute(
      SessionId session,
      long sequence,
      long transaction,
      TransactionOptions begin,
      boolean readOnly,
      Expectation expectation,
      GeneratedKeys keys,
      int fetchSize,
      long maxRows,
      int timeoutMillis,
      Consistency consistency,
      long appliedIndexMin,
      int maxStalenessMillis,
      RowsSeen seen,
      List<StatementCall> calls)
      implements ClientMessage {
    public Execute {
      calls = List.copyOf(calls);
      if (transaction == 0 && begin != null) {
        throw new IllegalArgumentException("a transaction without a number begins");
      }
      if (calls.isEmpty()) {
        throw new IllegalArgumentException("no statement to execute");
      }
    }

    @Override
    public MessageType type() {
      return MessageType.EXECUTE;
    }

    @Override
    public void encode(WireWriter out) {
      session.encode(out);
      out.writeVarLong(sequence);
      out.writeVarLong(transaction);
      if (transaction != 0) {
        out.writeBoolean(begin != null);
        if (begin != null) {
          begin.encode(out);
        }
      }
      out.writeBoolean(readOnly);
      expectation.encode(out);
      keys.encode(out);
      out.writeVarInt(fetchSize);
      out.writeVarLong(maxRows);
      out.writeVarInt(timeoutMillis);
      consistency.encode(out);
      out.writeVarLong(appliedIndexMin);
      out.writeVarInt(maxStalenessMillis);
      seen.encode(out);
      StatementCall.encodeAll(out, calls);
    }

    static Execute decode(WireReader in) {
      SessionId session = SessionId.decode(in);
      long sequence = in.readNonNegativeLong("sequence");
      long transaction = in.readNonNegativeLong("transaction");
      TransactionOptions begin =
          transaction != 0 && in.readBoolean() ? TransactionOptions.decode(in) : null;
      boolean readOnly = in.readBoolean();
      Expectation expectation = Expectation.decode(in);
      GeneratedKeys keys = GeneratedKeys.decode(in);
      int fetchSize = in.readNonNegativeInt(Integer.MAX_VALUE, "fetch size");
      long maxRows = in.readNonNegativeLong("row limit");
      int timeoutMillis = in.readNonNegativeInt(Integer.MAX_VALUE, "timeout");
      Consistency consistency = Consistency.decode(in);
      long appliedIndexMin = in.readNonNegativeLong("log index");
      int maxStalenessMillis = in.readNonNegativeInt(Integer.MAX_VALUE, "staleness");
      RowsSeen seen = RowsSeen.decode(in);
      List<StatementCall> calls = StatementCall.decodeAll(in);
      return new Execute(
          session,
          sequence,
          transaction,
          begin,
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

  /** Asks for more rows of a result. → Rows. */
  record Fetch(long cursor, int fetchSize) implements ClientMessage {
    @Override
    public MessageType type() {
      return MessageType.FETCH;
    }

    @Override
    public void encode(WireWriter out) {
      out.writeVarLong(cursor);
      out.writeVarInt(fetchSize);
    }

    static Fetch decode(WireReader in) {
      return new Fetch(
          in.readNonNegativeLong("cursor"), in.readNonNegativeInt(Integer.MAX_VALUE, "fetch size"));
    }
  }

  /** Gives a result back before its end. → Done, also when the cursor is not there any more. */
  record CloseCursor(long cursor) implements ClientMessage {
    @Override
    public MessageType type() {
      return MessageType.CLOSE_CURSOR;
    }

    @Override
    public void encode(WireWriter out) {
      out.writeVarLong(cursor);
    }

    static CloseCursor decode(WireReader in) {
      return new CloseCursor(in.readNonNegativeLong("cursor"));
    }
  }

  /** Commits the transaction as the write with this sequence number. → Done. */
  record Commit(SessionId session, long sequence, long transaction) implements ClientMessage {
    @Override
    public MessageType type() {
      return MessageType.COMMIT;
    }

    @Override
    public void encode(WireWriter out) {
      session.encode(out);
      out.writeVarLong(sequence);
      out.writeVarLong(transaction);
    }

    static Commit decode(WireReader in) {
      return new Commit(
          SessionId.decode(in),
          in.readNonNegativeLong("sequence"),
          in.readNonNegativeLong("transaction"));
    }
  }

  /**
   * Begins a transaction anew that was begun at another node, or on another connection, and has
   * taken these steps: they are run again, and must show what they showed then; else the answer is
   * TRANSACTION_LOST. → Done: the transaction goes on here under this number.
   *
   * @param transaction the number it has on this connection, greater than those before
   * @param readOnly whether it is a snapshot, without a script
   * @param clockMillis from the receipts
   * @param seed from the receipts
   * @param timeoutMillis time for it, 0 for no limit
   * @param consistency of a read-only one, like the two that follow: how fresh the snapshot must be
   */
  record Resume(
      SessionId session,
      long transaction,
      boolean readOnly,
      TransactionOptions options,
      long clockMillis,
      long seed,
      int timeoutMillis,
      Consistency consistency,
      long appliedIndexMin,
      int maxStalenessMillis,
      List<ScriptStep> steps)
      implements ClientMessage {
    public Resume {
      steps = List.copyOf(steps);
      if (transaction == 0 || steps.isEmpty()) {
        throw new IllegalArgumentException("nothing to resume");
      }
    }

    @Override
    public MessageType type() {
      return MessageType.RESUME;
    }

    @Override
    public void encode(WireWriter out) {
      session.encode(out);
      out.writeVarLong(transaction);
      out.writeBoolean(readOnly);
      options.encode(out);
      out.writeVarLong(clockMillis);
      out.writeLong(seed);
      out.writeVarInt(timeoutMillis);
      consistency.encode(out);
      out.writeVarLong(appliedIndexMin);
      out.writeVarInt(maxStalenessMillis);
      out.writeVarInt(steps.size());
      steps.forEach(step -> step.encode(out));
    }

    static Resume decode(WireReader in) {
      SessionId session = SessionId.decode(in);
      long transaction = in.readNonNegativeLong("transaction");
      boolean readOnly = in.readBoolean();
      TransactionOptions options = TransactionOptions.decode(in);
      long clockMillis = in.readNonNegativeLong("clock");
      long seed = in.readLong();
      int timeoutMillis = in.readNonNegativeInt(Integer.MAX_VALUE, "timeout");
      Consistency consistency = Consistency.decode(in);
      long appliedIndexMin = in.readNonNegativeLong("log index");
      int maxStalenessMillis = in.readNonNegativeInt(Integer.MAX_VALUE, "staleness");
      int count = in.readCount(Limits.STEPS_MAX, "steps");
      if (transaction == 0 || count == 0) {
        throw new ProtocolException("nothing to resume");
      }
      List<ScriptStep> steps = new ArrayList<>(Math.min(count, 64));
      for (int i = 0; i < count; i++) {
        steps.add(ScriptStep.decode(in));
      }
      return new Resume(
          session,
          transaction,
          readOnly,
          options,
          clockMillis,
          seed,
          timeoutMillis,
          consistency,
          appliedIndexMin,
          maxStalenessMillis,
          steps);
    }
  }

  /**
   * Asks the leader what became of a write whose answer was lost. → the write's own answer, if it
   * was applied; else a failure of kind NOT_APPLIED.
   *
   * @param decide whether to make sure that the write will not be applied later either: if it was
   *     not, its number is used up, and the answer, TRANSACTION_LOST, is final
   */
  record Outcome(SessionId session, long sequence, boolean decide) implements ClientMessage {
    @Override
    public MessageType type() {
      return MessageType.OUTCOME;
    }

    @Override
    public void encode(WireWriter out) {
      session.encode(out);
      out.writeVarLong(sequence);
      out.writeBoolean(decide);
    }

    static Outcome decode(WireReader in) {
      return new Outcome(
          SessionId.decode(in), in.readNonNegativeLong("sequence"), in.readBoolean());
    }
  }

  /** Gives up the transaction; one that the node does not know is rolled back already. → Done. */
  record Rollback(SessionId session, long transaction) implements ClientMessage {
    @Override
    public MessageType type() {
      return MessageType.ROLLBACK;
    }

    @Override
    public void encode(WireWriter out) {
      session.encode(out);
      out.writeVarLong(transaction);
    }

    static Rollback decode(WireReader in) {
      return new Rollback(SessionId.decode(in), in.readNonNegativeLong("transaction"));
    }
  }

  /**
   * Asks what a statement is, without running it. → Described.
   *
   * @param statement which one of the text, from 0
   */
  record Describe(String sql, int statement) implements ClientMessage {
    @Override
    public MessageType type() {
      return MessageType.DESCRIBE;
    }

    @Override
    public void encode(WireWriter out) {
      out.writeString(sql);
      out.writeVarInt(statement);
    }

    static Describe decode(WireReader in) {
      return new Describe(
          in.readString(Limits.SQL_BYTES_MAX, "bytes of a statement"),
          in.readNonNegativeInt(Limits.STATEMENTS_MAX, "number of a statement"));
    }
  }

  /**
   * Sent on a connection of its own: stops what another connection to the same node is running. →
   * Done, whether there was something to stop or not.
   */
  record Cancel(long connection, long cancelKey) implements ClientMessage {
    @Override
    public MessageType type() {
      return MessageType.CANCEL;
    }

    @Override
    public void encode(WireWriter out) {
      out.writeLong(connection);
      out.writeLong(cancelKey);
    }

    static Cancel decode(WireReader in) {
      return new Cancel(in.readLong(), in.readLong());
    }
  }

  /** Asks whether the node answers. → Done. */
  record Ping() implements ClientMessage {
    @Override
    public MessageType type() {
      return MessageType.PING;
    }

    @Override
    public void encode(WireWriter out) {}
  }

  /** Asks how the node is. → StatusReport. */
  record GetStatus() implements ClientMessage {
    @Override
    public MessageType type() {
      return MessageType.GET_STATUS;
    }

    @Override
    public void encode(WireWriter out) {}
  }

  /**
   * Reads the node's whole state, piece by piece, to make a replica of it: the request for offset 0
   * has the node copy its state, all further ones of the connection read from this copy. →
   * StatePart.
   *
   * @param appliedIndexMin log index that the copy must have seen
   * @param offset where in the copy the part begins
   * @param bytesMax bytes of the part at most
   */
  record ReadState(long appliedIndexMin, long offset, int bytesMax) implements ClientMessage {
    @Override
    public MessageType type() {
      return MessageType.READ_STATE;
    }

    @Override
    public void encode(WireWriter out) {
      out.writeVarLong(appliedIndexMin);
      out.writeVarLong(offset);
      out.writeVarInt(bytesMax);
    }

    static ReadState decode(WireReader in) {
      ReadState request =
          new ReadState(
              in.readNonNegativeLong("log index"),
              in.readNonNegativeLong("offset"),
              in.readNonNegativeInt(Limits.STATE_PART_BYTES_MAX, "bytes of a part"));
      if (request.bytesMax() == 0) {
        throw new ProtocolException("a part of no bytes");
      }
      return request;
    }
  }

  /**
   * Has every replica keep its state as it is at one index of the log, to be read by {@link
   * ReadContent}. Answered by the leader: → Done, whose index is that index.
   */
  record FixState() implements ClientMessage {
    @Override
    public MessageType type() {
      return MessageType.FIX_STATE;
    }

    @Override
    public void encode(WireWriter out) {}
  }

  /**
   * Reads a digest of a part of the content that the node kept at an index. → Content.
   *
   * @param fixedIndex the index that FixState gave
   * @param place where the part begins: what an earlier Content said, empty for the beginning
   * @param rowsMax rows of the part at most; 0: as many as the node likes
   * @param text whether the part's last row is to be shown as text
   */
  record ReadContent(long fixedIndex, byte[] place, int rowsMax, boolean text)
      implements ClientMessage {
    @Override
    public MessageType type() {
      return MessageType.READ_CONTENT;
    }

    @Override
    public void encode(WireWriter out) {
      out.writeVarLong(fixedIndex);
      out.writeBytes(place);
      out.writeVarInt(rowsMax);
      out.writeBoolean(text);
    }

    static ReadContent decode(WireReader in) {
      return new ReadContent(
          in.readNonNegativeLong("log index"),
          in.readBytes(Limits.PLACE_BYTES_MAX, "bytes of a place"),
          in.readNonNegativeInt(Limits.ROWS_MAX, "row limit"),
          in.readBoolean());
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof ReadContent that
          && fixedIndex == that.fixedIndex
          && Arrays.equals(place, that.place)
          && rowsMax == that.rowsMax
          && text == that.text;
    }

    @Override
    public int hashCode() {
      return Long.hashCode(fixedIndex) * 31 + Arrays.hashCode(place);
    }
  }
}
