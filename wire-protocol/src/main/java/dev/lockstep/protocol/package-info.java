/**
 * The client protocol: every message as a record that encodes and decodes itself, the limits on
 * what may arrive, and the encoding of values and rows. {@code docs/PROTOCOL.md} specifies it.
 */
package dev.lockstep.protocol;
