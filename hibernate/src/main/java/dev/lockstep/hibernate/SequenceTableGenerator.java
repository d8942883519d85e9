package dev.lockstep.hibernate;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.hibernate.boot.model.relational.Database;
import org.hibernate.boot.model.relational.Namespace;
import org.hibernate.boot.model.relational.SqlStringGenerationContext;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.generator.Generator;
import org.hibernate.id.BulkInsertionCapableIdentifierGenerator;
import org.hibernate.id.IdentifierGenerationException;
import org.hibernate.id.IdentifierGeneratorHelper;
import org.hibernate.id.IntegralDataTypeHolder;
import org.hibernate.id.PersistentIdentifierGenerator;
import org.hibernate.id.enhanced.AccessCallback;
import org.hibernate.id.enhanced.DatabaseStructure;
import org.hibernate.id.enhanced.Optimizer;
import org.hibernate.id.enhanced.SequenceStyleGenerator;
import org.hibernate.jdbc.AbstractReturningWork;
import org.hibernate.mapping.Column;
import org.hibernate.mapping.Table;

/**
 * Hibernate's generator of ids from a table that stands for a sequence, but a block of ids is taken
 * by one statement of autocommit mode: it waits for no transaction, cannot be lost to another one,
 * stays when the transaction that needs the ids is rolled back, and is applied once, whatever
 * leader is lost. Hibernate's own takes it by a transaction of two statements.
 */
final class SequenceTableGenerator
    implements PersistentIdentifierGenerator, BulkInsertionCapableIdentifierGenerator {
  private static final long serialVersionUID = 1;

  private final transient SequenceStyleGenerator hibernates;

  /** Of the value; null until it was found, and if the table is one with other columns as well. */
  private transient String column;

  /** What takes a block; made when it is needed first. */
  private transient volatile String takeBlock;

  private SequenceTableGenerator(SequenceStyleGenerator hibernates) {
    this.hibernates = hibernates;
  }

  /** Gives back what is something else than Hibernate's generator of sequences. */
  static Generator inPlaceOf(Generator generator) {
    return generator.getClass() == SequenceStyleGenerator.class
            && !structure(generator).isPhysicalSequence()
        ? new SequenceTableGenerator((SequenceStyleGenerator) generator)
        : generator;
  }

  private static DatabaseStructure structure(Generator generator) {
    return ((SequenceStyleGenerator) generator).getDatabaseStructure();
  }

  @Override
  public void registerExportables(Database database) {
    hibernates.registerExportables(database);
    findColumn(database);
  }

  /** Of the table, which must be known to the database. */
  void findColumn(Database database) {
    String name = structure(hibernates).getPhysicalName().render();
    for (Namespace namespace : database.getNamespaces()) {
      for (Table table : namespace.getTables()) {
        if (table.getQualifiedTableName().render().equals(name) && table.getColumnSpan() == 1) {
          Column only = table.getColumns().iterator().next();
          column = only.getQuotedName(database.getDialect());
        }
      }
    }
  }

  @Override
  public void initialize(SqlStringGenerationContext context) {
    hibernates.initialize(context);
  }

  @Override
  public Optimizer getOptimizer() {
    return hibernates.getOptimizer();
  }

  /** Asked for by Hibernate 7. */
  public Class<?> getGeneratedType() {
    return hibernates.getIdentifierType().getReturnedClass();
  }

  @Override
  public boolean supportsBulkInsertionIdentifierGeneration() {
    return hibernates.supportsBulkInsertionIdentifierGeneration();
  }

  @Override
  public String determineBulkInsertionIdentifierGenerationSelectFragment(
      SqlStringGenerationContext context) {
    return hibernates.determineBulkInsertionIdentifierGenerationSelectFragment(context);
  }

  @Override
  public Object generate(SharedSessionContractImplementor session, Object entity) {
    return column == null
        ? hibernates.generate(session, entity)
        : getOptimizer().generate(new Blocks(session));
  }

  /** The first row, as Hibernate's own has it: several applications may have made one. */
  private String takeBlock(SharedSessionContractImplementor session) {
    if (takeBlock == null) {
      String table =
          session
              .getFactory()
              .getSqlStringGenerationContext()
              .format(structure(hibernates).getPhysicalName());
      int step =
          getOptimizer().applyIncrementSizeToSourceValues()
              ? structure(hibernates).getIncrementSize()
              : 1;
      takeBlock =
          "update %1$s set %2$s = %2$s + (%3$d) where rowid = (select min(rowid) from %1$s) returning %2$s - (%3$d)"
              .formatted(table, column, step);
    }
    return takeBlock;
  }

  private IntegralDataTypeHolder firstOfBlock(Connection connection, String sql)
      throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      if (!rows.next() || rows.getObject(1) == null) {
        throw new IdentifierGenerationException(
            "There is no value to take ids from: a row must be put into the table first. " + sql);
      }
      return IdentifierGeneratorHelper.getIntegralDataTypeHolder(getGeneratedType())
          .initialize(rows, 1);
    }
  }

  /** Takes blocks for one session, on another connection than the session's. */
  private final class Blocks extends AbstractReturningWork<IntegralDataTypeHolder>
      implements AccessCallback {
    private final SharedSessionContractImplementor session;

    Blocks(SharedSessionContractImplementor session) {
      this.session = session;
    }

    @Override
    public IntegralDataTypeHolder getNextValue() {
      return session
          .getTransactionCoordinator()
          .createIsolationDelegate()
          .delegateWork(this, false);
    }

    /** A pool may give connections without autocommit; the block would be given back with them. */
    @Override
    public IntegralDataTypeHolder execute(Connection connection) throws SQLException {
      String sql = takeBlock(session);
      session.getFactory().getJdbcServices().getSqlStatementLogger().logStatement(sql);
      if (connection.getAutoCommit()) {
        return firstOfBlock(connection, sql);
      }
      connection.setAutoCommit(true);
      try {
        return firstOfBlock(connection, sql);
      } finally {
        connection.setAutoCommit(false);
      }
    }

    @Override
    public String getTenantIdentifier() {
      return session.getTenantIdentifier();
    }
  }
}
