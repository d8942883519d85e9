package dev.lockstep.spring.boot;

import java.util.Optional;
import org.springframework.data.jpa.repository.JpaRepository;

interface Artists extends JpaRepository<Artist, Integer> {
  Optional<Artist> findByName(String name);
}
