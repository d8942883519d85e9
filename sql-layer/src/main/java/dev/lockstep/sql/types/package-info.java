/**
 * Types of result columns that are expressions, and of parameters: by Calcite's validator over
 * SQLite's own catalog, else by SQLite's affinities. Only tells, never changes what is executed.
 */
package dev.lockstep.sql.types;
