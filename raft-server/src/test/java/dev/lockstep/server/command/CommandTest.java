package dev.lockstep.server.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.protocol.Column;
import dev.lockstep.protocol.ProtocolException;
import dev.lockstep.protocol.RowBatch;
import dev.lockstep.protocol.SessionId;
import dev.lockstep.protocol.StatementCall;
import dev.lockstep.protocol.StatementResult;
import dev.lockstep.protocol.WireReader;
import dev.lockstep.protocol.WireWriter;
import dev.lockstep.server.command.CommandResult.Cause;
import dev.lockstep.server.command.CommandResult.Done;
import dev.lockstep.server.command.CommandResult.Executed;
import dev.lockstep.server.command.CommandResult.Failed;
import dev.lockstep.server.command.StatementCommand.Kind;
import dev.lockstep.server.command.StatementCommand.Rows;
import dev.lockstep.server.command.TransactionCommand.Step;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The persisted formats, byte by byte: a change of one of these texts breaks existing logs. */
final class CommandTest {
  private static final SessionId SESSION = new SessionId(0x0102030405060708L, 0x090A0B0C0D0E0F10L);
  private static final String SESSION_HEX = "0102030405060708 090a0b0c0d0e0f10 ";

  static final StatementCommand INSERT =
      new StatementCommand(
          new StatementCall(
              "I",
              List.of(
                  new Object[] {null, 1L, -1.5},
                  new Object[] {"é", Long.MIN_VALUE, new byte[] {7, 8}})),
          Kind.CHANGE,
          Rows.GENERATED_KEYS,
          300);
  private static final String INSERT_HEX =
      "12 ac02 01 49 03 02"
          + " 00 01 02 02 bff8000000000000"
          + " 03 02 c3a9 01 ffffffffffffffffff01 04 02 0708 ";

  static final OpenSession OPEN = new OpenSession("shop", SESSION, 1_000);
  static final CloseSession CLOSE = new CloseSession("shop", SESSION, 1_000);
  static final Checkpoint CHECKPOINT = new Checkpoint("shop", new byte[] {1, 2}, 300, 5);
  static final RenewSession RENEW = new RenewSession("shop", SESSION, 1_000);
  static final FixContent FIX_CONTENT = new FixContent("shop");
  static final ExecuteCommand EXECUTE =
      new ExecuteCommand("shop", SESSION, 5, 1_000, -2, true, List.of(INSERT));
  static final TransactionCommand TRANSACTION =
      new TransactionCommand(
          "shop",
          SESSION,
          6,
          1_000,
          3,
          300,
          List.of(
              new Step(
                  List.of(new StatementCommand(new StatementCall("S"), Kind.QUERY, Rows.RESULT, 0)),
                  new Digest(2, 3))));

  @Test
  void commandsHaveFixedBytes() {
    check(OPEN, "01 01 04 73686f70 " + SESSION_HEX + "e807");
    check(CLOSE, "01 02 04 73686f70 " + SESSION_HEX + "e807");
    check(
        EXECUTE,
        "01 03 04 73686f70 " + SESSION_HEX + "05 e807 fffffffffffffffe 01 01 " + INSERT_HEX);
    check(
        TRANSACTION,
        "01 04 04 73686f70 "
            + SESSION_HEX
            + "06 e807 0000000000000003 ac02 01"
            + " 0000000000000002 0000000000000003 01 01 00 01 53 00 01");
    check(CHECKPOINT, "01 05 04 73686f70 02 0102 ac02 05");
    check(FIX_CONTENT, "01 06 04 73686f70");
    check(RENEW, "01 07 04 73686f70 " + SESSION_HEX + "e807");
    check(
        new ExecuteCommand("shop", SESSION, 5, 1_000, -2, false, true, List.of(INSERT)),
        "01 03 04 73686f70 " + SESSION_HEX + "05 e807 fffffffffffffffe 02 01 " + INSERT_HEX);
  }

  private static void check(Command command, String hex) {
    byte[] expected = HexFormat.of().parseHex(hex.replace(" ", ""));
    assertThat(HexFormat.of().formatHex(command.encode()))
        .isEqualTo(HexFormat.of().formatHex(expected));
    assertThat(Command.decode(expected)).isEqualTo(command);
  }

  @Test
  void resultsHaveFixedBytes() {
    check(Done.INSTANCE, "00");
    check(
        new Executed(
            List.of(
                StatementResult.ofCounts(1, 2),
                new StatementResult(
                    new long[] {1},
                    new StatementResult.RowSet(
                        true,
                        List.of(new Column("id", "t", "INTEGER")),
                        RowBatch.of(List.<Object[]>of(new Object[] {42L})),
                        0)))),
        "01 02 02 01 02 00 01 01 01 01 01 02 6964 01 74 07 494e5445474552 01 02 01 54 00");
    check(
        new Failed(Cause.TRANSACTION_LOST, "40001", 19, "lost", 1, 300),
        "02 03 05 3430303031 13 04 6c6f7374 01 ac02");
    check(new CommandResult.LockBusy("job", 300), "03 03 6a6f62 ac02");
  }

  private static void check(CommandResult result, String hex) {
    byte[] expected = HexFormat.of().parseHex(hex.replace(" ", ""));
    WireWriter out = new WireWriter();
    result.encode(out);
    assertThat(HexFormat.of().formatHex(out.toByteArray()))
        .isEqualTo(HexFormat.of().formatHex(expected));
    assertThat(CommandResult.decode(new WireReader(expected))).isEqualTo(result);
  }

  @Test
  void digestsAreFixed() {
    byte[] bytes = {1, 2, 3};
    assertThat(Digest.of(bytes, 0, 3)).hasToString("1a643eef0e1337a9494e4a403c239a65");
    assertThat(Digest.ZERO.next(1, bytes, 3)).hasToString("735d766d1a4b24e2eb3f7a3a895f21ac");
  }

  @Test
  void newerVersionIsRefusedInWordsForAPerson() {
    byte[] entry = OPEN.encode();
    entry[0] = 2;
    assertThatThrownBy(() -> Command.decode(entry))
        .isInstanceOf(ProtocolException.class)
        .hasMessage(
            "command of format version 2; this node reads up to version 1: it needs a newer"
                + " Lockstep");
  }

  @Test
  void everyCauseOfAFailureSurvivesItsEncoding() {
    for (Cause cause : Cause.values()) {
      Failed failed = new Failed(cause, "12345", "m");
      WireWriter out = new WireWriter();
      failed.encode(out);
      assertThat(CommandResult.decode(new WireReader(out.toByteArray()))).isEqualTo(failed);
    }
  }

  @Test
  void longMessageIsCut() {
    Failed failed = new Failed(Cause.STATEMENT, "42000", "é".repeat(100_000));
    WireWriter out = new WireWriter();
    failed.encode(out);
    assertThat(CommandResult.decode(new WireReader(out.toByteArray()))).isEqualTo(failed);
  }

  @Test
  void commandBeyondTheLimitIsRefused() {
    StatementCommand large =
        new StatementCommand(
            new StatementCall("I", List.<Object[]>of(new Object[] {new byte[Command.BYTES_MAX]})),
            Kind.CHANGE);
    ExecuteCommand command = new ExecuteCommand("shop", SESSION, 1, 1, 1, false, List.of(large));
    assertThatThrownBy(command::encode).isInstanceOf(ProtocolException.class);
  }
}
