/**
 * The JDBC driver: {@link dev.lockstep.jdbc.Driver} and {@link
 * dev.lockstep.jdbc.LockstepDataSource} are its two entrances.
 */
package dev.lockstep.jdbc;
