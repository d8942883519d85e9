package dev.lockstep.sql.types;

import dev.lockstep.sql.standard.ParserText;
import dev.lockstep.sql.types.TypedOperator.Arguments;
import dev.lockstep.sql.types.TypedOperator.Result;
import dev.lockstep.sql.types.TypedOperator.Rule;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.calcite.sql.JoinConditionType;
import org.apache.calcite.sql.JoinType;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlBasicTypeNameSpec;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlWith;
import org.apache.calcite.sql.SqlWithItem;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;

/**
 * Puts operators with SQLite's rules in the places of Calcite's in a tree of its parser, and leaves
 * nothing to Calcite but names, queries and joins. One for each statement.
 */
final class TypedTree {
  private static final List<String> ROWIDS = List.of("ROWID", "OID", "_ROWID_");

  private static final BigDecimal INTEGER_END = BigDecimal.valueOf(1L << 31);

  private final SqlCatalog catalog;
  private final ParameterTypes parameters;
  private final OperatorRules rules;
  private final boolean conditioned;

  /** Tables that the statement names, by their names. */
  private final Map<String, CatalogTable> tables = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

  /** Names of common table expressions, in lower case: tables of these names are hidden. */
  private final Set<String> commonNames = new HashSet<>();

  private List<ParserText.Slot> slots = List.of();
  private Map<String, SqlNode> aliases = Map.of();
  private boolean bareColumns;

  /**
   * @param conditioned whether conditions of queries are looked at, for the sake of parameters
   */
  TypedTree(SqlCatalog catalog, ParameterTypes parameters, boolean conditioned) {
    this.catalog = catalog;
    this.conditioned = conditioned;
    this.parameters = parameters;
    this.rules = new OperatorRules(parameters);
  }

  Map<String, CatalogTable> tables() {
    return tables;
  }

  /** Whether columns stand beside aggregates without GROUP BY: of no rows they are NULL. */
  boolean hasBareColumns() {
    return bareColumns;
  }

  /**
   * @param targets columns that the query's result is stored in
   */
  SqlNode convert(SqlNode query, List<ParserText.Slot> itsSlots, List<CatalogTable.Column> targets)
      throws UntypedException, SQLException {
    slots = itsSlots;
    return query(query, targets);
  }

  // ---- queries

  private SqlNode query(SqlNode node, List<CatalogTable.Column> targets)
      throws UntypedException, SQLException {
    switch (node.getKind()) {
      case SELECT -> {
        return select((SqlSelect) node, targets);
      }
      case UNION, EXCEPT, INTERSECT -> {
        SqlCall call = (SqlCall) node;
        for (int i = 0; i < call.operandCount(); i++) {
          call.setOperand(i, query(call.operand(i), targets));
        }
        return call;
      }
      case VALUES -> {
        SqlCall values = (SqlCall) node;
        for (SqlNode row : values.getOperandList()) {
          SqlCall cells = (SqlCall) row;
          for (int i = 0; i < cells.operandCount(); i++) {
            cells.setOperand(i, stored(cells.operand(i), i, targets));
          }
        }
        return values;
      }
      case WITH -> {
        SqlWith with = (SqlWith) node;
        for (SqlNode item : with.withList) {
          SqlWithItem named = (SqlWithItem) item;
          commonNames.add(named.name.getSimple().toLowerCase(Locale.ROOT));
          named.query = query(named.query, List.of());
        }
        with.body = query(with.body, targets);
        return with;
      }
      default -> throw new UntypedException("a query of kind " + node.getKind());
    }
  }

  private SqlNode select(SqlSelect select, List<CatalogTable.Column> targets)
      throws UntypedException, SQLException {
    if (select.getFrom() != null) {
      select.setFrom(from(select.getFrom()));
    }
    boolean grouped = select.getGroup() != null;
    List<SqlNode> conditions = new ArrayList<>();
    Map<String, SqlNode> outer = aliases;
    aliases = aliases(select.getSelectList());
    if (conditioned && select.getWhere() != null) {
      conditions.add(expression(select.getWhere()));
    }
    if (conditioned && select.getHaving() != null) {
      conditions.add(expression(select.getHaving()));
    }
    aliases = outer;
    if (!grouped && aggregates(select.getSelectList()) && namesColumns(select.getSelectList())) {
      bareColumns = true;
    }
    select.setGroupBy(null);
    select.setHaving(null);
    SqlNodeList items = new SqlNodeList(SqlParserPos.ZERO);
    for (SqlNode item : select.getSelectList()) {
      if (item instanceof SqlIdentifier star
          && star.isStar()
          && star.names.size() == 1
          && SharedColumns.in(select.getFrom())) {
        items.addAll(SharedColumns.of(select.getFrom(), this::tableOf));
        continue;
      }
      items.add(item(item, items.size(), targets));
    }
    select.setSelectList(items);
    select.setWhere(conditions.isEmpty() ? null : condition(conditions));
    return select;
  }

  /** Names that SQLite's conditions may use for expressions of the select list. */
  private static Map<String, SqlNode> aliases(SqlNodeList items) {
    Map<String, SqlNode> aliases = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (SqlNode item : items) {
      if (item.getKind() == SqlKind.AS) {
        SqlCall as = (SqlCall) item;
        if (!as.operand(0).getKind().belongsTo(SqlKind.QUERY)) {
          aliases.put(((SqlIdentifier) as.operand(1)).getSimple(), as.operand(0));
        }
      }
    }
    return aliases;
  }

  private SqlNode item(SqlNode item, int index, List<CatalogTable.Column> targets)
      throws UntypedException, SQLException {
    if (item instanceof SqlIdentifier identifier && identifier.isStar()) {
      return item;
    }
    if (item.getKind() == SqlKind.AS) {
      SqlCall as = (SqlCall) item;
      as.setOperand(0, stored(as.operand(0), index, targets));
      return as;
    }
    return stored(item, index, targets);
  }

  /** An expression whose value is stored in a column, if there are any. */
  private SqlNode stored(SqlNode node, int index, List<CatalogTable.Column> targets)
      throws UntypedException, SQLException {
    SqlNode expression = expression(node);
    if (index < targets.size()
        && targets.get(index) != null
        && expression instanceof SqlBasicCall call
        && call.getOperator() instanceof TypedOperator.ParameterOperator parameter) {
      parameters.stored(parameter.number(), targets.get(index));
    }
    return expression;
  }

  private static SqlNode condition(List<SqlNode> conditions) {
    return new TypedOperator.Condition()
        .createCall(SqlParserPos.ZERO, conditions.toArray(SqlNode[]::new));
  }

  /** Whether an aggregate is called outside of sub-queries and windows. */
  private static boolean aggregates(SqlNode node) {
    if (node instanceof SqlNodeList list) {
      return list.stream().anyMatch(TypedTree::aggregates);
    }
    if (!(node instanceof SqlCall call) || node.getKind().belongsTo(SqlKind.QUERY)) {
      return false;
    }
    if (call.getKind() == SqlKind.OVER) {
      return false;
    }
    return FunctionType.aggregates(call.getOperator().getName(), call.operandCount())
        || call.getOperandList().stream().anyMatch(TypedTree::aggregates);
  }

  /** Whether there is a column outside of aggregates. */
  private static boolean namesColumns(SqlNode node) {
    if (node instanceof SqlNodeList list) {
      return list.stream().anyMatch(TypedTree::namesColumns);
    }
    if (node instanceof SqlIdentifier) {
      return true;
    }
    if (!(node instanceof SqlCall call)) {
      return false;
    }
    if (FunctionType.aggregates(call.getOperator().getName(), call.operandCount())) {
      return false;
    }
    if (call.getKind() == SqlKind.AS || call.getKind() == SqlKind.FILTER) {
      return namesColumns(call.operand(0));
    }
    return call.getOperandList().stream().anyMatch(TypedTree::namesColumns);
  }

  // ---- tables

  private SqlNode from(SqlNode node) throws UntypedException, SQLException {
    switch (node.getKind()) {
      case JOIN -> {
        return join((SqlJoin) node);
      }
      case AS -> {
        SqlCall as = (SqlCall) node;
        as.setOperand(0, from(as.operand(0)));
        return as;
      }
      case IDENTIFIER -> {
        return table((SqlIdentifier) node);
      }
      case TABLE_REF -> {
        return from(((SqlCall) node).operand(0));
      }
      case COLLECTION_TABLE, LATERAL -> {
        SqlNode call = ((SqlCall) node).operand(0);
        if (call instanceof SqlCall function && !call.getKind().belongsTo(SqlKind.QUERY)) {
          for (SqlNode argument : function.getOperandList()) {
            parameters.meets(expression(argument), ValueType.TEXT);
          }
          return table(
              new SqlIdentifier(function.getOperator().getName(), node.getParserPosition()));
        }
        return query(call, List.of());
      }
      default -> {
        return query(node, List.of());
      }
    }
  }

  /** Null if it is something else. */
  private CatalogTable tableOf(String name) throws SQLException {
    return commonNames.contains(name.toLowerCase(Locale.ROOT)) ? null : catalog.table(name);
  }

  private SqlNode table(SqlIdentifier identifier) throws SQLException {
    String name = identifier.names.get(identifier.names.size() - 1);
    CatalogTable table = tableOf(name);
    if (table != null) {
      tables.put(name, table);
    }
    return identifier.names.size() == 1
        ? identifier
        : new SqlIdentifier(name, identifier.getParserPosition());
  }

  /** A join without a condition joins all rows. */
  private SqlNode join(SqlJoin join) throws UntypedException, SQLException {
    SqlNode left = from(join.getLeft());
    SqlNode right = from(join.getRight());
    JoinConditionType conditionType = join.getConditionType();
    SqlNode condition = join.getCondition();
    if (conditionType == JoinConditionType.ON) {
      condition = condition(conditioned ? List.of(expression(condition)) : List.of());
    }
    boolean conditional =
        join.getJoinType() != JoinType.COMMA && join.getJoinType() != JoinType.CROSS;
    if (conditionType == JoinConditionType.NONE && conditional && !join.isNatural()) {
      conditionType = JoinConditionType.ON;
      condition = condition(List.of());
    }
    JoinType type =
        join.getJoinType() == JoinType.CROSS && conditionType != JoinConditionType.NONE
            ? JoinType.INNER
            : join.getJoinType();
    return new SqlJoin(
        SqlParserPos.ZERO,
        left,
        join.isNaturalNode(),
        type.symbol(SqlParserPos.ZERO),
        right,
        conditionType.symbol(SqlParserPos.ZERO),
        condition);
  }

  // ---- expressions

  private SqlNode expression(SqlNode node) throws UntypedException, SQLException {
    if (node instanceof SqlDynamicParam parameter) {
      return parameter(parameter);
    }
    if (node instanceof SqlLiteral literal) {
      return literal(literal);
    }
    if (node instanceof SqlIdentifier identifier) {
      return column(identifier);
    }
    if (node.getKind().belongsTo(SqlKind.QUERY)) {
      return query(node, List.of());
    }
    if (node instanceof SqlCall call) {
      return call(call);
    }
    throw new UntypedException("an expression of kind " + node.getKind());
  }

  private SqlNode parameter(SqlDynamicParam parameter) throws UntypedException {
    if (slots.get(parameter.getIndex()) instanceof ParserText.Parameter slot) {
      return new TypedOperator.ParameterOperator(slot.number(), parameters)
          .createCall(SqlParserPos.ZERO);
    }
    throw new UntypedException("a count of ties");
  }

  private static SqlNode literal(SqlLiteral literal) {
    SqlTypeName type = literal.getTypeName();
    if (type == SqlTypeName.NULL || literal.getValue() == null) {
      return TypedOperator.constant(ValueType.NULL, true);
    }
    ValueType value =
        switch (type) {
          case CHAR -> ValueType.TEXT;
          case BINARY -> ValueType.BLOB;
          case DOUBLE -> ValueType.REAL;
          case DECIMAL ->
              literal.bigDecimalValue().abs().compareTo(INTEGER_END) < 0
                  ? ValueType.INTEGER
                  : ValueType.BIGINT;
          default -> ValueType.INTEGER;
        };
    return TypedOperator.constant(value, false);
  }

  /** A column; those that SQLite hides from {@code *} are told here. */
  private SqlNode column(SqlIdentifier identifier) throws UntypedException, SQLException {
    String name = identifier.names.get(identifier.names.size() - 1);
    boolean declared = false;
    CatalogTable.Column hidden = null;
    for (CatalogTable table : tables.values()) {
      CatalogTable.Column column = table.column(name);
      declared |= column != null && !column.hidden();
      hidden = column != null && column.hidden() ? column : hidden;
    }
    if (!declared && hidden != null) {
      return TypedOperator.constant(hidden.type(), true);
    }
    if (identifier.isSimple()
        && !identifier.isComponentQuoted(0)
        && name.toUpperCase(Locale.ROOT).startsWith("CURRENT_")) {
      return TypedOperator.constant(ValueType.TEXT, false);
    }
    if (!declared && identifier.isSimple() && aliases.containsKey(name)) {
      SqlNode meant = aliases.get(name);
      Map<String, SqlNode> outer = aliases;
      aliases = Map.of();
      try {
        return expression(meant);
      } finally {
        aliases = outer;
      }
    }
    if (!declared && !tables.isEmpty() && ROWIDS.contains(name.toUpperCase(Locale.ROOT))) {
      return TypedOperator.constant(ValueType.BIGINT, false);
    }
    return identifier;
  }

  private SqlNode call(SqlCall call) throws UntypedException, SQLException {
    SqlKind kind = call.getKind();
    switch (kind) {
      case CAST -> {
        SqlNode value = expression(call.operand(0));
        ValueType type = OperatorRules.cast(declaration(call.operand(1)));
        parameters.meets(value, type);
        return make("cast", arguments -> new Result(type, arguments.nullable(0)), List.of(value));
      }
      case OVER, FILTER -> {
        List<SqlNode> operands = new ArrayList<>();
        operands.add(expression(call.operand(0)));
        if (kind == SqlKind.FILTER) {
          operands.add(expression(call.operand(1)));
        }
        return make("first", OperatorRules::first, operands);
      }
      case IN, NOT_IN, EXISTS -> {
        Rule rule = kind == SqlKind.EXISTS ? OperatorRules::test : rules::in;
        return new TypedOperator("rows", false, rule)
            .createCall(SqlParserPos.ZERO, operands(call).toArray(SqlNode[]::new));
      }
      case CASE -> {
        return rules.caseOf((org.apache.calcite.sql.fun.SqlCase) call, this::expressions);
      }
      default -> {}
    }
    if (comparesRows(call)) {
      return make("rows", rules::pairs, pairs(call.operand(0), call.operand(1)));
    }
    List<SqlNode> operands = operands(call);
    String name = call.getOperator().getName();
    return make(name, rules.of(call, name), operands);
  }

  private static boolean comparesRows(SqlCall call) {
    return call.operandCount() == 2
        && call.operand(0).getKind() == SqlKind.ROW
        && call.operand(1).getKind() == SqlKind.ROW
        && ((SqlCall) call.operand(0)).operandCount() == ((SqlCall) call.operand(1)).operandCount();
  }

  private List<SqlNode> pairs(SqlCall left, SqlCall right) throws UntypedException, SQLException {
    List<SqlNode> pairs = new ArrayList<>();
    for (int i = 0; i < left.operandCount(); i++) {
      pairs.add(expression(left.operand(i)));
      pairs.add(expression(right.operand(i)));
    }
    return pairs;
  }

  private static SqlNode make(String name, Rule rule, List<SqlNode> operands) {
    return new TypedOperator(name, rule)
        .createCall(SqlParserPos.ZERO, operands.toArray(SqlNode[]::new));
  }

  private List<SqlNode> expressions(List<SqlNode> nodes) throws UntypedException, SQLException {
    List<SqlNode> expressions = new ArrayList<>(nodes.size());
    for (SqlNode node : nodes) {
      expressions.add(expression(node));
    }
    return expressions;
  }

  /** Lists among the operands are put in their place; the asterisk of count(*) is left out. */
  private List<SqlNode> operands(SqlCall call) throws UntypedException, SQLException {
    List<SqlNode> operands = new ArrayList<>(call.operandCount());
    for (SqlNode operand : call.getOperandList()) {
      if (operand instanceof SqlNodeList list) {
        operands.addAll(expressions(list));
      } else if (!(operand instanceof SqlIdentifier identifier && identifier.isStar())) {
        operands.add(expression(operand));
      }
    }
    return operands;
  }

  /** The text between AS and the parenthesis. */
  private static String declaration(SqlNode type) throws UntypedException {
    if (type instanceof SqlDataTypeSpec spec
        && !(spec.getTypeNameSpec() instanceof SqlBasicTypeNameSpec)) {
      return String.join(".", spec.getTypeNameSpec().getTypeName().names);
    }
    throw new UntypedException("a cast to " + type);
  }

  /** For the arguments of {@link OperatorRules}. */
  @FunctionalInterface
  interface Expressions {
    List<SqlNode> of(List<SqlNode> nodes) throws UntypedException, SQLException;
  }

  static Result result(ValueType type, Arguments arguments) {
    return new Result(type, arguments.anyNullable());
  }
}
