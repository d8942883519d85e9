package dev.lockstep.sql.types;

/** Whether a value may be NULL. */
public enum Nullability {
  UNKNOWN,
  NEVER,
  POSSIBLE
}
