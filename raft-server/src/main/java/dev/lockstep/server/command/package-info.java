/** The entries of a database's log, their results, and the encoding of both. */
package dev.lockstep.server.command;
