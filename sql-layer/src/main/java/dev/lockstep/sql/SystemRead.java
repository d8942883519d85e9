package dev.lockstep.sql;

import java.util.List;
import java.util.Set;

/**
 * What a statement reads in the schema {@code lockstep}.
 *
 * @param tables the system tables that its program opens; none if it reads their definitions alone
 * @param content names of the tables of the database that it reads besides
 */
public record SystemRead(Set<SystemTable> tables, List<String> content) {
  public SystemRead {
    tables = Set.copyOf(tables);
    content = List.copyOf(content);
  }
}
