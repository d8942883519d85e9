/** A node inside the application's process: {@code jdbc:lockstep:embedded:…}. */
package dev.lockstep.embedded;
