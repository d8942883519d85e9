package dev.lockstep.testkit.jdbc;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.hibernate.annotations.IdGeneratorType;
import org.hibernate.boot.model.relational.QualifiedName;
import org.hibernate.boot.model.relational.SqlStringGenerationContext;
import org.hibernate.engine.jdbc.env.spi.JdbcEnvironment;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.id.IdentifierGeneratorHelper;
import org.hibernate.id.IntegralDataTypeHolder;
import org.hibernate.id.enhanced.AccessCallback;
import org.hibernate.id.enhanced.DatabaseStructure;
import org.hibernate.id.enhanced.Optimizer;
import org.hibernate.id.enhanced.SequenceStyleGenerator;
import org.hibernate.id.enhanced.TableStructure;
import org.hibernate.jdbc.AbstractReturningWork;
import org.hibernate.type.Type;

/**
 * Hibernate's table of ids, from which a block of ids is taken by one statement of autocommit mode:
 * it waits for no transaction, cannot be lost to another one, and is applied once, whatever leader
 * is lost. Hibernate's own takes it by a transaction of two statements.
 */
public final class HibernateIds extends SequenceStyleGenerator {
  /** Beside {@code @Id}. */
  @IdGeneratorType(HibernateIds.class)
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.FIELD)
  public @interface FromTable {}

  @Override
  protected DatabaseStructure buildTableStructure(
      Type type,
      Properties parameters,
      JdbcEnvironment environment,
      QualifiedName name,
      int initialValue,
      int incrementSize) {
    Class<?> idClass = type.getReturnedClass();
    String column = determineValueColumnName(parameters, environment).getText();
    return new TableStructure(
        environment,
        "orm",
        name,
        determineValueColumnName(parameters, environment),
        initialValue,
        incrementSize,
        idClass) {
      private int step;
      private String takeBlock;

      @Override
      public void prepare(Optimizer optimizer) {
        super.prepare(optimizer);
        step = optimizer.applyIncrementSizeToSourceValues() ? incrementSize : 1;
      }

      @Override
      public void initialize(SqlStringGenerationContext context) {
        super.initialize(context);
        takeBlock =
            "UPDATE %1$s SET %2$s = %2$s + %3$d RETURNING %2$s - %3$d"
                .formatted(context.format(getPhysicalName()), column, step);
      }

      @Override
      public AccessCallback buildCallback(SharedSessionContractImplementor session) {
        return new AccessCallback() {
          @Override
          public IntegralDataTypeHolder getNextValue() {
            return session
                .getTransactionCoordinator()
                .createIsolationDelegate()
                .delegateWork(
                    new AbstractReturningWork<>() {
                      @Override
                      public IntegralDataTypeHolder execute(Connection connection)
                          throws SQLException {
                        return firstOfBlock(connection, idClass, takeBlock);
                      }
                    },
                    false);
          }

          @Override
          public String getTenantIdentifier() {
            return session.getTenantIdentifier();
          }
        };
      }
    };
  }

  private static IntegralDataTypeHolder firstOfBlock(
      Connection connection, Class<?> idClass, String takeBlock) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(takeBlock)) {
      if (!rows.next()) {
        throw new SQLException("no row in the table of ids: " + takeBlock);
      }
      return IdentifierGeneratorHelper.getIntegralDataTypeHolder(idClass).initialize(rows, 1);
    }
  }
}
