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
  private static final String SELECT = "SELECT";
  private static final String LOCK = "lockstep_lock";
  private static final int UNDERSCORE = LOCK.indexOf('_');

  /** As a request by itself. */
  Execute message(
      ClientState state,
      long sequence,
      int timeoutMillisLeft,
      ClientOptions options,
      RowsSeen seen) {
    return message(state, sequence, 0, null, timeoutMillisLeft, options, seen);
  }

  /** As a step of a transaction, which begins with it if it has taken none. */
  Execute step(
      ClientState state,
      Transaction transaction,
      int timeoutMillisLeft,
      ClientOptions options,
      RowsSeen seen) {
    return message(
        state,
        0,
        transaction.number(),
        transaction.isEmpty() ? options.transaction() : null,
        timeoutMillisLeft,
        options,
        seen);
  }

  private Execute message(
      ClientState state,
      long sequence,
      long transaction,
      TransactionOptions begin,
      int timeoutMillisLeft,
      ClientOptions options,
      RowsSeen seen) {
    return new Execute(
        state.session,
        sequence,
        transaction,
        begin,
        readOnly,
        expectation,
        keys,
        fetchSize,
        maxRows,
        timeoutMillisLeft,
        options.consistency().atNode(),
        state.readFloor(options.consistency()),
        options.maxStalenessMillis(),
        seen,
        calls);
  }

  /** Whether it certainly writes nothing, as far as the texts alone tell. */
  boolean onlyReads() {
    return readOnly || !namesLocks() && calls.stream().allMatch(call -> isSelect(call.sql()));
  }

  /** Another statement may follow any semicolon but the last. */
  private static boolean isSelect(String sql) {
    String text = sql.strip();
    int semicolon = text.indexOf(';');
    return text.regionMatches(true, 0, SELECT, 0, SELECT.length())
        && (semicolon < 0 || semicolon == text.length() - 1);
  }

  /** Whether it may ask for a named lock. */
  boolean namesLocks() {
    for (StatementCall call : calls) {
      if (names(call.sql())) {
        return true;
      }
    }
    return false;
  }

  private static boolean names(String sql) {
    for (int i = sql.indexOf('_'); i >= 0; i = sql.indexOf('_', i + 1)) {
      if (sql.regionMatches(true, i - UNDERSCORE, LOCK, 0, LOCK.length())) {
        return true;
      }
    }
    return false;
  }

  /** The same with another number of rows in the first batch, and without a limit of time. */
  Request again(int rows) {
    return new Request(readOnly, expectation, keys, rows, maxRows, 0, calls);
  }
}
