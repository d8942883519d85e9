/** Flyway, by two instances at once. */
package dev.lockstep.examples.flyway;
