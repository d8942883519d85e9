package dev.lockstep.sql.types;

import dev.lockstep.sql.types.StatementTypes.ResultColumn;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the types of a statement's columns and parameters: by Calcite if it understands the
 * statement, else by SQLite's affinities. Never fails for what is in a text. For one thread at a
 * time; valid for one state of the schema.
 */
public final class TypeInference {
  private static final Logger LOG = LoggerFactory.getLogger(TypeInference.class);

  /** Makes a database of the same schema in which a view may be created. */
  @FunctionalInterface
  public interface SchemaSource {
    /** The copy, which stays the source's own. */
    Connection copy() throws SQLException;
  }

  private final SqlCatalog catalog;
  private final SchemaSource schema;

  /** Null until Calcite is needed. */
  private CalciteTypes calcite;

  public TypeInference(SqlCatalog catalog, SchemaSource schema) {
    this.catalog = catalog;
    this.schema = schema;
  }

  /**
   * The types of a statement that SQLite has compiled.
   *
   * @param columnCount result columns that SQLite says it has
   * @param parameterCount the greatest parameter number
   * @throws SQLException a fault of this node
   */
  public StatementTypes of(String sql, int columnCount, int parameterCount) throws SQLException {
    ParameterTypes parameters = new ParameterTypes();
    TypedQueries queries = TypedQueries.of(sql, catalog);
    for (Map.Entry<Integer, CatalogTable.Column> entry : queries.stored().entrySet()) {
      parameters.stored(entry.getKey(), entry.getValue());
    }
    if (parameterCount > 0) {
      for (TypedQueries.Source source : queries.sources()) {
        byCalcite(source.query(), parameters, source.targets());
      }
    }
    List<ResultColumn> columns =
        columnCount == 0 ? List.of() : columns(queries.columns(), parameters, columnCount);
    return new StatementTypes(columns, parameters.list(parameterCount));
  }

  private List<ResultColumn> columns(String query, ParameterTypes parameters, int count)
      throws SQLException {
    List<ResultColumn> columns = null;
    if (query != null) {
      columns = byCalcite(query, parameters, List.of());
      if (columns == null || columns.size() != count) {
        columns = AffinityTypes.columns(schema.copy(), query);
      }
    }
    return columns == null || columns.size() != count
        ? Collections.nCopies(count, ResultColumn.UNKNOWN)
        : columns;
  }

  /** Null if Calcite cannot tell. */
  private List<ResultColumn> byCalcite(
      String query, ParameterTypes parameters, List<CatalogTable.Column> targets)
      throws SQLException {
    if (calcite == null) {
      calcite = new CalciteTypes(catalog);
    }
    try {
      return calcite.columns(query, parameters, targets);
    } catch (UntypedException e) {
      LOG.debug("types of a query by affinity: {}", e.getMessage());
      return null;
    }
  }
}
