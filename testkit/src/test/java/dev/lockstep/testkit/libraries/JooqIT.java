package dev.lockstep.testkit.libraries;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import java.math.BigDecimal;
import java.sql.SQLIntegrityConstraintViolationException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jooq.Cursor;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.InsertSetMoreStep;
import org.jooq.Record;
import org.jooq.Record1;
import org.jooq.SQLDialect;
import org.jooq.Table;
import org.jooq.exception.IntegrityConstraintViolationException;
import org.jooq.exception.SQLStateClass;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;

class JooqIT extends SqlLibraryContract {
  private static final Table<Record> PERSON = table(name("person"));
  private static final Field<Long> ID = field(name("id"), SQLDataType.BIGINT);
  private static final Field<String> NAME = field(name("name"), SQLDataType.VARCHAR);
  private static final Field<BigDecimal> BALANCE =
      field(name("balance"), SQLDataType.DECIMAL(20, 4));
  private static final Field<LocalDate> BORN = field(name("born"), SQLDataType.LOCALDATE);
  private static final Field<LocalDateTime> SEEN = field(name("seen"), SQLDataType.LOCALDATETIME);
  private static final Field<Boolean> ACTIVE = field(name("active"), SQLDataType.BOOLEAN);
  private static final Field<Double> SCORE = field(name("score"), SQLDataType.DOUBLE);
  private static final Field<byte[]> PHOTO = field(name("photo"), SQLDataType.BLOB);

  @Override
  SqlLibrary open(DataSource pool) {
    return new WithJooq(DSL.using(pool, SQLDialect.SQLITE));
  }

  private record WithJooq(DSLContext jooq) implements SqlLibrary {
    private InsertSetMoreStep<Record> insertion(Person person) {
      return jooq.insertInto(PERSON)
          .set(NAME, person.name())
          .set(BALANCE, person.balance())
          .set(BORN, person.born())
          .set(SEEN, person.seen())
          .set(ACTIVE, person.active())
          .set(SCORE, person.score())
          .set(PHOTO, person.photo());
    }

    @Override
    public long insert(Person person) {
      return insertion(person).returning(ID).fetchOne(ID);
    }

    @Override
    public Optional<Person> find(long id) {
      return jooq.select(ID, NAME, BALANCE, BORN, SEEN, ACTIVE, SCORE, PHOTO)
          .from(PERSON)
          .where(ID.eq(id))
          .fetchOptionalInto(Person.class);
    }

    @Override
    public List<String> names() {
      return jooq.select(NAME).from(PERSON).orderBy(NAME).fetch(NAME);
    }

    @Override
    public int rename(long id, String name) {
      return jooq.update(PERSON).set(NAME, name).where(ID.eq(id)).execute();
    }

    @Override
    public int delete(long id) {
      return jooq.deleteFrom(PERSON).where(ID.eq(id)).execute();
    }

    @Override
    public void insertAll(List<Person> people) {
      jooq.batch(people.stream().map(this::insertion).toList()).execute();
    }

    /** One after another: for SQLite, jOOQ gives the last key only, and its batches give none. */
    @Override
    public List<Long> insertAllForIds(List<Person> people) {
      return jooq.transactionResult(
          inside -> people.stream().map(new WithJooq(inside.dsl())::insert).toList());
    }

    @Override
    public void eachName(Consumer<String> reader) {
      try (Cursor<Record1<String>> names =
          jooq.select(NAME).from(PERSON).orderBy(NAME).fetchSize(500).fetchLazy()) {
        names.forEach(row -> reader.accept(row.value1()));
      }
    }

    @Override
    public boolean isDuplicateKey(Throwable thrown) {
      return thrown instanceof IntegrityConstraintViolationException violation
          && violation.sqlStateClass() == SQLStateClass.C23_INTEGRITY_CONSTRAINT_VIOLATION
          && violation.getCause(SQLIntegrityConstraintViolationException.class) != null;
    }

    @Override
    public void transaction(Consumer<SqlLibrary> work) {
      jooq.transaction(inside -> work.accept(new WithJooq(inside.dsl())));
    }

    @Override
    public void undone(Consumer<SqlLibrary> work) {
      try {
        transaction(
            nested -> {
              work.accept(nested);
              throw new Undo();
            });
      } catch (Undo e) {
        // As wished.
      }
    }
  }

  /** Ends a nested transaction. */
  private static final class Undo extends RuntimeException {}
}
