package dev.lockstep.testkit.simulation;

/** An invariant does not hold: of the simulated log itself, or of its users. */
public final class SimulationFailure extends AssertionError {
  SimulationFailure(String message) {
    super(message);
  }

  SimulationFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
