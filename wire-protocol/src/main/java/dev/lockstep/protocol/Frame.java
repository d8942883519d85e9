package dev.lockstep.protocol;

/**
 * A frame: four bytes of length (of what follows), one byte of message type, four bytes of request
 * id, the message. The request id is the client's choice; the answer repeats it.
 */
public record Frame(int requestId, Message message) {
  /** Bytes of the length field. */
  public static final int LENGTH_BYTES = 4;

  /** Bytes of type and request id: the shortest content of a frame. */
  public static final int HEADER_BYTES = 5;

  /** The version of the protocol that this code speaks. */
  public static final int VERSION = 1;

  /** The greatest number that a version of the protocol can have. */
  static final int VERSION_MAX = 0xFFFF;

  /** Request id of what a node sends unasked. */
  public static final int UNASKED = 0;

  /**
   * Appends the whole frame, the length included.
   *
   * @throws ProtocolException if the message is larger than the writer allows; nothing is appended
   */
  public static void encode(WireWriter out, int requestId, Message message) {
    int start = out.size();
    try {
      out.writeInt(0);
      out.writeByte(message.type().code());
      out.writeInt(requestId);
      message.encode(out);
    } catch (RuntimeException e) {
      out.truncate(start);
      throw e;
    }
    out.setInt(start, out.size() - start - LENGTH_BYTES);
  }

  /**
   * Checks a length field before memory is taken for the frame.
   *
   * @param bytesMax {@link Limits#HELLO_BYTES_MAX} for the first frame of a client, else {@link
   *     Limits#FRAME_BYTES_MAX}
   */
  public static int checkLength(int length, int bytesMax) {
    if (length < HEADER_BYTES || length > bytesMax) {
      throw new ProtocolException(
          "frame of "
              + Integer.toUnsignedString(length)
              + " bytes; from "
              + HEADER_BYTES
              + " to "
              + bytesMax
              + " are allowed");
    }
    return length;
  }

  /** Decodes what a client sent, without the length field; the array is handed over. */
  public static Frame decodeFromClient(byte[] content) {
    WireReader in = new WireReader(content);
    MessageType type = MessageType.ofCode(in.readByte());
    return new Frame(in.readInt(), ClientMessage.decode(type, in));
  }

  /** The request id of a frame whose message may make no sense. */
  public static int requestId(byte[] content) {
    WireReader in = new WireReader(content);
    in.readByte();
    return in.readInt();
  }

  /** Decodes what a node sent, without the length field; the array is handed over. */
  public static Frame decodeFromServer(byte[] content) {
    WireReader in = new WireReader(content);
    MessageType type = MessageType.ofCode(in.readByte());
    return new Frame(in.readInt(), ServerMessage.decode(type, in));
  }
}
