package dev.lockstep.examples.spring;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.resilience.annotation.EnableResilientMethods;

/** An application as any other: of Lockstep it knows a URL, in its settings. */
@SpringBootApplication
@EnableResilientMethods
public class MusicShop {
  public static void main(String[] args) {
    SpringApplication.run(MusicShop.class, args);
  }
}
