package dev.lockstep.jdbc.client;

import dev.lockstep.protocol.ClientMessage.Execute;
import dev.lockstep.protocol.Expectation;
import dev.lockstep.protocol.GeneratedKeys;
import dev.lockstep.protocol.RowsSeen;
import dev.lockstep.protocol.StatementCall;
import dev.lockstep.protocol.TransactionOptions;
import java.util.List;

/**
 * What the application wants to be executed.
 *
 * @param readOnly whether a write is to be refused
 * @param fetchSize rows in the first batch of a result, 0 for as many as the node likes
 * @param maxRows rows of a result at most, 0 for no limit
 * @param timeoutMillis time for the whole, 0 for no limit
 */
public record Request(
    boolean readOnly,
    Expectation expectation,
    GeneratedKeys keys,
    int fetchSize,
    long maxRows,
    int timeoutMillis,
    List<StatementCall> calls) {

  Execute message(
      ClientState state,
      long sequence,
      long transaction,
      int timeoutMillisLeft,
      ClientOptions options) {
    return new Execute(
        state.session,
        sequence,
        transaction,
        transaction == 0 ? null : TransactionOptions.DEFAULT,
        readOnly,
        expectation,
        keys,
        fetchSize,
        maxRows,
        timeoutMillisLeft,
        options.consistency(),
        state.appliedIndex,
        options.maxStalenessMillis(),
        RowsSeen.NONE,
        calls);
  }
}
