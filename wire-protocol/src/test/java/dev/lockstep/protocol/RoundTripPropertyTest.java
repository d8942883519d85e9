package dev.lockstep.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.protocol.StatementResult.RowSet;
import dev.lockstep.protocol.Topology.Member;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What was written is what is read, for generated messages and values. */
final class RoundTripPropertyTest {

  @Property(tries = 300)
  void requestsSurviveTheWire(@ForAll("requests") ClientMessage message, @ForAll int requestId) {
    survives(message, requestId);
  }

  @Property(tries = 300)
  void answersSurviveTheWire(@ForAll("answers") ServerMessage message, @ForAll int requestId) {
    survives(message, requestId);
  }

  private static ValueInfo info(Column column) {
    Nullability[] all = Nullability.values();
    return new ValueInfo("T" + column.label().length(), all[column.label().length() % all.length]);
  }

  private static void survives(Message message, int requestId) {
    byte[] content = ExampleMessages.content(requestId, message);
    assertThat(ExampleMessages.decode(message.type(), content))
        .isEqualTo(new Frame(requestId, message));
  }

  @Property
  void signedIntegersSurviveTheWire(@ForAll long value) {
    WireWriter out = new WireWriter();
    out.writeSignedVarLong(value);
    out.writeVarLong(value);
    WireReader in = new WireReader(out.toByteArray());
    assertThat(in.readSignedVarLong()).isEqualTo(value);
    assertThat(in.readVarLong()).isEqualTo(value);
    in.expectEnd();
  }

  @Property
  void doublesKeepTheirBits(@ForAll long bits) {
    WireWriter out = new WireWriter();
    Values.writeReal(out, Double.longBitsToDouble(bits));
    assertThat(Values.read(new WireReader(out.toByteArray())))
        .isEqualTo(Double.longBitsToDouble(bits));
  }

  @Property
  void anyTextIsWrittenAsItsUtf8(@ForAll String text) {
    WireWriter out = new WireWriter();
    out.writeString(text);
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    assertThat(new WireReader(out.toByteArray()).readBytes(Integer.MAX_VALUE, "bytes"))
        .isEqualTo(utf8);
  }

  @Property
  void aTextIsCutBetweenCharacters(@ForAll("texts") String text) {
    for (int max = 0; max < 40; max++) {
      String cut = Texts.cut(text, max);
      assertThat(text).startsWith(cut);
      assertThat(cut.getBytes(StandardCharsets.UTF_8).length).isBetween(0, max);
      if (text.getBytes(StandardCharsets.UTF_8).length <= max) {
        assertThat(cut).isEqualTo(text);
      }
    }
  }

  @Property
  void rowsAreReadColumnByColumnInAnyOrder(@ForAll("rows") List<Object[]> rows) {
    RowReader reader = new RowReader(RowBatch.of(rows), 3);
    for (Object[] row : rows) {
      assertThat(reader.next()).isTrue();
      for (int column : new int[] {2, 0, 1, 0}) {
        assertThat(reader.value(column)).isEqualTo(row[column]);
        if (row[column] instanceof Long integer) {
          assertThat(reader.storageClass(column)).isEqualTo(Values.INTEGER);
          assertThat(reader.integer(column)).isEqualTo(integer);
        } else if (row[column] instanceof Double real) {
          assertThat(reader.storageClass(column)).isEqualTo(Values.REAL);
          assertThat(reader.real(column)).isEqualTo(real);
        }
      }
    }
    assertThat(reader.next()).isFalse();
  }

  @Property
  void theDigestOfRowsDoesNotDependOnTheirBatches(
      @ForAll("rows") List<Object[]> first, @ForAll("rows") List<Object[]> second) {
    RowsDigest parts = new RowsDigest();
    parts.add(RowBatch.of(first));
    RowsSeen afterFirst = parts.seen();
    parts.add(RowBatch.of(second));
    List<Object[]> all = new ArrayList<>(first);
    all.addAll(second);
    RowsDigest whole = new RowsDigest();
    whole.add(RowBatch.of(all));
    assertThat(parts.seen()).isEqualTo(whole.seen());
    assertThat(afterFirst.equals(whole.seen())).isEqualTo(second.isEmpty());
  }

  @Provide
  Arbitrary<ClientMessage> requests() {
    return Arbitraries.oneOf(
        Combinators.combine(versions(), versions(), texts(), texts())
            .as((min, max, a, b) -> new ClientMessage.Hello(min, max, a, b, Map.of(a, b))),
        sessions().map(ClientMessage.OpenSession::new),
        sessions().map(ClientMessage.CloseSession::new),
        sessions().map(ClientMessage.RenewSession::new),
        executes(),
        Combinators.combine(numbers(), ints()).as(ClientMessage.Fetch::new),
        numbers().map(ClientMessage.CloseCursor::new),
        Combinators.combine(sessions(), numbers(), numbers()).as(ClientMessage.Commit::new),
        Combinators.combine(sessions(), numbers()).as(ClientMessage.Rollback::new),
        Combinators.combine(texts(), Arbitraries.integers().between(0, 9))
            .as(ClientMessage.Describe::new),
        Combinators.combine(Arbitraries.longs(), Arbitraries.longs()).as(ClientMessage.Cancel::new),
        Arbitraries.of(new ClientMessage.Ping(), new ClientMessage.GetStatus()),
        resumes(),
        Combinators.combine(sessions(), numbers(), Arbitraries.of(true, false))
            .as(ClientMessage.Outcome::new));
  }

  private static Arbitrary<ClientMessage> resumes() {
    Arbitrary<ScriptStep> steps =
        Combinators.combine(numbers(), ints(), calls().list().ofMinSize(1).ofMaxSize(3))
            .as(
                (number, size, calls) ->
                    new ScriptStep(
                        size % 2 == 0 ? GeneratedKeys.NONE : GeneratedKeys.KEY,
                        size,
                        number,
                        calls,
                        seen(number).digest(),
                        size % 3 == 0
                            ? List.of()
                            : List.of(
                                new ScriptStep.Fetched(size % 7, seen(number), size % 2 == 0))));
    return Combinators.combine(
            sessions(),
            numbers().filter(number -> number > 0),
            ints(),
            Arbitraries.of(Consistency.class),
            steps.list().ofMinSize(1).ofMaxSize(3))
        .as(
            (session, number, size, consistency, script) ->
                new ClientMessage.Resume(
                    session,
                    number,
                    size % 2 == 0,
                    options(size),
                    number,
                    ~number,
                    size,
                    consistency,
                    number,
                    size,
                    script));
  }

  private static TransactionOptions options(int size) {
    return new TransactionOptions(
        size % 2 == 0 ? TransactionMode.QUEUED : TransactionMode.OPTIMISTIC,
        size,
        size / 2,
        size / 3,
        size / 5,
        size / 7,
        size / 11);
  }

  private static RowsSeen seen(long number) {
    return number % 2 == 0 ? RowsSeen.NONE : new RowsSeen(number, new Fingerprint(~number, number));
  }

  private static Arbitrary<ClientMessage> executes() {
    Arbitrary<GeneratedKeys> keys =
        Arbitraries.oneOf(
            Arbitraries.just(GeneratedKeys.NONE),
            texts().list().ofMaxSize(3).map(columns -> new GeneratedKeys(true, columns)));
    return Combinators.combine(
            sessions(),
            numbers(),
            Arbitraries.of(Expectation.class),
            keys,
            ints(),
            numbers(),
            Arbitraries.of(Consistency.class),
            calls().list().ofMinSize(1).ofMaxSize(4))
        .as(
            (session, number, expectation, key, size, other, consistency, calls) ->
                new ClientMessage.Execute(
                    session,
                    number,
                    other,
                    other == 0 || size % 3 == 0 ? null : options(size),
                    size % 2 == 0,
                    expectation,
                    key,
                    size,
                    number,
                    size,
                    consistency,
                    other,
                    size,
                    seen(number),
                    calls));
  }

  private static Arbitrary<StatementCall> calls() {
    return Arbitraries.integers()
        .between(1, 4)
        .flatMap(
            width ->
                values()
                    .array(Object[].class)
                    .ofSize(width)
                    .list()
                    .ofMinSize(1)
                    .ofMaxSize(5)
                    .flatMap(rows -> texts().map(sql -> new StatementCall(sql, rows))));
  }

  @Provide
  Arbitrary<ServerMessage> answers() {
    return Arbitraries.oneOf(
        Combinators.combine(versions(), texts(), Arbitraries.longs(), topologies())
            .as((v, text, n, t) -> new ServerMessage.Welcome(v, text, text, "", text, n, ~n, t)),
        topologies().map(ServerMessage.TopologyChanged::new),
        numbers().map(ServerMessage.Done::new),
        Combinators.combine(numbers(), Arbitraries.of(true, false), results().list().ofMaxSize(4))
            .as(ServerMessage.Executed::new),
        Combinators.combine(numbers(), Arbitraries.longs(), results().list().ofMaxSize(4))
            .as(
                (number, seed, results) ->
                    new ServerMessage.Stepped(
                        new Receipt(number, seed, new Fingerprint(seed, ~seed)),
                        new ServerMessage.Executed(number, false, results),
                        null)),
        Combinators.combine(rows(), Arbitraries.of(true, false))
            .as((rows, last) -> new ServerMessage.Rows(RowBatch.of(rows), last)),
        Combinators.combine(Arbitraries.of(true, false), columns().list().ofMaxSize(4))
            .as(
                (writes, columns) ->
                    new ServerMessage.Described(
                        writes,
                        columns.stream().map(RoundTripPropertyTest::info).toList(),
                        columns.stream()
                            .map(column -> new DescribedColumn(column, info(column), writes))
                            .toList())),
        Combinators.combine(Arbitraries.of(FailureKind.class), texts(), topologies())
            .as((kind, text, t) -> new ServerMessage.Failure(kind, "40001", 5, text, 1, 2, t)),
        texts().map(text -> new ServerMessage.StatusReport(Map.of(text, text))));
  }

  private Arbitrary<StatementResult> results() {
    Arbitrary<long[]> counts = numbers().list().ofMaxSize(3).map(RoundTripPropertyTest::array);
    Arbitrary<RowSet> rowSets =
        Combinators.combine(
                Arbitraries.of(true, false), columns().list().ofSize(3), rows(), numbers())
            .as((keys, columns, rows, n) -> new RowSet(keys, columns, RowBatch.of(rows), n));
    return Combinators.combine(counts, rowSets.injectNull(0.3)).as(StatementResult::new);
  }

  private static long[] array(List<Long> numbers) {
    return numbers.stream().mapToLong(Long::longValue).toArray();
  }

  @Provide
  Arbitrary<List<Object[]>> rows() {
    return values().array(Object[].class).ofSize(3).list().ofMaxSize(5).map(ArrayList::new);
  }

  private static Arbitrary<Object> values() {
    return Arbitraries.oneOf(
        Arbitraries.just(null),
        Arbitraries.longs(),
        Arbitraries.doubles(),
        texts(),
        Arbitraries.bytes().array(byte[].class).ofMaxSize(20));
  }

  private static Arbitrary<Column> columns() {
    return Combinators.combine(texts(), texts(), texts()).as(Column::new);
  }

  private static Arbitrary<Topology> topologies() {
    Arbitrary<Member> members = Combinators.combine(texts(), texts(), versions()).as(Member::new);
    return Combinators.combine(numbers(), texts(), members.list().ofMaxSize(3)).as(Topology::new);
  }

  private static Arbitrary<SessionId> sessions() {
    return Combinators.combine(Arbitraries.longs().greaterOrEqual(1), Arbitraries.longs())
        .as(SessionId::new);
  }

  /** Texts of whole characters of one to four bytes. */
  @Provide
  static Arbitrary<String> texts() {
    return Arbitraries.strings()
        .withCharRange(' ', '~')
        .withChars("äß€語")
        .ofMaxLength(12)
        .map(text -> text.replace("z", "😀"));
  }

  private static Arbitrary<Long> numbers() {
    return Arbitraries.longs().greaterOrEqual(0);
  }

  private static Arbitrary<Integer> ints() {
    return Arbitraries.integers().greaterOrEqual(0);
  }

  private static Arbitrary<Integer> versions() {
    return Arbitraries.integers().between(0, 65_535);
  }
}
