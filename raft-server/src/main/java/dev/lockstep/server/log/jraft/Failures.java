package dev.lockstep.server.log.jraft;

import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.error.RaftError;
import dev.lockstep.server.log.LogFailure;
import dev.lockstep.server.log.LogFailure.Kind;

/** What the engine's statuses mean in the words of the port. */
final class Failures {
  private Failures() {}

  /**
   * The engine has one code, EPERM, for a command that it refused to append and for one that it
   * appended before it lost its leadership. Only the texts of the first kind are known here, so
   * that any other is taken for an unknown outcome.
   */
  static LogFailure ofProposal(Status status) {
    String message = String.valueOf(status.getErrorMsg());
    return switch (status.getRaftError()) {
      case EBUSY ->
          message.contains("transferring leadership")
              ? new LogFailure(Kind.NOT_LEADER, "the leadership is being handed over")
              : new LogFailure(Kind.BUSY, message);
      case ENODESHUTDOWN -> new LogFailure(Kind.STOPPED, message);
      case EPERM ->
          message.equals("Is not leader.") || message.startsWith("expected_term=")
              ? new LogFailure(Kind.NOT_LEADER, message)
              : new LogFailure(Kind.UNKNOWN, message);
      default -> new LogFailure(Kind.UNKNOWN, describe(status));
    };
  }

  static LogFailure ofRead(Status status) {
    return switch (status.getRaftError()) {
      // EAGAIN: the leader has not committed an entry of its term yet; soon it has.
      case EBUSY, EAGAIN, ETIMEDOUT -> new LogFailure(Kind.BUSY, describe(status));
      case ENODESHUTDOWN, ESTATEMACHINE -> new LogFailure(Kind.STOPPED, describe(status));
      default -> new LogFailure(Kind.NOT_LEADER, describe(status));
    };
  }

  /** Of a snapshot or a transfer of the leadership. */
  static LogFailure ofTask(Status status) {
    Kind kind = status.getRaftError() == RaftError.EBUSY ? Kind.BUSY : Kind.FAILED;
    return new LogFailure(kind, describe(status));
  }

  static LogFailure stopped(String reason) {
    return new LogFailure(Kind.STOPPED, reason);
  }

  private static String describe(Status status) {
    return status.getRaftError() + ": " + status.getErrorMsg();
  }
}
