package dev.lockstep.jdbc.client;

import dev.lockstep.protocol.ClientMessage;
import dev.lockstep.protocol.FailureKind;
import dev.lockstep.protocol.ProtocolException;
import dev.lockstep.protocol.ServerMessage;
import dev.lockstep.protocol.ServerMessage.Failure;
import dev.lockstep.protocol.SessionId;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Optional;

/**
 * Sends one operation until it has an answer that is final: at other nodes where one was lost or
 * does not lead, after a pause where it is busy, with a session where one is needed. The table of
 * failures in PROTOCOL.md is this class. Used once, by one thread.
 */
final class Exchange {
  private final Links links;
  private final ClientState state;
  private final Operation operation;
  private final Retry retry;

  /** Whether another node than the leader may be asked. */
  private boolean follower;

  /** Whether a session is to be opened first. */
  private boolean opens;

  private volatile boolean cancelled;

  /** An answer, and where it came from. */
  record Answer(ServerMessage message, Link link) {}

  Exchange(Links links, ClientState state, Operation operation, Retry retry, boolean follower) {
    this.links = links;
    this.state = state;
    this.operation = operation;
    this.retry = retry;
    this.follower = follower;
  }

  /** Stops the repetition; a node that is working is told by {@link Links#cancel}. */
  void cancel() {
    cancelled = true;
  }

  Answer run() throws SQLException {
    try {
      while (true) {
        Link link = link();
        // A new one with each attempt: one that was sent before might be opened late, and be closed
        // again, or not be; under an id that is used once only, no write can be taken for another.
        SessionId opening = opens ? SessionId.random() : SessionId.NONE;
        ServerMessage answer = attempt(link, opening);
        if (answer instanceof Failure failure) {
          recover(link, failure);
        } else if (answer != null && opens) {
          state.session = opening;
          opens = false;
        } else if (answer != null && operation.answered(link, answer)) {
          return new Answer(answer, link);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      // The connection is as good as before, so this is no failure of it.
      SqlState code = operation.mayBeApplied() ? SqlState.OUTCOME_UNKNOWN : SqlState.CANCELED;
      throw code.exception("interrupted while waiting for the cluster", e);
    }
  }

  private Link link() throws SQLException, InterruptedException {
    Link wanted = operation.link();
    long deadline = retry.searchDeadline();
    Optional<Link> link =
        wanted != null
            ? Optional.of(wanted)
            : follower
                ? links.toReader(deadline, this::isUnwanted)
                : links.toLeader(deadline, this::isUnwanted);
    checkNotAborted(null);
    checkNotCancelled();
    return link.orElseThrow(retry::over);
  }

  /** Sends once; null if there was no answer and it is to be sent again. */
  private ServerMessage attempt(Link link, SessionId opening) throws SQLException {
    ClientMessage message =
        opens
            ? new ClientMessage.OpenSession(opening)
            : operation.message(link, retry.timeoutMillisLeft());
    try {
      return links.call(link, message, retry.answerDeadline());
    } catch (ProtocolException e) {
      throw SqlState.TOO_LARGE.exception(
          "the statement with its parameters is too large: " + e.getMessage(), e);
    } catch (SilenceException e) {
      links.abort();
      if (!opens) {
        operation.lost();
      }
      SqlState code =
          operation.mayBeApplied() ? SqlState.OUTCOME_UNKNOWN : SqlState.CONNECTION_FAILED;
      throw code.exception(
          "the connection is closed, its network timeout is over: " + e.getMessage(), e);
    } catch (IOException e) {
      links.lost(link);
      if (opens) {
        operation.notDone();
      } else {
        operation.lost();
      }
      checkNotAborted(e);
      retry.failed(e);
      return null;
    }
  }

  private void recover(Link link, Failure failure) throws SQLException, InterruptedException {
    NodeFailure reason = new NodeFailure(failure);
    links.cluster().observe(failure.topology());
    switch (failure.kind()) {
      case STATEMENT, TRANSACTION_LOST, NOT_APPLIED -> operation.failed(link, reason);
      case PROTOCOL -> {
        links.lost(link);
        throw reason.toSqlException();
      }
      case SESSION_REQUIRED -> {
        follower = false;
        opens = true;
      }
      case SESSION_UNKNOWN -> {
        state.session = SessionId.NONE;
        operation.sessionUnknown(reason);
        opens = true;
      }
      case BUSY -> {
        if (reason.isDiskFull() && !operation.mayBeApplied()) {
          // That may take hours: the application is told at once. A write that may be in the log
          // is asked for until its time is over.
          throw reason.toSqlException();
        }
        if (!opens) {
          operation.busy();
        }
        retry.failed(reason);
        retry.pause(links.cluster());
      }
      case NOT_LEADER, UNAVAILABLE, OUTCOME_UNKNOWN -> {
        links.leave(link);
        follower = false;
        retry.failed(reason);
        if (failure.kind() == FailureKind.OUTCOME_UNKNOWN && !opens) {
          operation.lost();
        } else {
          operation.notDone();
        }
        if (links.cluster().leader().isEmpty()) {
          retry.pause(links.cluster());
        }
      }
    }
  }

  /** A write that may be applied is seen through: what became of it is to be told. */
  private boolean isUnwanted() {
    return cancelled && !operation.mayBeApplied();
  }

  private void checkNotCancelled() throws SQLException {
    if (isUnwanted()) {
      throw SqlState.CANCELED.exception("the statement was cancelled");
    }
  }

  private void checkNotAborted(Exception cause) throws SQLException {
    if (links.isAborted()) {
      SqlState code =
          operation.mayBeApplied() ? SqlState.OUTCOME_UNKNOWN : SqlState.CONNECTION_FAILED;
      throw code.exception("the connection was closed by another thread", cause);
    }
  }
}
