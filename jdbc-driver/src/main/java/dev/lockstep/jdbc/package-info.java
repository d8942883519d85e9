/** The JDBC driver: {@code jdbc:lockstep://host:port,host:port/database}. */
package dev.lockstep.jdbc;
