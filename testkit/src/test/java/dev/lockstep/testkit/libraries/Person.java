package dev.lockstep.testkit.libraries;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.Objects;

/** A row of the table {@code person}, with a column for each of the usual types. */
public record Person(
    Long id,
    String name,
    BigDecimal balance,
    LocalDate born,
    LocalDateTime seen,
    boolean active,
    double score,
    byte[] photo) {
  static final String TABLE =
      """
      CREATE TABLE person (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        balance DECIMAL(20, 4),
        born DATE,
        seen TIMESTAMP,
        active BOOLEAN NOT NULL,
        score DOUBLE NOT NULL,
        photo BLOB)\
      """;

  /** One that is not stored yet. */
  static Person named(String name) {
    return new Person(
        null,
        name,
        new BigDecimal("1234567890.1234"),
        LocalDate.of(1969, 7, 20),
        LocalDateTime.of(2026, 2, 28, 23, 59, 58, 123_000_000),
        true,
        0.1,
        new byte[] {0, 1, -1});
  }

  Person withId(Long newId) {
    return new Person(newId, name, balance, born, seen, active, score, photo);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Person person
        && Objects.equals(id, person.id)
        && name.equals(person.name)
        && Objects.equals(balance, person.balance)
        && Objects.equals(born, person.born)
        && Objects.equals(seen, person.seen)
        && active == person.active
        && Double.compare(score, person.score) == 0
        && Arrays.equals(photo, person.photo);
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }
}
