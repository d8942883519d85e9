package dev.lockstep.spring.boot;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.resilience.annotation.EnableResilientMethods;

/** An application as users write it: nothing in it names Lockstep. */
@SpringBootConfiguration
@EnableAutoConfiguration
@EnableResilientMethods
@Import(Counters.class)
class Shop {}
