/** A REST service of a music shop on Spring Boot, of which several instances run. */
package dev.lockstep.examples.spring;
