/** A cluster inside the JVM, for our tests and for those of applications. */
package dev.lockstep.testkit;
