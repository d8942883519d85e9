/** The Flyway plug-in, for Flyway 10 to 13; it talks to the store through {@code java.sql} only. */
package dev.lockstep.flyway;
