/** What the driver says about the database: constants of SQLite, and its catalog. */
package dev.lockstep.jdbc.metadata;
