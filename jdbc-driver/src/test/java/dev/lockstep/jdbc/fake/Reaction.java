package dev.lockstep.jdbc.fake;

import dev.lockstep.protocol.FailureKind;
import dev.lockstep.protocol.ServerMessage;
import dev.lockstep.protocol.ServerMessage.Failure;

/** What a node does with a request instead of simply answering it. */
public interface Reaction {
  /** A request as it would be without the test's doing. */
  interface Request {
    /** Carries the request out and gives its answer. */
    ServerMessage carryOut();
  }

  /**
   * @param normal carries the request out and gives the answer
   * @return the answer, or null if there is none
   */
  ServerMessage to(FakeNode.Client client, int requestId, Request normal);

  /** Not carried out; answered with a failure. */
  static Reaction fail(FailureKind kind, String sqlState) {
    return (client, requestId, normal) ->
        new Failure(kind, sqlState, 0, "made to fail: " + kind, 0, 0, client.node().topology());
  }

  /** Carried out, but the answer is a failure. */
  static Reaction doAndFail(FailureKind kind, String sqlState) {
    return (client, requestId, normal) -> {
      normal.carryOut();
      return fail(kind, sqlState).to(client, requestId, normal);
    };
  }

  /** Not carried out; something happens, and the connection is cut. */
  static Reaction cut(Runnable event) {
    return (client, requestId, normal) -> {
      event.run();
      client.cut();
      return null;
    };
  }

  /** Not carried out; the connection is cut. */
  static Reaction cut() {
    return cut(() -> {});
  }

  /** Carried out; then something happens, and the connection is cut before the answer. */
  static Reaction doAndCut(Runnable event) {
    return (client, requestId, normal) -> {
      normal.carryOut();
      event.run();
      client.cut();
      return null;
    };
  }

  /** Not carried out and not answered, until it is cancelled. */
  static Reaction hang() {
    return (client, requestId, normal) -> {
      client.hang(requestId);
      return null;
    };
  }
}
