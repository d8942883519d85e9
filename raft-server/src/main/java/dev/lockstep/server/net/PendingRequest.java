package dev.lockstep.server.net;

import dev.lockstep.protocol.ClientMessage;
import dev.lockstep.protocol.ServerMessage;
import dev.lockstep.server.service.ClientRequest;
import java.util.concurrent.atomic.AtomicReference;

/** A request of a connection until it is answered. Safe for use by several threads. */
final class PendingRequest implements ClientRequest, ReplyQueue.Reply {
  private final ClientChannel channel;
  private final int id;
  private final ClientMessage message;
  private final long heldBytes;
  private final long arrivedNanos = System.nanoTime();
  private final AtomicReference<ServerMessage> answer = new AtomicReference<>();

  PendingRequest(ClientChannel channel, int id, ClientMessage message, long heldBytes) {
    this.channel = channel;
    this.id = id;
    this.message = message;
    this.heldBytes = heldBytes;
  }

  int id() {
    return id;
  }

  /** Bytes of frame memory that the request holds until it is answered. */
  long heldBytes() {
    return heldBytes;
  }

  @Override
  public ClientMessage message() {
    return message;
  }

  @Override
  public boolean answer(ServerMessage given) {
    if (!answer.compareAndSet(null, given)) {
      return false;
    }
    channel.reply(this);
    return true;
  }

  @Override
  public ServerMessage given() {
    return answer.get();
  }

  @Override
  public long arrivedNanos() {
    return arrivedNanos;
  }

  @Override
  public boolean answered() {
    return answer.get() != null;
  }

  @Override
  public ClientChannel channel() {
    return channel;
  }

  @Override
  public void write() {
    channel.answered(this, answer.get());
  }
}
