/** An application that asks for the driver by the name of its module. */
module application {
  requires dev.lockstep.jdbc;
}
