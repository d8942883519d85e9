package dev.lockstep.embedded;

import dev.lockstep.jdbc.spi.EmbeddedNodes;
import java.sql.SQLException;

/** Gives the driver the nodes of this process; what {@link java.util.ServiceLoader} finds. */
public final class InProcessNodes implements EmbeddedNodes {
  /** Used by {@link java.util.ServiceLoader}. */
  public InProcessNodes() {}

  @Override
  public Address open(String place) throws SQLException {
    return NodeRegistry.INSTANCE.open(place);
  }
}
