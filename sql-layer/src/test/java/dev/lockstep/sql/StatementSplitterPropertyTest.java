package dev.lockstep.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.sqlite.SQLiteConnection;

final class StatementSplitterPropertyTest {
  @Property(tries = 2000)
  void givesBackWhatWasJoined(
      @ForAll("statements") List<String> statements, @ForAll("gaps") List<String> gaps) {
    StringBuilder text = new StringBuilder(gaps.get(0));
    for (int i = 0; i < statements.size(); i++) {
      text.append(statements.get(i)).append(gaps.get(1 + i)).append(';').append(gaps.get(5 + i));
    }

    assertThat(StatementSplitter.split(text.toString())).isEqualTo(statements);
  }

  /** SQLite itself ends each statement where the splitter does: all of them compile and run. */
  @Property(tries = 300)
  void cutsWhereSqliteCuts(@ForAll("queries") List<String> queries) throws Exception {
    String text = String.join(";", queries) + ";";
    List<String> ran = new ArrayList<>();
    try (SQLiteConnection connection = Connections.memory()) {
      for (String piece : StatementSplitter.split(text)) {
        try (var statement = connection.prepareStatement(piece);
            var row = statement.executeQuery()) {
          row.next();
          ran.add(piece);
        }
      }
    }

    assertThat(ran).isEqualTo(queries);
  }

  @Provide
  Arbitrary<List<String>> queries() {
    return token(Arbitraries.of("'a;''b'", "\"c;\"", "x'3b'", "1e-3", "/*;*/ 1", "?1", "$v(;)"))
        .map(value -> "SELECT " + value)
        .list()
        .ofMinSize(1)
        .ofMaxSize(4);
  }

  private static Arbitrary<String> token(Arbitrary<String> values) {
    return Combinators.combine(values, values).as((a, b) -> a + ", " + b);
  }

  @Provide
  Arbitrary<List<String>> statements() {
    return Arbitraries.frequencyOf(
            net.jqwik.api.Tuple.of(4, plain()), net.jqwik.api.Tuple.of(1, trigger()))
        .list()
        .ofMaxSize(4);
  }

  private static Arbitrary<String> plain() {
    return words().map(words -> "SELECT " + words);
  }

  private static Arbitrary<String> trigger() {
    return Combinators.combine(Arbitraries.of("CREATE", "EXPLAIN CREATE TEMP"), words(), words())
        .as(
            (create, first, second) ->
                create
                    + " TRIGGER a INSERT ON t BEGIN SELECT "
                    + first
                    + "; SELECT CASE WHEN 1 THEN 2 END, "
                    + second
                    + "; END");
  }

  private static Arbitrary<String> words() {
    Arbitrary<String> quoted =
        Arbitraries.strings()
            .withChars("ab;'\"`[ -/*\n\u00e9")
            .ofMaxLength(6)
            .flatMap(
                inner ->
                    Arbitraries.of(
                        "'" + inner.replace("'", "''") + "'",
                        "\"" + inner.replace("\"", "\"\"") + "\"",
                        "`" + inner.replace("`", "``") + "`",
                        "[" + inner + "]"));
    Arbitrary<String> bare =
        Arbitraries.of("a", "1.5e-7", "?3", ":name", "$x", "-", "/", "*", "(", ")", ",", "end_");
    return Arbitraries.oneOf(quoted, bare)
        .list()
        .ofMinSize(1)
        .ofMaxSize(6)
        .map(list -> "a " + String.join(" ", list) + " b");
  }

  @Provide
  Arbitrary<List<String>> gaps() {
    return Arbitraries.of("", " ", "\n", "-- ;'\n", "/* ; END; ' */", ";", "\t;;", "\ufeff")
        .list()
        .ofSize(9);
  }
}
