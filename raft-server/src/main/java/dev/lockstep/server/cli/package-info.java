/** The command line: starts a node, and asks one how it is. */
package dev.lockstep.server.cli;
