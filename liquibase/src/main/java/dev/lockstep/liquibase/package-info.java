/** Liquibase on Lockstep: an extension that Liquibase finds by itself. */
package dev.lockstep.liquibase;
