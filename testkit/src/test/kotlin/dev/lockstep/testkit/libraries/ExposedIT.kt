package dev.lockstep.testkit.libraries

import java.sql.SQLIntegrityConstraintViolationException
import java.util.Optional
import java.util.function.Consumer
import javax.sql.DataSource
import org.jetbrains.exposed.v1.core.ResultRow
import org.jetbrains.exposed.v1.core.Table
import org.jetbrains.exposed.v1.core.eq
import org.jetbrains.exposed.v1.core.statements.UpdateBuilder
import org.jetbrains.exposed.v1.core.vendors.SQLiteDialect
import org.jetbrains.exposed.v1.core.DatabaseConfig
import org.jetbrains.exposed.v1.exceptions.ExposedSQLException
import org.jetbrains.exposed.v1.javatime.date
import org.jetbrains.exposed.v1.javatime.datetime
import org.jetbrains.exposed.v1.jdbc.Database
import org.jetbrains.exposed.v1.jdbc.batchInsert
import org.jetbrains.exposed.v1.jdbc.deleteWhere
import org.jetbrains.exposed.v1.jdbc.insert
import org.jetbrains.exposed.v1.jdbc.select
import org.jetbrains.exposed.v1.jdbc.selectAll
import org.jetbrains.exposed.v1.jdbc.transactions.transaction
import org.jetbrains.exposed.v1.jdbc.update

/** Exposed, which picks its dialect by the URL's beginning. */
internal class ExposedIT : SqlLibraryContract() {
  override fun open(pool: DataSource): SqlLibrary {
    Database.registerJdbcDriver(
        "jdbc:lockstep", "dev.lockstep.jdbc.Driver", SQLiteDialect.dialectName)
    val config = DatabaseConfig { useNestedTransactions = true }
    return WithExposed(Database.connect(pool, databaseConfig = config))
  }

  private object People : Table("person") {
    val id = long("id").autoIncrement()
    val name = text("name")
    val balance = decimal("balance", 20, 4).nullable()
    val born = date("born").nullable()
    val seen = datetime("seen").nullable()
    val active = bool("active")
    val score = double("score")
    val photo = binary("photo").nullable()
    override val primaryKey = PrimaryKey(id)

    fun write(row: UpdateBuilder<*>, person: Person) {
      row[name] = person.name
      row[balance] = person.balance
      row[born] = person.born
      row[seen] = person.seen
      row[active] = person.active
      row[score] = person.score
      row[photo] = person.photo
    }

    fun read(row: ResultRow) =
        Person(
            row[id],
            row[name],
            row[balance],
            row[born],
            row[seen],
            row[active],
            row[score],
            row[photo])
  }

  /** A transaction within another one is that one, as long as nobody rolls it back. */
  private class WithExposed(private val database: Database) : SqlLibrary {
    override fun insert(person: Person): Long =
        transaction(database) { People.insert { People.write(it, person) }[People.id] }

    override fun find(id: Long): Optional<Person> =
        transaction(database) {
          val row = People.selectAll().where { People.id eq id }.singleOrNull()
          Optional.ofNullable(row?.let(People::read))
        }

    override fun names(): List<String> =
        transaction(database) {
          People.select(People.name).orderBy(People.name).map { it[People.name] }
        }

    override fun rename(id: Long, name: String): Int =
        transaction(database) { People.update({ People.id eq id }) { it[People.name] = name } }

    override fun delete(id: Long): Int =
        transaction(database) { People.deleteWhere { People.id eq id } }

    override fun insertAll(people: List<Person>) {
      transaction(database) {
        People.batchInsert(people, shouldReturnGeneratedValues = false) { People.write(this, it) }
      }
    }

    override fun insertAllForIds(people: List<Person>): List<Long> =
        transaction(database) {
          People.batchInsert(people) { People.write(this, it) }.map { it[People.id] }
        }

    override fun eachName(reader: Consumer<String>) {
      transaction(database) {
        // Exposed does not do that for SQLite, also if the transaction says readOnly.
        connection.readOnly = true
        People.select(People.name).orderBy(People.name).fetchSize(500).forEach {
          reader.accept(it[People.name])
        }
      }
    }

    override fun isDuplicateKey(thrown: Throwable): Boolean =
        thrown is ExposedSQLException && thrown.cause is SQLIntegrityConstraintViolationException

    override fun transaction(work: Consumer<SqlLibrary>) {
      transaction(database) { work.accept(this@WithExposed) }
    }

    override fun undone(work: Consumer<SqlLibrary>) {
      transaction(database) {
        work.accept(this@WithExposed)
        rollback()
      }
    }
  }
}
