package dev.lockstep.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.protocol.ProtocolException;
import dev.lockstep.protocol.WireReader;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Bytes that are not a command are a {@link ProtocolException}, and nothing else. */
final class CommandPropertyTest {
  private static final List<Command> COMMANDS =
      List.of(
          CommandTest.OPEN,
          CommandTest.CLOSE,
          CommandTest.EXECUTE,
          CommandTest.TRANSACTION,
          CommandTest.CHECKPOINT,
          CommandTest.FIX_CONTENT,
          CommandTest.RENEW);

  @Property
  void randomBytesAreRefused(
      @ForAll @Size(max = 200) byte[] bytes, @ForAll @IntRange(min = 0, max = 8) int type) {
    byte[] entry = new byte[bytes.length + 2];
    System.arraycopy(bytes, 0, entry, 2, bytes.length);
    entry[0] = 1;
    entry[1] = (byte) type;
    decode(entry);
    decode(bytes);
    decodeResult(bytes);
  }

  @Property
  void changedBytesAreRefusedOrAnotherCommand(
      @ForAll @IntRange(min = 0, max = 6) int which,
      @ForAll @IntRange(min = 0, max = 1_000) int position,
      @ForAll byte value) {
    byte[] entry = COMMANDS.get(which).encode();
    entry[position % entry.length] = value;
    decode(entry);
  }

  @Property(tries = 200)
  void truncatedCommandsAreRefused(
      @ForAll @IntRange(min = 0, max = 6) int which,
      @ForAll @IntRange(min = 0, max = 1_000) int length) {
    byte[] entry = COMMANDS.get(which).encode();
    byte[] truncated = Arrays.copyOf(entry, length % entry.length);
    assertThat(decode(truncated)).isFalse();
    assertThat(decode(Arrays.copyOf(entry, entry.length + 1))).isFalse();
  }

  private static boolean decode(byte[] entry) {
    try {
      Command command = Command.decode(entry);
      assertThat(Command.decode(command.encode())).isEqualTo(command);
      return true;
    } catch (ProtocolException expected) {
      return false;
    }
  }

  private static void decodeResult(byte[] bytes) {
    try {
      CommandResult.decode(new WireReader(bytes));
    } catch (ProtocolException expected) {
      // As it should be.
    }
  }
}
