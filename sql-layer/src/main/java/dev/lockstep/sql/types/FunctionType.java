package dev.lockstep.sql.types;

import static dev.lockstep.sql.types.ValueType.ANY;
import static dev.lockstep.sql.types.ValueType.BIGINT;
import static dev.lockstep.sql.types.ValueType.BLOB;
import static dev.lockstep.sql.types.ValueType.INTEGER;
import static dev.lockstep.sql.types.ValueType.NULL;
import static dev.lockstep.sql.types.ValueType.NUMERIC;
import static dev.lockstep.sql.types.ValueType.REAL;
import static dev.lockstep.sql.types.ValueType.TEXT;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * What a function of SQLite's returns, and takes.
 *
 * @param result from the types of the arguments
 * @param argument the type of each argument that is always the same; the last one goes on
 * @param alike whether the arguments are of one type, as those of coalesce()
 * @param notNull whether it never returns NULL
 * @param aggregate whether it makes one row of many, unless it has OVER
 */
record FunctionType(
    Function<List<ValueType>, ValueType> result,
    List<ValueType> argument,
    boolean alike,
    boolean notNull,
    boolean aggregate) {
  private static final Map<String, FunctionType> KNOWN = new HashMap<>();

  private static final FunctionType UNKNOWN =
      new FunctionType(types -> ANY, List.of(), false, false, false);

  private static final Set<String> ALWAYS_AGGREGATE =
      Set.of(
          "avg",
          "corr",
          "count",
          "covar_pop",
          "covar_samp",
          "group_concat",
          "json_group_array",
          "json_group_object",
          "jsonb_group_array",
          "jsonb_group_object",
          "lower_quartile",
          "median",
          "mode",
          "percentile",
          "percentile_cont",
          "percentile_disc",
          "regr_avgx",
          "regr_avgy",
          "regr_count",
          "regr_intercept",
          "regr_r2",
          "regr_slope",
          "regr_sxx",
          "regr_sxy",
          "regr_syy",
          "stddev",
          "stddev_pop",
          "stddev_samp",
          "stdev",
          "string_agg",
          "sum",
          "total",
          "upper_quartile",
          "var_pop",
          "var_samp",
          "variance");

  private static final Set<String> NEVER_NULL =
      Set.of(
          "changes",
          "count",
          "cume_dist",
          "current_date",
          "current_time",
          "current_timestamp",
          "dense_rank",
          "last_insert_rowid",
          "ntile",
          "percent_rank",
          "pi",
          "quote",
          "random",
          "rank",
          "row_number",
          "sqlite_version",
          "total",
          "total_changes",
          "typeof");

  static {
    // Texts.
    fixed(TEXT, List.of(TEXT), "date", "datetime", "strftime", "time", "timediff");
    fixed(TEXT, List.of(TEXT), "json", "json_pretty", "json_patch", "json_remove", "json_type");
    fixed(TEXT, List.of(TEXT), "lower", "upper", "ltrim", "rtrim", "trim", "replace", "reverse");
    fixed(TEXT, List.of(TEXT), "proper", "strfilter", "unistr", "unistr_quote", "soundex");
    fixed(TEXT, List.of(TEXT, ANY), "format", "printf", "concat_ws");
    fixed(TEXT, List.of(TEXT, TEXT, ANY), "json_insert", "json_replace", "json_set");
    fixed(TEXT, List.of(TEXT, TEXT, ANY), "json_array_insert");
    fixed(TEXT, List.of(ANY), "json_array", "json_object", "json_quote", "json_group_array");
    fixed(TEXT, List.of(ANY), "hex", "quote", "typeof", "concat");
    fixed(TEXT, List.of(TEXT, ANY), "json_group_object");
    fixed(TEXT, List.of(ANY, TEXT), "group_concat", "string_agg");
    fixed(TEXT, List.of(BIGINT), "char");
    fixed(TEXT, List.of(), "current_date", "current_time", "current_timestamp");
    fixed(TEXT, List.of(), "sqlite_version", "sqlite_source_id", "fts5_source_id");
    fixed(TEXT, List.of(ANY, BIGINT, TEXT, TEXT, TEXT, BIGINT), "snippet");
    fixed(TEXT, List.of(ANY, BIGINT, TEXT, TEXT), "highlight");
    fixed(TEXT, List.of(ANY), "offsets", "rtreecheck", "rtreenode", "fts5_get_locale");
    fixed(TEXT, List.of(BIGINT), "sqlite_compileoption_get");
    // Integers.
    fixed(INTEGER, List.of(ANY), "length", "octet_length", "subtype", "sign", "rtreedepth");
    fixed(INTEGER, List.of(TEXT), "instr", "charindex", "unicode", "like", "glob", "regexp");
    fixed(INTEGER, List.of(TEXT), "difference", "match", "sqlite_compileoption_used");
    fixed(INTEGER, List.of(TEXT), "json_array_length", "json_error_position");
    fixed(INTEGER, List.of(TEXT, INTEGER), "json_valid");
    fixed(INTEGER, List.of(TEXT, INTEGER), "lockstep_lock", "lockstep_unlock");
    fixed(BIGINT, List.of(ANY), "count");
    fixed(BIGINT, List.of(BIGINT), "ntile");
    fixed(BIGINT, List.of(), "row_number", "rank", "dense_rank", "random");
    fixed(BIGINT, List.of(), "changes", "total_changes", "last_insert_rowid");
    // Numbers.
    fixed(REAL, List.of(TEXT), "julianday");
    fixed(REAL, List.of(REAL), "acos", "acosh", "asin", "asinh", "atan", "atanh", "atan2");
    fixed(REAL, List.of(REAL), "atn2", "cos", "cosh", "cot", "coth", "sin", "sinh", "tan");
    fixed(REAL, List.of(REAL), "tanh", "degrees", "radians", "exp", "ln", "log", "log10");
    fixed(REAL, List.of(REAL), "log2", "mod", "pow", "power", "sqrt");
    fixed(REAL, List.of(NUMERIC), "avg", "total", "median", "percentile", "percentile_cont");
    fixed(REAL, List.of(NUMERIC), "percentile_disc", "stdev", "variance");
    fixed(REAL, List.of(NUMERIC), "stddev", "stddev_pop", "stddev_samp", "var_pop", "var_samp");
    fixed(REAL, List.of(NUMERIC), "covar_pop", "covar_samp", "corr", "regr_avgx", "regr_avgy");
    fixed(REAL, List.of(NUMERIC), "regr_sxx", "regr_syy", "regr_sxy", "regr_slope", "regr_r2");
    fixed(REAL, List.of(NUMERIC), "regr_intercept");
    fixed(BIGINT, List.of(NUMERIC), "regr_count");
    fixed(REAL, List.of(NUMERIC, INTEGER), "round");
    fixed(REAL, List.of(), "pi", "cume_dist", "percent_rank", "bm25");
    fixed(NUMERIC, List.of(NUMERIC), "lower_quartile", "upper_quartile", "square");
    fixed(NUMERIC, List.of(TEXT), "unixepoch");
    add(List.of(NUMERIC), types -> first(types).number(), "abs", "sum");
    add(List.of(NUMERIC), types -> first(types).number(), "ceil", "ceiling", "floor", "trunc");
    // Blobs.
    fixed(BLOB, List.of(BIGINT), "randomblob", "zeroblob");
    fixed(BLOB, List.of(TEXT), "unhex", "fts5_locale");
    fixed(BLOB, List.of(TEXT, TEXT, ANY), "jsonb_insert", "jsonb_replace", "jsonb_set");
    fixed(BLOB, List.of(TEXT, TEXT, ANY), "jsonb_array_insert");
    fixed(BLOB, List.of(TEXT), "jsonb", "jsonb_patch", "jsonb_remove");
    fixed(BLOB, List.of(ANY), "jsonb_array", "jsonb_object", "jsonb_group_array", "matchinfo");
    fixed(BLOB, List.of(TEXT, ANY), "jsonb_group_object");
    // Their arguments' own.
    add(List.of(TEXT, BIGINT), FunctionType::part, "substr", "substring");
    add(List.of(ANY), FunctionType::first, "likely", "unlikely", "mode");
    add(List.of(ANY, REAL), FunctionType::first, "likelihood");
    add(List.of(ANY), FunctionType::first, "first_value", "last_value");
    add(List.of(ANY, BIGINT), FunctionType::first, "nth_value");
    add(
        List.of(ANY, BIGINT, ANY),
        types -> types.size() > 2 ? types.get(0).or(types.get(2)) : first(types),
        "lag",
        "lead");
    alike(FunctionType::first, "nullif");
    alike(FunctionType::common, "coalesce", "ifnull", "max", "min");
    add(List.of(), FunctionType::branches, "iif", "if");
    fixed(ANY, List.of(TEXT), "json_extract", "jsonb_extract");
    fixed(ANY, List.of(ANY), "fts5", "fts5_insttoken", "fts3_tokenizer", "optimize");
    fixed(ANY, List.of(ANY), "load_extension", "sqlite_log", "lockstep_error");
    fixed(TEXT, List.of(TEXT, BIGINT), "leftstr", "rightstr", "padl", "padr", "padc");
    fixed(TEXT, List.of(TEXT, BIGINT), "replicate");
    fixed(ANY, List.of(ANY, TEXT), "->>");
    fixed(TEXT, List.of(TEXT), "->");
  }

  /** Whether the function has an entry. */
  static boolean knows(String name) {
    return KNOWN.containsKey(name.toLowerCase(Locale.ROOT));
  }

  /** Of a function that nobody knows nothing is told. */
  static FunctionType of(String name) {
    return KNOWN.getOrDefault(name.toLowerCase(Locale.ROOT), UNKNOWN);
  }

  /** Whether a call with so many arguments makes one row of many. */
  static boolean aggregates(String name, int arguments) {
    String lower = name.toLowerCase(Locale.ROOT);
    boolean extreme = lower.equals("max") || lower.equals("min");
    return of(name).aggregate() || extreme && arguments == 1;
  }

  private static void fixed(ValueType result, List<ValueType> argument, String... names) {
    add(argument, types -> result, names);
  }

  private static void add(
      List<ValueType> argument, Function<List<ValueType>, ValueType> result, String... names) {
    for (String name : names) {
      put(name, argument, result, false);
    }
  }

  private static void alike(Function<List<ValueType>, ValueType> result, String... names) {
    for (String name : names) {
      put(name, List.of(), result, true);
    }
  }

  private static void put(
      String name,
      List<ValueType> argument,
      Function<List<ValueType>, ValueType> result,
      boolean alike) {
    KNOWN.put(
        name,
        new FunctionType(
            result, argument, alike, NEVER_NULL.contains(name), ALWAYS_AGGREGATE.contains(name)));
  }

  private static ValueType first(List<ValueType> types) {
    return types.isEmpty() ? ANY : types.get(0);
  }

  /** Of {@code substr}: a part of a blob is one. */
  private static ValueType part(List<ValueType> types) {
    return switch (first(types).family()) {
      case BLOB -> BLOB;
      case ANY -> ANY;
      default -> TEXT;
    };
  }

  static ValueType common(List<ValueType> types) {
    ValueType common = NULL;
    for (ValueType type : types) {
      common = common.or(type);
    }
    return common;
  }

  /** Of {@code iif(condition, value, condition, value, …, otherwise)}. */
  private static ValueType branches(List<ValueType> types) {
    ValueType common = NULL;
    for (int i = 0; i < types.size(); i++) {
      if (i % 2 == 1 || i == types.size() - 1 && types.size() % 2 == 1) {
        common = common.or(types.get(i));
      }
    }
    return common;
  }
}
