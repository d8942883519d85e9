package dev.lockstep.protocol;

import java.util.ArrayList;
import java.util.List;

/**
 * A step that a transaction has taken before it is resumed: what the client asked for, and what it
 * saw.
 *
 * @param keys as in the step's {@link ClientMessage.Execute}
 * @param fetchSize as there
 * @param maxRows as there
 * @param seen from the {@link Receipt} of the step
 * @param fetched of a read-only transaction: the results of which more than the first batch was
 *     received
 */
public record ScriptStep(
    GeneratedKeys keys,
    int fetchSize,
    long maxRows,
    List<StatementCall> calls,
    Fingerprint seen,
    List<Fetched> fetched) {

  /**
   * How much of a result was received.
   *
   * @param result the result's place among those of the step, from 0
   * @param rows the rows received, those of the first batch included
   * @param complete whether these were all
   */
  public record Fetched(int result, RowsSeen rows, boolean complete) {
    void encode(WireWriter out) {
      out.writeVarInt(result);
      rows.encode(out);
      out.writeBoolean(complete);
    }

    static Fetched decode(WireReader in) {
      return new Fetched(
          in.readNonNegativeInt(Limits.STATEMENTS_MAX, "number of a result"),
          RowsSeen.decode(in),
          in.readBoolean());
    }
  }

  public ScriptStep {
    calls = List.copyOf(calls);
    fetched = List.copyOf(fetched);
    if (calls.isEmpty()) {
      throw new IllegalArgumentException("a step without a statement");
    }
  }

  public void encode(WireWriter out) {
    keys.encode(out);
    out.writeVarInt(fetchSize);
    out.writeVarLong(maxRows);
    seen.encode(out);
    out.writeVarInt(fetched.size());
    fetched.forEach(each -> each.encode(out));
    StatementCall.encodeAll(out, calls);
  }

  public static ScriptStep decode(WireReader in) {
    GeneratedKeys keys = GeneratedKeys.decode(in);
    int fetchSize = in.readNonNegativeInt(Integer.MAX_VALUE, "fetch size");
    long maxRows = in.readNonNegativeLong("row limit");
    Fingerprint seen = Fingerprint.decode(in);
    int count = in.readCount(Limits.STATEMENTS_MAX, "results");
    List<Fetched> fetched = new ArrayList<>(Math.min(count, 16));
    for (int i = 0; i < count; i++) {
      fetched.add(Fetched.decode(in));
    }
    return new ScriptStep(keys, fetchSize, maxRows, StatementCall.decodeAll(in), seen, fetched);
  }
}
