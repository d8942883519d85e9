package dev.lockstep.protocol;

/** The byte that says what a frame holds. Codes never change and are never used again. */
public enum MessageType {
  HELLO(1),
  OPEN_SESSION(2),
  CLOSE_SESSION(3),
  EXECUTE(4),
  FETCH(5),
  CLOSE_CURSOR(6),
  COMMIT(7),
  ROLLBACK(8),
  DESCRIBE(9),
  CANCEL(10),
  PING(11),
  GET_STATUS(12),
  RESUME(13),
  OUTCOME(14),
  READ_STATE(15),
  FIX_STATE(16),
  READ_CONTENT(17),
  RENEW_SESSION(18),

  WELCOME(64),
  TOPOLOGY(65),
  DONE(66),
  EXECUTED(67),
  ROWS(68),
  DESCRIBED(69),
  FAILURE(70),
  STATUS_REPORT(71),
  STEPPED(72),
  STATE_PART(73),
  CONTENT(74);

  private static final MessageType[] BY_CODE = new MessageType[128];

  static {
    for (MessageType type : values()) {
      BY_CODE[type.code] = type;
    }
  }

  private final int code;

  MessageType(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  static MessageType ofCode(int code) {
    MessageType type = code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
    if (type == null) {
      throw new ProtocolException("unknown message type " + code);
    }
    return type;
  }
}
