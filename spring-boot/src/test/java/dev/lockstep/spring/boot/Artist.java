package dev.lockstep.spring.boot;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Version;

/** An entity of JPA. */
@Entity
class Artist {
  @Id
  @GeneratedValue(strategy = GenerationType.IDENTITY)
  Integer id;

  String name;
  int fame;
  @Version int version;

  Artist() {}

  Artist(String name, int fame) {
    this.name = name;
    this.fame = fame;
  }
}
