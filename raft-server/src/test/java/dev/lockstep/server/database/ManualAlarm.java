package dev.lockstep.server.database;

/** An alarm that never rings: tests call {@link TransactionRegistry#lend} themselves. */
final class ManualAlarm implements TurnAlarm {
  @Override
  public void after(long nanos, Runnable task) {}

  @Override
  public void close() {}
}
