package dev.lockstep.spring.boot;

import java.util.Optional;
import org.springframework.data.jpa.repository.JpaRepository;

interface Artists extends JpaRepository<Artist, Long> {
  Optional<Artist> findByName(String name);
}
