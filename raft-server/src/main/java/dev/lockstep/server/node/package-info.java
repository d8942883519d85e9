/** A node as a whole: its configuration, its data directory, and how it starts and stops. */
package dev.lockstep.server.node;
