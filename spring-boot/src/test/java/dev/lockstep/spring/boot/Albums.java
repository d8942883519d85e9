package dev.lockstep.spring.boot;

import java.util.List;
import org.springframework.data.domain.Page;
import org.springframework.data.domain.Pageable;
import org.springframework.data.relational.core.sql.LockMode;
import org.springframework.data.relational.repository.Lock;
import org.springframework.data.repository.ListCrudRepository;
import org.springframework.data.repository.PagingAndSortingRepository;

interface Albums extends ListCrudRepository<Album, Long>, PagingAndSortingRepository<Album, Long> {
  Page<Album> findByAvailable(boolean available, Pageable pageable);

  @Lock(LockMode.PESSIMISTIC_WRITE)
  List<Album> findByTitle(String title);
}
