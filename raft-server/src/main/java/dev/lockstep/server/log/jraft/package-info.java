/** SOFAJRaft behind the port: the only package that knows it. */
package dev.lockstep.server.log.jraft;
