package dev.lockstep.sql;

import java.util.Set;

/**
 * Which b-trees of the file a statement uses, by their root pages, those of its triggers and
 * foreign-key actions included. An index has one of its own: what only another column's index
 * belongs to is not touched by an UPDATE.
 *
 * @param reads what it reads, or more
 * @param writes what it writes, or more
 * @param repeatable whether it is a query that shows the same as long as nobody writes what it
 *     reads, and clock and seed are the same
 */
public record TableUse(Set<Integer> reads, Set<Integer> writes, boolean repeatable) {
  public TableUse {
    reads = Set.copyOf(reads);
    writes = Set.copyOf(writes);
  }
}
