package dev.lockstep.server.database;

/** Makes the registry look after a while whether a turn can be lent. */
interface TurnAlarm extends AutoCloseable {
  /** Calls the task once, after the time; must not block. */
  void after(long nanos, Runnable task);

  @Override
  void close();
}
