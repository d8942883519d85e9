package dev.lockstep.sql.types;

/**
 * Runs work that calls itself as deep as a text is nested, on a thread with the stack for it: an
 * answer must not depend on how much stack the caller's thread has left.
 */
final class DeepStack {
  /** Memory is only taken for the part that is used. */
  private static final long STACK_BYTES = 64L << 20;

  private DeepStack() {}

  /** Returns when the work is done; an interrupt is kept for later, the work being short. */
  static void run(Runnable work) {
    Throwable[] thrown = new Throwable[1];
    Thread thread =
        new Thread(
            null,
            () -> {
              try {
                work.run();
              } catch (RuntimeException | Error e) {
                thrown[0] = e;
              }
            },
            "lockstep-types",
            STACK_BYTES);
    thread.setDaemon(true);
    thread.start();
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (thrown[0] instanceof Error error) {
      throw error;
    }
    if (thrown[0] instanceof RuntimeException exception) {
      throw exception;
    }
  }
}
