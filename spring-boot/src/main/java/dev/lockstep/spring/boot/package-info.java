/** Spring Boot on Lockstep: {@code spring.datasource.url=jdbc:lockstep:…} is enough. */
package dev.lockstep.spring.boot;
