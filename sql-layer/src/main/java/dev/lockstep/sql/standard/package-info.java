/**
 * Standard SQL that SQLite lacks: read by Calcite, said again in SQLite's own words. Nothing here
 * is loaded before SQLite's compiler has refused a text.
 */
package dev.lockstep.sql.standard;
