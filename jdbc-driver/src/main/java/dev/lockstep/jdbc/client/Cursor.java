package dev.lockstep.jdbc.client;

import dev.lockstep.protocol.Column;
import dev.lockstep.protocol.RowBatch;
import dev.lockstep.protocol.RowsDigest;
import dev.lockstep.protocol.RowsSeen;
import dev.lockstep.protocol.ScriptStep;
import dev.lockstep.protocol.StatementResult.RowSet;
import java.util.List;

/**
 * The rest of a result at the node that holds it, and what has been received of it so far, so that
 * it can go on at another node. Guarded by the client's lock.
 */
public final class Cursor {
  private final Request request;
  private final int result;
  private final List<Column> columns;
  private final RowsDigest received = new RowsDigest();
  private final boolean alone;

  /** The read-only transaction it belongs to, or null. */
  private final Transaction transaction;

  private Link link;
  private long id;
  private boolean complete;

  /**
   * @param result its place among the results of the request
   * @param alone whether it is the only result, so that it can go on without the others
   */
  Cursor(
      Request request, int result, boolean alone, RowSet rows, Transaction transaction, Link link) {
    this.request = request;
    this.result = result;
    this.alone = alone;
    this.columns = rows.columns();
    this.transaction = transaction;
    movedTo(link, rows.cursor());
    received(rows.batch(), false);
  }

  Link link() {
    return link;
  }

  long id() {
    return id;
  }

  Request request() {
    return request;
  }

  List<Column> columns() {
    return columns;
  }

  Transaction transaction() {
    return transaction;
  }

  boolean canMove() {
    return alone;
  }

  void movedTo(Link newLink, long newId) {
    link = newLink;
    id = newId;
  }

  void received(RowBatch batch, boolean last) {
    received.add(batch);
    complete = last;
  }

  RowsSeen seen() {
    return received.seen();
  }

  ScriptStep.Fetched fetched() {
    return new ScriptStep.Fetched(result, received.seen(), complete);
  }
}
