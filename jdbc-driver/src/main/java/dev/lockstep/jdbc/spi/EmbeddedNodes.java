package dev.lockstep.jdbc.spi;

import java.sql.SQLException;

/**
 * Runs nodes inside this process, for {@code jdbc:lockstep:embedded:…}. The driver has no node in
 * it; {@code lockstep-embedded} on the class path provides this. Used by several threads.
 */
public interface EmbeddedNodes {
  /**
   * Where the node of a place accepts clients; starts it if it does not run. It goes on running
   * while there are connections to it, and for a while after this call and after the last one.
   *
   * @param place a directory, or {@code memory:} and a name
   * @throws SQLException 08001 if the node cannot be started, with what to do about it
   */
  Address open(String place) throws SQLException;

  /**
   * Where a node is reached.
   *
   * @param database the database that it keeps
   */
  record Address(String host, int port, String database) {}
}
