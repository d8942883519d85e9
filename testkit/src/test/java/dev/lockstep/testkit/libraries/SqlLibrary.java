package dev.lockstep.testkit.libraries;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What an application does by a library: by its own means, as its manual has it. */
interface SqlLibrary {
  /**
   * @return the id that the database has given
   */
  long insert(Person person);

  Optional<Person> find(long id);

  /** All names, in order. */
  List<String> names();

  /**
   * @return rows that were changed
   */
  int rename(long id, String name);

  /**
   * @return rows that were deleted
   */
  int delete(long id);

  /** As one batch. */
  void insertAll(List<Person> people);

  /**
   * At once.
   *
   * @return the ids that the database has given, in the order of the people
   */
  List<Long> insertAllForIds(List<Person> people);

  /** Reads all names one after another, fetching some hundred at once. */
  void eachName(Consumer<String> reader);

  /** Whether it is what the library throws for a second row with the same key. */
  boolean isDuplicateKey(Throwable thrown);

  /**
   * Commits what the work has done by the library that it is given; rolls back, and throws what it
   * has thrown.
   */
  void transaction(Consumer<SqlLibrary> work);

  /**
   * Within a transaction: only what the work has done is rolled back, and the exception is gone.
   */
  void undone(Consumer<SqlLibrary> work);
}
