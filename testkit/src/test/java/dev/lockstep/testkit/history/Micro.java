package dev.lockstep.testkit.history;

import java.util.List;

/** One step of a {@link ListTransaction}: each key holds a list that only grows. */
public sealed interface Micro {
  int key();

  /** Puts a value, unique in the history, at the end of the key's list. */
  record Append(int key, int value) implements Micro {}

  /** Sees the whole list of the key. */
  record Read(int key, List<Integer> values) implements Micro {
    public Read {
      values = List.copyOf(values);
    }
  }
}
