package dev.lockstep.jdbc;

import dev.lockstep.jdbc.client.SqlState;
import dev.lockstep.jdbc.spi.EmbeddedNodes;
import java.sql.SQLException;
import java.util.Iterator;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** Finds who runs nodes inside this process. */
final class Embedded {
  private Embedded() {}

  /**
   * Starts the node of a place, or finds it running.
   *
   * @throws SQLException 08001 if it does not start, or nobody can start it
   */
  static EmbeddedNodes.Address open(String place) throws SQLException {
    return nodes().open(place);
  }

  /** Looked for with the thread's class loader first, as applications have them in containers. */
  private static EmbeddedNodes nodes() throws SQLException {
    try {
      for (ClassLoader loader :
          new ClassLoader[] {
            Thread.currentThread().getContextClassLoader(), Embedded.class.getClassLoader()
          }) {
        Iterator<EmbeddedNodes> found = ServiceLoader.load(EmbeddedNodes.class, loader).iterator();
        if (found.hasNext()) {
          return found.next();
        }
      }
    } catch (ServiceConfigurationError e) {
      throw SqlState.CONNECTION_NOT_ESTABLISHED.exception(
          "lockstep-embedded on the class path does not fit this driver: " + e.getMessage(), e);
    }
    throw SqlState.CONNECTION_NOT_ESTABLISHED.exception(
        "jdbc:lockstep:embedded: needs a node: add the dependency"
            + " dev.lockstep:lockstep-embedded");
  }
}
