/** A node of a Lockstep cluster. */
package dev.lockstep.server;
