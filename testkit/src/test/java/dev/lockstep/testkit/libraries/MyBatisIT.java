package dev.lockstep.testkit.libraries;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.Savepoint;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.sql.DataSource;
import org.apache.ibatis.annotations.Delete;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Options;
import org.apache.ibatis.annotations.Param;
import org.apache.ibatis.annotations.Select;
import org.apache.ibatis.annotations.Update;
import org.apache.ibatis.cursor.Cursor;
import org.apache.ibatis.exceptions.PersistenceException;
import org.apache.ibatis.mapping.Environment;
import org.apache.ibatis.session.Configuration;
import org.apache.ibatis.session.ExecutorType;
import org.apache.ibatis.session.SqlSession;
import org.apache.ibatis.session.SqlSessionFactory;
import org.apache.ibatis.session.SqlSessionFactoryBuilder;
import org.apache.ibatis.transaction.jdbc.JdbcTransactionFactory;

class MyBatisIT extends SqlLibraryContract {
  /** What MyBatis writes the key into. */
  static final class Key {
    Long id;

    public void setId(Long id) {
      this.id = id;
    }
  }

  interface People {
    @Insert(
        """
        INSERT INTO person (name, balance, born, seen, active, score, photo)
        VALUES (#{person.name}, #{person.balance}, #{person.born}, #{person.seen},
          #{person.active}, #{person.score}, #{person.photo})\
        """)
    @Options(useGeneratedKeys = true, keyProperty = "key.id", keyColumn = "id")
    int insert(@Param("person") Person person, @Param("key") Key key);

    @Select(
        "SELECT id, name, balance, born, seen, active, score, photo FROM person WHERE id = #{id}")
    Optional<Person> find(long id);

    @Select("SELECT name FROM person ORDER BY 1")
    List<String> names();

    @Select("SELECT name FROM person ORDER BY 1")
    @Options(fetchSize = 500)
    Cursor<String> namesOneByOne();

    @Update("UPDATE person SET name = #{name} WHERE id = #{id}")
    int rename(@Param("id") long id, @Param("name") String name);

    @Delete("DELETE FROM person WHERE id = #{id}")
    int delete(long id);
  }

  @Override
  SqlLibrary open(DataSource pool) {
    Configuration configuration =
        new Configuration(new Environment("test", new JdbcTransactionFactory(), pool));
    configuration.addMapper(People.class);
    return new WithMyBatis(new SqlSessionFactoryBuilder().build(configuration), null);
  }

  /**
   * @param transaction the session that it is within, or null
   */
  private record WithMyBatis(SqlSessionFactory sessions, SqlSession transaction)
      implements SqlLibrary {
    private <T> T with(Function<People, T> work) {
      if (transaction != null) {
        return work.apply(transaction.getMapper(People.class));
      }
      try (SqlSession session = sessions.openSession(true)) {
        return work.apply(session.getMapper(People.class));
      }
    }

    @Override
    public long insert(Person person) {
      Key key = new Key();
      with(people -> people.insert(person, key));
      return key.id;
    }

    @Override
    public Optional<Person> find(long id) {
      return with(people -> people.find(id));
    }

    @Override
    public List<String> names() {
      return with(People::names);
    }

    @Override
    public int rename(long id, String name) {
      return with(people -> people.rename(id, name));
    }

    @Override
    public int delete(long id) {
      return with(people -> people.delete(id));
    }

    @Override
    public void insertAll(List<Person> people) {
      try (SqlSession session = sessions.openSession(ExecutorType.BATCH)) {
        People mapper = session.getMapper(People.class);
        people.forEach(person -> mapper.insert(person, new Key()));
        session.commit();
      }
    }

    @Override
    public List<Long> insertAllForIds(List<Person> people) {
      List<Key> keys = people.stream().map(person -> new Key()).toList();
      try (SqlSession session = sessions.openSession(ExecutorType.BATCH)) {
        People mapper = session.getMapper(People.class);
        for (int i = 0; i < keys.size(); i++) {
          mapper.insert(people.get(i), keys.get(i));
        }
        session.commit();
      }
      return keys.stream().map(key -> key.id).toList();
    }

    @Override
    public void eachName(Consumer<String> reader) {
      try (SqlSession session = sessions.openSession(true);
          Cursor<String> names = session.getMapper(People.class).namesOneByOne()) {
        names.forEach(reader);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public boolean isDuplicateKey(Throwable thrown) {
      return thrown instanceof PersistenceException
          && thrown.getCause() instanceof SQLIntegrityConstraintViolationException;
    }

    @Override
    public void transaction(Consumer<SqlLibrary> work) {
      try (SqlSession session = sessions.openSession()) {
        work.accept(new WithMyBatis(sessions, session));
        session.commit(true);
      }
    }

    /** MyBatis has no savepoints; its connection has. */
    @Override
    public void undone(Consumer<SqlLibrary> work) {
      try {
        Connection connection = transaction.getConnection();
        Savepoint before = connection.setSavepoint();
        work.accept(this);
        connection.rollback(before);
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
