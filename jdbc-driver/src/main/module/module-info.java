/** The JDBC driver, in one jar that needs nothing but {@code java.sql}. */
module dev.lockstep.jdbc {
  requires transitive java.sql;

  exports dev.lockstep.jdbc;
  exports dev.lockstep.jdbc.spi;

  uses dev.lockstep.jdbc.spi.EmbeddedNodes;

  provides java.sql.Driver with
      dev.lockstep.jdbc.Driver;
}
