/** Hibernate ORM on Lockstep. */
package dev.lockstep.hibernate;
