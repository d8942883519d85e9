package dev.lockstep.sql.types;

import dev.lockstep.sql.standard.ParserText;
import dev.lockstep.sql.standard.StandardParser;
import dev.lockstep.sql.types.StatementTypes.ResultColumn;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.calcite.config.CalciteConnectionConfigImpl;
import org.apache.calcite.config.CalciteConnectionProperty;
import org.apache.calcite.jdbc.CalciteSchema;
import org.apache.calcite.prepare.CalciteCatalogReader;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.runtime.CalciteContextException;
import org.apache.calcite.schema.Table;
import org.apache.calcite.schema.impl.AbstractSchema;
import org.apache.calcite.schema.impl.AbstractTable;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParseException;
import org.apache.calcite.sql.validate.SqlConformanceEnum;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.sql.validate.SqlValidatorUtil;

/**
 * Types of queries by Calcite's validator. Its classes are loaded when the first query is asked
 * about. For one thread at a time; valid for one state of the schema.
 */
final class CalciteTypes {
  /** Longer texts are long by their lists of values, and would take seconds. */
  static final int CHARACTERS_MAX = 64 << 10;

  /** What is shorter is not nested deep. */
  private static final int SHALLOW_CHARACTERS_MAX = 2 << 10;

  private static final SqlValidator.Config CONFIG =
      SqlValidator.Config.DEFAULT
          .withConformance(SqlConformanceEnum.BABEL)
          .withTypeCoercionEnabled(false)
          .withCallRewrite(false)
          .withLenientOperatorLookup(true);

  private static final CalciteConnectionConfigImpl CASE_INSENSITIVE = caseInsensitive();

  private final SqlCatalog catalog;
  private final Map<String, List<ResultColumn>> views = new HashMap<>();
  private final Set<String> viewsInProgress = new HashSet<>();

  CalciteTypes(SqlCatalog catalog) {
    this.catalog = catalog;
  }

  private static CalciteConnectionConfigImpl caseInsensitive() {
    Properties properties = new Properties();
    properties.setProperty(CalciteConnectionProperty.CASE_SENSITIVE.camelName(), "false");
    return new CalciteConnectionConfigImpl(properties);
  }

  /**
   * The columns of a query in SQLite's words.
   *
   * @param parameters is told what they meet
   * @param targets columns in which the result is stored
   * @throws UntypedException if Calcite cannot tell
   */
  List<ResultColumn> columns(
      String query, ParameterTypes parameters, List<CatalogTable.Column> targets)
      throws UntypedException, SQLException {
    CalciteText text = CalciteText.of(NumberedText.of(query));
    int length = text.text().text().length();
    if (length > CHARACTERS_MAX) {
      throw new UntypedException("a text of " + length + " characters");
    }
    for (int limit : text.limits()) {
      parameters.meets(limit, ValueType.BIGINT, Nullability.UNKNOWN);
    }
    Attempt attempt = new Attempt(text.text(), parameters, targets);
    if (length > SHALLOW_CHARACTERS_MAX) {
      DeepStack.run(attempt);
    } else {
      attempt.run();
    }
    return attempt.columns();
  }

  /** The whole query, and if a name in a condition is SQLite's alone, it without conditions. */
  private final class Attempt implements Runnable {
    private final ParserText text;
    private final ParameterTypes parameters;
    private final List<CatalogTable.Column> targets;
    private List<ResultColumn> columns;
    private SQLException fault;
    private Throwable reason;

    Attempt(ParserText text, ParameterTypes parameters, List<CatalogTable.Column> targets) {
      this.text = text;
      this.parameters = parameters;
      this.targets = targets;
    }

    @Override
    public void run() {
      attempt(true);
      if (reason instanceof CalciteContextException) {
        attempt(false);
      }
    }

    private void attempt(boolean conditioned) {
      try {
        reason = null;
        columns = validated(text, parameters, targets, conditioned);
      } catch (SQLException e) {
        fault = e;
      } catch (UntypedException
          | SqlParseException
          | RuntimeException
          | AssertionError
          | StackOverflowError e) {
        reason = e;
      }
    }

    List<ResultColumn> columns() throws UntypedException, SQLException {
      if (fault != null) {
        throw fault;
      }
      if (reason != null) {
        throw new UntypedException(reason);
      }
      return columns;
    }
  }

  private List<ResultColumn> validated(
      ParserText parserText,
      ParameterTypes parameters,
      List<CatalogTable.Column> targets,
      boolean conditioned)
      throws UntypedException, SqlParseException, SQLException {
    TypedTree tree = new TypedTree(catalog, parameters, conditioned);
    SqlNode converted = tree.convert(StandardParser.parse(parserText), parserText.slots(), targets);
    ValueRelTypes types = new ValueRelTypes();
    SqlValidator validator = validator(types, schema(tree.tables()));
    SqlNode valid = validator.validate(converted);
    RelDataType row = validator.getValidatedNodeType(valid);
    List<List<String>> origins = validator.getFieldOrigins(valid);
    List<ResultColumn> columns = new ArrayList<>(row.getFieldCount());
    for (RelDataTypeField field : row.getFieldList()) {
      columns.add(column(field.getType(), origins.get(field.getIndex()), tree));
    }
    return columns;
  }

  private static ResultColumn column(RelDataType type, List<String> origin, TypedTree tree) {
    boolean possible = type.isNullable() || tree.hasBareColumns();
    return new ResultColumn(
        ValueRelTypes.valueOf(type),
        possible ? Nullability.POSSIBLE : Nullability.NEVER,
        isRowid(origin, tree));
  }

  /**
   * @param origin ends in the names of a table and a column; null for an expression
   */
  private static boolean isRowid(List<String> origin, TypedTree tree) {
    if (origin == null || origin.size() < 2) {
      return false;
    }
    CatalogTable table = tree.tables().get(origin.get(origin.size() - 2));
    CatalogTable.Column column = table == null ? null : table.column(origin.get(origin.size() - 1));
    return column != null && column.rowid();
  }

  private static SqlValidator validator(RelDataTypeFactory types, CalciteSchema schema) {
    CalciteCatalogReader reader =
        new CalciteCatalogReader(schema, List.of(), types, CASE_INSENSITIVE);
    return SqlValidatorUtil.newValidator(SqlStdOperatorTable.instance(), reader, types, CONFIG);
  }

  private CalciteSchema schema(Map<String, CatalogTable> tables) throws SQLException {
    Map<String, Table> byName = new HashMap<>();
    for (Map.Entry<String, CatalogTable> entry : tables.entrySet()) {
      byName.put(entry.getKey(), table(entry.getValue()));
    }
    AbstractSchema schema =
        new AbstractSchema() {
          @Override
          protected Map<String, Table> getTableMap() {
            return byName;
          }
        };
    return CalciteSchema.createRootSchema(false, false, "", schema);
  }

  private Table table(CatalogTable table) throws SQLException {
    List<ResultColumn> ofView = table.view() == null ? null : view(table);
    return new AbstractTable() {
      @Override
      public RelDataType getRowType(RelDataTypeFactory types) {
        RelDataTypeFactory.Builder row = types.builder();
        List<CatalogTable.Column> columns = table.columns();
        for (int i = 0; i < columns.size(); i++) {
          CatalogTable.Column column = columns.get(i);
          if (ofView != null) {
            ResultColumn found = ofView.get(i);
            boolean never = found.nullability() == Nullability.NEVER;
            row.add(column.name(), new ValueRelType(found.type(), !never));
          } else if (!column.hidden()) {
            row.add(column.name(), new ValueRelType(column.type(), !column.notNull()));
          }
        }
        return row.build();
      }
    };
  }

  /** A view's columns are those of its query; those SQLite tells are by affinity. */
  private List<ResultColumn> view(CatalogTable view) throws SQLException {
    String key = view.name().toLowerCase(Locale.ROOT);
    List<ResultColumn> known = views.get(key);
    if (known == null) {
      known = readView(key, view);
      views.put(key, known);
    }
    return known;
  }

  private List<ResultColumn> readView(String key, CatalogTable view) throws SQLException {
    List<ResultColumn> byAffinity = new ArrayList<>();
    for (CatalogTable.Column column : view.columns()) {
      byAffinity.add(AffinityTypes.column(column.declaration()));
    }
    if (!viewsInProgress.add(key)) {
      return byAffinity;
    }
    try {
      List<ResultColumn> found =
          columns(ViewText.query(view.view()), new ParameterTypes(), List.of());
      return found.size() == byAffinity.size() ? found : byAffinity;
    } catch (UntypedException e) {
      return byAffinity;
    } finally {
      viewsInProgress.remove(key);
    }
  }
}
