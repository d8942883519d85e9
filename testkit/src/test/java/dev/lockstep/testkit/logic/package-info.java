/** SQLite's own logic tests. */
package dev.lockstep.testkit.logic;
