package dev.lockstep.testkit.libraries;

import java.sql.SQLIntegrityConstraintViolationException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;

class JdbiIT extends SqlLibraryContract {
  private static final String INSERT =
      """
      INSERT INTO person (name, balance, born, seen, active, score, photo)
      VALUES (:name, :balance, :born, :seen, :active, :score, :photo)\
      """;

  @Override
  SqlLibrary open(DataSource pool) {
    Jdbi jdbi = Jdbi.create(pool);
    jdbi.registerRowMapper(ConstructorMapper.factory(Person.class));
    return new WithJdbi(jdbi, null);
  }

  /**
   * @param transaction the one that it is within, or null
   */
  private record WithJdbi(Jdbi jdbi, Handle transaction) implements SqlLibrary {
    private <T> T with(Function<Handle, T> work) {
      return transaction != null ? work.apply(transaction) : jdbi.withHandle(work::apply);
    }

    @Override
    public long insert(Person person) {
      return with(
          handle ->
              handle
                  .createUpdate(INSERT)
                  .bindMethods(person)
                  .executeAndReturnGeneratedKeys("id")
                  .mapTo(Long.class)
                  .one());
    }

    @Override
    public Optional<Person> find(long id) {
      return with(
          handle ->
              handle
                  .createQuery("SELECT * FROM person WHERE id = :id")
                  .bind("id", id)
                  .mapTo(Person.class)
                  .findOne());
    }

    @Override
    public List<String> names() {
      return with(
          handle ->
              handle.createQuery("SELECT name FROM person ORDER BY 1").mapTo(String.class).list());
    }

    @Override
    public int rename(long id, String name) {
      return with(handle -> handle.execute("UPDATE person SET name = ? WHERE id = ?", name, id));
    }

    @Override
    public int delete(long id) {
      return with(handle -> handle.execute("DELETE FROM person WHERE id = ?", id));
    }

    @Override
    public void insertAll(List<Person> people) {
      with(
          handle -> {
            PreparedBatch batch = handle.prepareBatch(INSERT);
            people.forEach(person -> batch.bindMethods(person).add());
            return batch.execute();
          });
    }

    @Override
    public List<Long> insertAllForIds(List<Person> people) {
      return with(
          handle -> {
            PreparedBatch batch = handle.prepareBatch(INSERT);
            people.forEach(person -> batch.bindMethods(person).add());
            return batch.executePreparedBatch("id").mapTo(Long.class).list();
          });
    }

    @Override
    public void eachName(Consumer<String> reader) {
      jdbi.useHandle(
          handle ->
              handle
                  .createQuery("SELECT name FROM person ORDER BY 1")
                  .setFetchSize(500)
                  .mapTo(String.class)
                  .forEach(reader));
    }

    @Override
    public boolean isDuplicateKey(Throwable thrown) {
      return thrown instanceof UnableToExecuteStatementException
          && thrown.getCause() instanceof SQLIntegrityConstraintViolationException;
    }

    @Override
    public void transaction(Consumer<SqlLibrary> work) {
      jdbi.useTransaction(handle -> work.accept(new WithJdbi(jdbi, handle)));
    }

    @Override
    public void undone(Consumer<SqlLibrary> work) {
      transaction.savepoint("before");
      work.accept(this);
      transaction.rollbackToSavepoint("before");
    }
  }
}
