/**
 * The port to consensus: a log of byte strings that a majority agrees on. Nothing outside the
 * packages that implement it knows which engine is behind it.
 */
package dev.lockstep.server.log;
