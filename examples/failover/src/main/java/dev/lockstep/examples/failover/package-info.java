/** HikariCP, while the leader is killed. */
package dev.lockstep.examples.failover;
