package dev.lockstep.testkit.simulation;

import dev.lockstep.server.log.LogFailure;
import dev.lockstep.server.log.ReplicatedLog.Completion;
import dev.lockstep.server.log.ReplicatedLog.ReadIndexCompletion;

/** A question to the log that is answered once; answers after the first one are dropped. */
final class OpenRequest implements Completion, ReadIndexCompletion {
  private final Completion completion;
  private final ReadIndexCompletion readIndexCompletion;
  private boolean done;

  OpenRequest(Completion completion, ReadIndexCompletion readIndexCompletion) {
    this.completion = completion;
    this.readIndexCompletion = readIndexCompletion;
  }

  boolean done() {
    return done;
  }

  void fail(LogFailure.Kind kind, String message) {
    completed(0, new LogFailure(kind, message));
  }

  @Override
  public void completed(LogFailure failure) {
    completed(0, failure);
  }

  @Override
  public void completed(long index, LogFailure failure) {
    if (done) {
      return;
    }
    done = true;
    if (completion != null) {
      completion.completed(failure);
    } else {
      readIndexCompletion.completed(index, failure);
    }
  }
}
