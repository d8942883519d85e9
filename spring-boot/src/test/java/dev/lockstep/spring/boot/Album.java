package dev.lockstep.spring.boot;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import org.springframework.data.annotation.Id;
import org.springframework.data.relational.core.mapping.Table;

/** An aggregate of Spring Data JDBC. */
@Table("album")
record Album(
    @Id Long id,
    String title,
    LocalDate released,
    BigDecimal price,
    boolean available,
    Instant changed) {
  static Album titled(String title) {
    return new Album(
        null,
        title,
        LocalDate.of(1991, 9, 24),
        new BigDecimal("9.90"),
        true,
        Instant.parse("2026-01-02T03:04:05.678Z"));
  }

  Album renamed(String newTitle) {
    return new Album(id, newTitle, released, price, available, changed);
  }
}
