/** An application on Lockstep, run as its users would run it. */
package dev.lockstep.examples;
