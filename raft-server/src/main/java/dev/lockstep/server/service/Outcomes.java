package dev.lockstep.server.service;

import dev.lockstep.protocol.ClientMessage.Outcome;
import dev.lockstep.protocol.ServerMessage;
import dev.lockstep.protocol.ServerMessage.Failure;
import dev.lockstep.protocol.SessionId;
import dev.lockstep.protocol.StatementCall;
import dev.lockstep.server.command.Digest;
import dev.lockstep.server.command.StatementCommand;
import dev.lockstep.server.command.TransactionCommand;
import dev.lockstep.server.database.SessionState;
import java.util.List;
import java.util.Optional;

/**
 * Finds out what became of writes whose clients did not get their answers. Safe for use by several
 * threads.
 */
final class Outcomes {
  private final Backend backend;

  Outcomes(Backend backend) {
    this.backend = backend;
  }

  /**
   * The result of the session's last write, if it has this number and its result is at hand; else
   * null.
   */
  ServerMessage kept(SessionId session, long sequence) {
    Optional<SessionState> found = backend.replica().session(session);
    if (found.isPresent()) {
      SessionState state = found.get();
      if (state.lastSequence() == sequence && state.lastResult() != null) {
        return Failures.answer(state.lastIndex(), state.lastResult());
      }
    }
    return null;
  }

  /**
   * Answers what became of a write: after a read index, so that whatever an earlier leader has
   * committed is applied here. Does not block.
   */
  void find(RunningRequest running, Outcome outcome) {
    ClientRequest request = running.request();
    if (!backend.log().status().leads()) {
      request.answer(Failures.notLeader(backend.topology()));
      return;
    }
    ServerMessage kept = kept(outcome.session(), outcome.sequence());
    if (kept != null) {
      request.answer(kept);
    } else if (outcome.decide()) {
      decide(request, outcome);
    } else {
      backend.afterBarrier(running, () -> answer(request, outcome), () -> {});
    }
  }

  private void answer(ClientRequest request, Outcome outcome) {
    SessionState state = backend.replica().session(outcome.session()).orElse(null);
    if (state == null) {
      request.answer(Failures.sessionUnknown(outcome.session()));
    } else if (state.lastSequence() < outcome.sequence()) {
      request.answer(Failures.notApplied(outcome.sequence()));
    } else if (state.lastSequence() > outcome.sequence()) {
      request.answer(
          Failures.protocol(
              "write " + outcome.sequence() + " is older than " + state.lastSequence()));
    } else if (state.lastResult() != null) {
      request.answer(Failures.answer(state.lastIndex(), state.lastResult()));
    } else {
      // Too large for memory; whatever comes under this number now is answered from the file.
      decide(request, outcome);
    }
  }

  /**
   * Proposes a command of the same session and sequence that cannot succeed. If the write was
   * applied before it, the session answers with the write's result; if not, it never will be, since
   * its number is used up then.
   */
  private void decide(ClientRequest request, Outcome outcome) {
    TransactionCommand fence =
        new TransactionCommand(
            backend.options().database(),
            outcome.session(),
            outcome.sequence(),
            backend.clockMillis(),
            0,
            0,
            List.of(
                new TransactionCommand.Step(
                    List.of(
                        new StatementCommand(
                            new StatementCall("SELECT 1"),
                            StatementCommand.Kind.QUERY,
                            StatementCommand.Rows.RESULT,
                            0)),
                    Digest.ZERO)));
    Failure failure = backend.propose(request, fence, answer -> answer);
    if (failure != null) {
      request.answer(failure);
    }
  }
}
