/** A cluster that speaks the client protocol and does what a test wants, without SQL behind it. */
package dev.lockstep.jdbc.fake;
