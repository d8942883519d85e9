package dev.lockstep.jdbc;

/** What the driver calls itself. */
final class DriverVersion {
  static final String NAME = "Lockstep JDBC Driver";
  static final int MAJOR = 0;
  static final int MINOR = 1;
  static final String TEXT = MAJOR + "." + MINOR + ".0";

  /** Version of JDBC that is spoken. */
  static final int JDBC_MAJOR = 4;

  static final int JDBC_MINOR = 3;

  private DriverVersion() {}
}
