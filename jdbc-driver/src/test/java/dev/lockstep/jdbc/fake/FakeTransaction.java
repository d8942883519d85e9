package dev.lockstep.jdbc.fake;

import dev.lockstep.protocol.ClientMessage.Execute;
import dev.lockstep.protocol.Consistency;
import dev.lockstep.protocol.Expectation;
import dev.lockstep.protocol.Fingerprint;
import dev.lockstep.protocol.RowsSeen;
import dev.lockstep.protocol.ScriptStep;
import dev.lockstep.protocol.SessionId;
import dev.lockstep.protocol.TransactionOptions;
import java.util.ArrayList;
import java.util.List;

/** A transaction of one client at one node, before its commit. Guarded by the cluster. */
final class FakeTransaction {
  private final long number;
  private final long clock;
  private final TransactionOptions options;
  private final List<Step> steps = new ArrayList<>();
  private final List<String> writes = new ArrayList<>();
  private long rowid;

  record Step(Execute execute, Fingerprint seen) {}

  FakeTransaction(long number, long clock, long rowid, TransactionOptions options) {
    this.number = number;
    this.clock = clock;
    this.rowid = rowid;
    this.options = options;
  }

  /** The request by which a step was taken. */
  static Execute execute(ScriptStep step, boolean readOnly) {
    return new Execute(
        SessionId.NONE,
        0,
        1,
        null,
        readOnly,
        Expectation.ANY,
        step.keys(),
        step.fetchSize(),
        step.maxRows(),
        0,
        Consistency.LINEARIZABLE,
        0,
        0,
        RowsSeen.NONE,
        step.calls());
  }

  long number() {
    return number;
  }

  long clock() {
    return clock;
  }

  TransactionOptions options() {
    return options;
  }

  void add(Execute execute, Fingerprint seen, List<String> written) {
    steps.add(new Step(execute, seen));
    writes.addAll(written);
  }

  List<Step> steps() {
    return steps;
  }

  List<String> writes() {
    return writes;
  }

  boolean hasWritten() {
    return !writes.isEmpty();
  }

  /** The last key given to a row. */
  long rowid() {
    return rowid;
  }

  void rowid(long last) {
    rowid = last;
  }
}
