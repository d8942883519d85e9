package dev.lockstep.examples.spring;

final class SoldOutException extends RuntimeException {
  private static final long serialVersionUID = 1;

  SoldOutException(Track track) {
    super("only " + track.stock() + " of " + track.name() + " are left");
  }
}
