/** What the driver asks others for: found by {@link java.util.ServiceLoader}. */
package dev.lockstep.jdbc.spi;
