package dev.lockstep.jdbc.client;

import dev.lockstep.protocol.Fingerprint;
import dev.lockstep.protocol.ProtocolException;
import dev.lockstep.protocol.ScriptStep;
import dev.lockstep.protocol.WireWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * The steps of a transaction, with what they have shown, so that another node can take them again.
 * One that grows beyond its limit is given up: the transaction cannot be carried over then. Guarded
 * by the client's lock.
 */
final class Script {
  private final int bytesMax;
  private final List<Kept> steps = new ArrayList<>();
  private final WireWriter measure = new WireWriter();
  private int bytes;
  private boolean kept = true;

  /** A step, and those of its results that did not come whole. */
  private record Kept(Request request, Fingerprint seen, List<Cursor> cursors) {
    ScriptStep step() {
      return new ScriptStep(
          request.keys(),
          request.fetchSize(),
          request.maxRows(),
          request.calls(),
          seen,
          cursors.stream().map(Cursor::fetched).toList());
    }
  }

  Script(int bytesMax) {
    this.bytesMax = bytesMax;
  }

  void add(Request request, Fingerprint seen, List<Cursor> cursors) {
    if (!kept) {
      return;
    }
    Kept step = new Kept(request, seen, cursors);
    measure.reset();
    try {
      step.step().encode(measure);
      bytes += measure.size();
      kept = bytes <= bytesMax;
    } catch (ProtocolException e) {
      // Larger than any message.
      kept = false;
    }
    if (kept) {
      steps.add(step);
    } else {
      steps.clear();
    }
  }

  /** Whether no step was taken. */
  boolean isEmpty() {
    return kept && steps.isEmpty();
  }

  /** Whether all of its steps are there. */
  boolean isKept() {
    return kept;
  }

  int bytesMax() {
    return bytesMax;
  }

  List<ScriptStep> steps() {
    return steps.stream().map(Kept::step).toList();
  }
}
