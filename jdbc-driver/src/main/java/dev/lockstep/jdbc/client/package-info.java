/**
 * The driver's client of the store: sockets, leader discovery, sessions and retries, without
 * anything of JDBC but its exceptions.
 */
package dev.lockstep.jdbc.client;
