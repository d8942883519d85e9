/** JDBC without a pool or a framework. */
package dev.lockstep.examples.jdbc;
