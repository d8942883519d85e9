package dev.lockstep.protocol;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An answer of a node; only a {@link TopologyChanged} comes unasked, with request id 0. */
public sealed interface ServerMessage extends Message {

  static ServerMessage decode(MessageType type, WireReader in) {
    ServerMessage message =
        switch (type) {
          case WELCOME -> Welcome.decode(in);
          case TOPOLOGY -> TopologyChanged.decode(in);
          case DONE -> Done.decode(in);
          case EXECUTED -> Executed.decode(in);
          case STEPPED -> Stepped.decode(in);
          case ROWS -> Rows.decode(in);
          case DESCRIBED -> Described.decode(in);
          case FAILURE -> Failure.decode(in);
          case STATUS_REPORT -> StatusReport.decode(in);
          case STATE_PART -> StatePart.decode(in);
          case CONTENT -> Content.decode(in);
          case HELLO,
              OPEN_SESSION,
              CLOSE_SESSION,
              EXECUTE,
              FETCH,
              CLOSE_CURSOR,
              COMMIT,
              ROLLBACK,
              DESCRIBE,
              CANCEL,
              PING,
              GET_STATUS,
              RESUME,
              OUTCOME,
              READ_STATE,
              FIX_STATE,
              READ_CONTENT,
              RENEW_SESSION ->
              throw new ProtocolException(type + " sent by a node");
        };
    in.expectEnd();
    return message;
  }

  /**
   * The answer to Hello.
   *
   * @param version the protocol version that both speak from now on
   * @param clusterId the cluster; a driver that knew another one under this address must not go on
   * @param connection number of this connection on the node, for Cancel
   * @param cancelKey the secret that Cancel must bring
   */
  record Welcome(
      int version,
      String nodeId,
      String clusterId,
      String productVersion,
      String sqliteVersion,
      long connection,
      long cancelKey,
      Topology topology)
      implements ServerMessage {
    @Override
    public MessageType type() {
      return MessageType.WELCOME;
    }

    @Override
    public void encode(WireWriter out) {
      out.writeVarInt(version);
      out.writeString(nodeId);
      out.writeString(clusterId);
      out.writeString(productVersion);
      out.writeString(sqliteVersion);
      out.writeLong(connection);
      out.writeLong(cancelKey);
      topology.encode(out);
    }

    static Welcome decode(WireReader in) {
      return new Welcome(
          in.readNonNegativeInt(Frame.VERSION_MAX, "protocol version"),
          in.readString(Limits.NAME_BYTES_MAX, "bytes of a node id"),
          in.readString(Limits.NAME_BYTES_MAX, "bytes of a cluster id"),
          in.readString(Limits.NAME_BYTES_MAX, "bytes of a version"),
          in.readString(Limits.NAME_BYTES_MAX, "bytes of a version"),
          in.readLong(),
          in.readLong(),
          Topology.decode(in));
    }
  }

  /** Sent to every connection when the leader or the members change. */
  record TopologyChanged(Topology topology) implements ServerMessage {
    @Override
    public MessageType type() {
      return MessageType.TOPOLOGY;
    }

    @Override
    public void encode(WireWriter out) {
      topology.encode(out);
    }

    static TopologyChanged decode(WireReader in) {
      return new TopologyChanged(Topology.decode(in));
    }
  }

  /**
   * A request was carried out that returns nothing.
   *
   * @param appliedIndex log index that the node had applied then
   */
  record Done(long appliedIndex) implements ServerMessage {
    @Override
    public MessageType type() {
      return MessageType.DONE;
    }

    @Override
    public void encode(WireWriter out) {
      out.writeVarLong(appliedIndex);
    }

    static Done decode(WireReader in) {
      return new Done(in.readNonNegativeLong("log index"));
    }
  }

  /**
   * What the statements of an Execute did.
   *
   * @param appliedIndex log index that the result comes from: the own one of a write, the last one
   *     that a read has seen
   * @param wrote whether the request was a write, so that it used up its sequence number
   * @param results one for each statement; for a text of several statements, one for each of these
   */
  record Executed(long appliedIndex, boolean wrote, List<StatementResult> results)
      implements ServerMessage {
    public Executed {
      results = List.copyOf(results);
    }

    @Override
    public MessageType type() {
      return MessageType.EXECUTED;
    }

    @Override
    public void encode(WireWriter out) {
      out.writeVarLong(appliedIndex);
      out.writeBoolean(wrote);
      encodeResults(out, results);
    }

    static Executed decode(WireReader in) {
      return new Executed(in.readNonNegativeLong("log index"), in.readBoolean(), decodeResults(in));
    }

    /** The results alone: also what a session keeps of its last write. */
    public static void encodeResults(WireWriter out, List<StatementResult> results) {
      out.writeVarInt(results.size());
      results.forEach(result -> result.encode(out));
    }

    public static List<StatementResult> decodeResults(WireReader in) {
      int count = in.readCount(Limits.STATEMENTS_MAX, "results");
      List<StatementResult> results = new ArrayList<>(Math.min(count, 64));
      for (int i = 0; i < count; i++) {
        results.add(StatementResult.decode(in));
      }
      return results;
    }
  }

  /**
   * A step of a transaction was taken, whether its statements failed or not.
   *
   * @param executed what the statements did, or null if they failed
   * @param failure why they failed, of kind STATEMENT, or null
   */
  record Stepped(Receipt receipt, Executed executed, Failure failure) implements ServerMessage {
    public Stepped {
      if ((executed == null) == (failure == null)) {
        throw new IllegalArgumentException("a step either fails or does not");
      }
    }

    @Override
    public MessageType type() {
      return MessageType.STEPPED;
    }

    @Override
    public void encode(WireWriter out) {
      receipt.encode(out);
      out.writeBoolean(failure != null);
      if (failure != null) {
        failure.encode(out);
      } else {
        executed.encode(out);
      }
    }

    static Stepped decode(WireReader in) {
      Receipt receipt = Receipt.decode(in);
      return in.readBoolean()
          ? new Stepped(receipt, null, Failure.decode(in))
          : new Stepped(receipt, Executed.decode(in), null);
    }
  }

  /**
   * More rows of a result.
   *
   * @param last whether these are the last ones; the cursor is closed then
   */
  record Rows(RowBatch batch, boolean last) implements ServerMessage {
    @Override
    public MessageType type() {
      return MessageType.ROWS;
    }

    @Override
    public void encode(WireWriter out) {
      batch.encode(out);
      out.writeBoolean(last);
    }

    static Rows decode(WireReader in) {
      return new Rows(RowBatch.decode(in), in.readBoolean());
    }
  }

  /**
   * What a statement is.
   *
   * @param writes whether its text goes through the log
   * @param parameters those it takes, by their numbers
   * @param columns what it returns; empty if it returns no rows
   */
  record Described(boolean writes, List<ValueInfo> parameters, List<DescribedColumn> columns)
      implements ServerMessage {
    public Described {
      parameters = List.copyOf(parameters);
      columns = List.copyOf(columns);
    }

    @Override
    public MessageType type() {
      return MessageType.DESCRIBED;
    }

    @Override
    public void encode(WireWriter out) {
      out.writeBoolean(writes);
      out.writeVarInt(parameters.size());
      parameters.forEach(parameter -> parameter.encode(out));
      out.writeVarInt(columns.size());
      columns.forEach(column -> column.encode(out));
    }

    static Described decode(WireReader in) {
      boolean writes = in.readBoolean();
      int parameterCount = in.readCount(Limits.PARAMETERS_MAX, "parameters");
      List<ValueInfo> parameters = new ArrayList<>(Math.min(parameterCount, 64));
      for (int i = 0; i < parameterCount; i++) {
        parameters.add(ValueInfo.decode(in));
      }
      int columnCount = in.readCount(Limits.COLUMNS_MAX, "columns");
      List<DescribedColumn> columns = new ArrayList<>(Math.min(columnCount, 64));
      for (int i = 0; i < columnCount; i++) {
        columns.add(DescribedColumn.decode(in));
      }
      return new Described(writes, parameters, columns);
    }
  }

  /**
   * A request was not carried out, or a statement failed.
   *
   * @param kind what the client does about it
   * @param sqlState five digits or capital letters, as in SQL:2016 part 2, clause 24, or of
   *     Lockstep's own
   * @param vendorCode SQLite's primary result code, or 0 if the error is not SQLite's
   * @param message for a person: what happened and what to do; cut to {@link
   *     Limits#ERROR_MESSAGE_BYTES_MAX}
   * @param statement the failing statement of an Execute, counted from 0
   * @param row the failing parameter row, counted from 0
   * @param topology who leads now, as far as the node knows
   */
  record Failure(
      FailureKind kind,
      String sqlState,
      int vendorCode,
      String message,
      int statement,
      int row,
      Topology topology)
      implements ServerMessage {
    public Failure {
      if (!isSqlState(sqlState)) {
        throw new IllegalArgumentException("SQLSTATE of five characters expected: " + sqlState);
      }
      message = Texts.cut(message, Limits.ERROR_MESSAGE_BYTES_MAX);
    }

    public Failure(FailureKind kind, String sqlState, String message) {
      this(kind, sqlState, 0, message, 0, 0, Topology.UNKNOWN);
    }

    @Override
    public MessageType type() {
      return MessageType.FAILURE;
    }

    @Override
    public void encode(WireWriter out) {
      kind.encode(out);
      out.writeString(sqlState);
      out.writeVarInt(vendorCode);
      out.writeString(message);
      out.writeVarInt(statement);
      out.writeVarInt(row);
      topology.encode(out);
    }

    static Failure decode(WireReader in) {
      FailureKind kind = FailureKind.decode(in);
      String sqlState = in.readString(5, "bytes of an SQLSTATE");
      if (!isSqlState(sqlState)) {
        throw new ProtocolException("not an SQLSTATE: " + sqlState);
      }
      return new Failure(
          kind,
          sqlState,
          in.readNonNegativeInt(Integer.MAX_VALUE, "vendor code"),
          in.readString(Limits.ERROR_MESSAGE_BYTES_MAX, "bytes of an error message"),
          in.readNonNegativeInt(Limits.STATEMENTS_MAX, "statement number"),
          in.readNonNegativeInt(Limits.BATCH_ROWS_MAX, "row number"),
          Topology.decode(in));
    }

    private static boolean isSqlState(String text) {
      return text.length() == 5
          && text.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'));
    }
  }

  /** How a node is, as names and texts for people and tests. */
  record StatusReport(Map<String, String> values) implements ServerMessage {
    public StatusReport {
      values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    @Override
    public MessageType type() {
      return MessageType.STATUS_REPORT;
    }

    @Override
    public void encode(WireWriter out) {
      Properties.encode(out, values);
    }

    static StatusReport decode(WireReader in) {
      return new StatusReport(Properties.decode(in));
    }
  }

  /**
   * A part of a copy of the node's state.
   *
   * @param appliedIndex the last entry that the copy holds
   * @param appliedTerm its term
   * @param clockMillis the latest clock of all commands up to it
   * @param digest the running digest after it, 16 bytes
   * @param totalBytes bytes of the whole copy
   * @param checksum of the whole copy: murmur3, 128 bits
   * @param offset where the part begins
   * @param bytes the part; empty behind the copy's end
   */
  record StatePart(
      long appliedIndex,
      long appliedTerm,
      long clockMillis,
      byte[] digest,
      long totalBytes,
      byte[] checksum,
      long offset,
      byte[] bytes)
      implements ServerMessage {
    /** Bytes of the digest and the checksum. */
    public static final int DIGEST_BYTES = 16;

    public StatePart {
      checkLength(digest);
      checkLength(checksum);
    }

    static void checkLength(byte[] digest) {
      if (digest.length != DIGEST_BYTES) {
        throw new ProtocolException("digest of " + digest.length + " bytes");
      }
    }

    @Override
    public MessageType type() {
      return MessageType.STATE_PART;
    }

    @Override
    public void encode(WireWriter out) {
      out.writeVarLong(appliedIndex);
      out.writeVarLong(appliedTerm);
      out.writeVarLong(clockMillis);
      out.writeBytes(digest);
      out.writeVarLong(totalBytes);
      out.writeBytes(checksum);
      out.writeVarLong(offset);
      out.writeBytes(bytes);
    }

    static StatePart decode(WireReader in) {
      return new StatePart(
          in.readNonNegativeLong("log index"),
          in.readNonNegativeLong("term"),
          in.readNonNegativeLong("clock"),
          in.readBytes(DIGEST_BYTES, "bytes of a digest"),
          in.readNonNegativeLong("size of a state"),
          in.readBytes(DIGEST_BYTES, "bytes of a checksum"),
          in.readNonNegativeLong("offset"),
          in.readBytes(Limits.STATE_PART_BYTES_MAX, "bytes of a part"));
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof StatePart that
          && appliedIndex == that.appliedIndex
          && appliedTerm == that.appliedTerm
          && clockMillis == that.clockMillis
          && Arrays.equals(digest, that.digest)
          && totalBytes == that.totalBytes
          && Arrays.equals(checksum, that.checksum)
          && offset == that.offset
          && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(checksum) * 31 + Long.hashCode(offset);
    }
  }

  /**
   * A part of the content that a node kept at an index.
   *
   * @param table the table that the part is of; a part is never of two
   * @param rows rows of the part
   * @param digest of the part: all names and values, 16 bytes
   * @param next where the next part begins; empty if this is the last
   * @param text the part's last row, if that was asked for and there is one
   */
  record Content(String table, int rows, byte[] digest, byte[] next, String text)
      implements ServerMessage {
    public Content {
      StatePart.checkLength(digest);
    }

    @Override
    public MessageType type() {
      return MessageType.CONTENT;
    }

    @Override
    public void encode(WireWriter out) {
      out.writeString(table);
      out.writeVarInt(rows);
      out.writeBytes(digest);
      out.writeBytes(next);
      out.writeString(text);
    }

    static Content decode(WireReader in) {
      return new Content(
          in.readString(Limits.SQL_BYTES_MAX, "bytes of a table name"),
          in.readNonNegativeInt(Limits.ROWS_MAX, "rows"),
          in.readBytes(StatePart.DIGEST_BYTES, "bytes of a digest"),
          in.readBytes(Limits.PLACE_BYTES_MAX, "bytes of a place"),
          in.readString(Limits.ERROR_MESSAGE_BYTES_MAX, "bytes of a row's text"));
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Content that
          && table.equals(that.table)
          && rows == that.rows
          && Arrays.equals(digest, that.digest)
          && Arrays.equals(next, that.next)
          && text.equals(that.text);
    }

    @Override
    public int hashCode() {
      return table.hashCode() * 31 + Arrays.hashCode(digest);
    }
  }
}
