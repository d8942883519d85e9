package dev.lockstep.protocol;

/** What a frame can hold: a request of a client or an answer of a node. */
public sealed interface Message permits ClientMessage, ServerMessage {
  MessageType type();

  /** Writes the message without its frame. */
  void encode(WireWriter out);
}
