/** What a statement is, and its deterministic execution on SQLite. */
package dev.lockstep.sql;
