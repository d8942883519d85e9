package dev.lockstep.server.service;

import dev.lockstep.protocol.FailureKind;
import dev.lockstep.protocol.Limits;
import dev.lockstep.protocol.ServerMessage;
import dev.lockstep.protocol.ServerMessage.Failure;
import dev.lockstep.protocol.SessionId;
import dev.lockstep.protocol.Topology;
import dev.lockstep.server.command.CommandResult;
import dev.lockstep.server.database.TransactionLostException;
import dev.lockstep.server.log.LogFailure;
import dev.lockstep.sql.SqlError;

/** What clients are told when something is not done, and how results of commands become answers. */
final class Failures {
  private static final int MESSAGE_CHARS_MAX = Limits.ERROR_MESSAGE_BYTES_MAX / 4;

  private Failures() {}

  static Failure statement(String sqlState, String message) {
    return new Failure(FailureKind.STATEMENT, sqlState, message);
  }

  static Failure statement(SqlError error, int statement) {
    return statement(error, statement, 0);
  }

  static Failure statement(SqlError error, int statement, int row) {
    return new Failure(
        FailureKind.STATEMENT,
        error.sqlState(),
        error.vendorCode(),
        cut(error.message()),
        statement,
        row,
        Topology.UNKNOWN);
  }

  static Failure busy(String message) {
    return new Failure(FailureKind.BUSY, "53000", message);
  }

  /** A write that was not begun because there is no room for it. */
  static Failure diskFull(String message) {
    return new Failure(FailureKind.BUSY, "53100", cut(message));
  }

  static Failure unavailable(String reason) {
    return new Failure(FailureKind.UNAVAILABLE, "57P03", cut(reason));
  }

  static Failure protocol(String message) {
    return new Failure(FailureKind.PROTOCOL, "08P01", message);
  }

  static Failure notLeader(Topology topology) {
    String leader = topology.leader();
    return new Failure(
        FailureKind.NOT_LEADER,
        "57P03",
        0,
        leader.isEmpty() ? "no leader is known at the moment" : leader + " leads",
        0,
        0,
        topology);
  }

  static Failure sessionRequired() {
    return new Failure(FailureKind.SESSION_REQUIRED, "55000", "a write needs a session");
  }

  static Failure transactionLost(String message) {
    return new Failure(FailureKind.TRANSACTION_LOST, "40001", message);
  }

  /** What only this node lost may go on at another one, with the script that the client keeps. */
  static Failure of(TransactionLostException lost, Topology topology) {
    FailureKind kind =
        switch (lost.sqlState()) {
          case "57P03" -> FailureKind.NOT_LEADER;
          case "57P01", "58030" -> FailureKind.UNAVAILABLE;
          // That may take hours, also at the next leader: the client is to be told at once.
          case "53100" -> FailureKind.BUSY;
          default -> FailureKind.TRANSACTION_LOST;
        };
    return new Failure(kind, lost.sqlState(), 0, cut(lost.getMessage()), 0, 0, topology);
  }

  static Failure sessionUnknown(SessionId session) {
    return new Failure(
        FailureKind.SESSION_UNKNOWN, "08003", "session " + session + " is not open (any more)");
  }

  static Failure notApplied(long sequence) {
    return new Failure(
        FailureKind.NOT_APPLIED, "40003", "the write " + sequence + " was not applied so far");
  }

  static Failure of(LogFailure failure, Topology topology) {
    return switch (failure.kind()) {
      case NOT_LEADER -> notLeader(topology);
      case BUSY -> busy(failure.message());
      case STOPPED, FAILED -> unavailable(failure.message());
      case UNKNOWN ->
          new Failure(
              FailureKind.OUTCOME_UNKNOWN,
              "40003",
              0,
              "it is not known whether the write will be applied: " + cut(failure.message()),
              0,
              0,
              topology);
    };
  }

  /** The answer to a write. */
  static ServerMessage answer(long index, CommandResult result) {
    if (result instanceof CommandResult.Executed executed) {
      return new ServerMessage.Executed(index, true, executed.results());
    }
    if (result instanceof CommandResult.Failed failed) {
      return failure(failed);
    }
    if (result instanceof CommandResult.LockBusy busy) {
      return statement("55P03", "another session has the lock " + busy.name());
    }
    return new ServerMessage.Done(index);
  }

  static Failure failure(CommandResult.Failed failed) {
    return new Failure(
        failed.cause().failureKind(),
        failed.sqlState(),
        failed.vendorCode(),
        failed.message(),
        failed.statement(),
        failed.row(),
        Topology.UNKNOWN);
  }

  private static String cut(String message) {
    String text = String.valueOf(message);
    return text.length() <= MESSAGE_CHARS_MAX ? text : text.substring(0, MESSAGE_CHARS_MAX);
  }
}
