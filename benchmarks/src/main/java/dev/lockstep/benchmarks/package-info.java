/** Measurements of the store and of its parts. */
package dev.lockstep.benchmarks;
