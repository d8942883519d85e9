package dev.lockstep.server.service;

import dev.lockstep.protocol.ServerMessage;
import dev.lockstep.protocol.Topology;
import dev.lockstep.server.command.CommandProposal;
import dev.lockstep.server.command.CommandResult;
import dev.lockstep.server.log.LogFailure;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * A write on its way through the log. Its end gives back what was admitted and answers the client.
 */
final class PendingWrite implements CommandProposal {
  private final ClientRequest request;
  private final byte[] command;
  private final Admission admission;
  private final Supplier<Topology> topology;
  private final UnaryOperator<ServerMessage> end;
  private final RoomKeeper room;
  private final AtomicBoolean ended = new AtomicBoolean();

  /**
   * @param end called once with the answer, before it is given, and may change it; must not block
   */
  PendingWrite(
      ClientRequest request,
      byte[] command,
      Admission admission,
      Supplier<Topology> topology,
      RoomKeeper room,
      UnaryOperator<ServerMessage> end) {
    this.request = request;
    this.command = command;
    this.admission = admission;
    this.topology = topology;
    this.room = room;
    this.end = end;
  }

  @Override
  public byte[] command() {
    return command;
  }

  @Override
  public void applied(long index, CommandResult result) {
    end(Failures.answer(index, result));
  }

  @Override
  public void failed(LogFailure failure) {
    end(Failures.of(failure, topology.get()));
  }

  private void end(ServerMessage answer) {
    if (ended.compareAndSet(false, true)) {
      room.ended(this);
      admission.release(command.length);
      request.answer(end.apply(answer));
    }
  }
}
