package dev.lockstep.server.service;

import dev.lockstep.protocol.ServerMessage;
import dev.lockstep.protocol.Topology;
import dev.lockstep.server.command.CommandProposal;
import dev.lockstep.server.command.CommandResult;
import dev.lockstep.server.command.CommandResult.LockBusy;
import dev.lockstep.server.log.LogFailure;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
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
  private final Consumer<LockBusy> whenBusy;
  private final AtomicBoolean ended = new AtomicBoolean();

  /**
   * @param end called once with the answer, before it is given, and may change it; must not block
   * @param whenBusy called instead if another session has the named lock, of a command that waits
   */
  PendingWrite(
      ClientRequest request,
      byte[] command,
      Admission admission,
      Supplier<Topology> topology,
      RoomKeeper room,
      UnaryOperator<ServerMessage> end,
      Consumer<LockBusy> whenBusy) {
    this.request = request;
    this.command = command;
    this.admission = admission;
    this.topology = topology;
    this.room = room;
    this.end = end;
    this.whenBusy = whenBusy;
  }

  @Override
  public byte[] command() {
    return command;
  }

  @Override
  public void applied(long index, CommandResult result) {
    if (!(result instanceof LockBusy busy)) {
      end(Failures.answer(index, result));
    } else if (giveBack()) {
      whenBusy.accept(busy);
    }
  }

  @Override
  public void failed(LogFailure failure) {
    end(Failures.of(failure, topology.get()));
  }

  private void end(ServerMessage answer) {
    if (giveBack()) {
      request.answer(end.apply(answer));
    }
  }

  /** Whether it has not ended before. */
  private boolean giveBack() {
    if (!ended.compareAndSet(false, true)) {
      return false;
    }
    room.ended(this);
    admission.release(command.length);
    return true;
  }
}
