package dev.lockstep.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import dev.lockstep.protocol.StatementResult.RowSet;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever bytes come, a decoder gives a message or a {@link ProtocolException}, and takes memory
 * in proportion to the bytes it got, not to the numbers it read in them.
 */
final class MalformedFrameTest {
  /**
   * Bytes that decoding may take for each byte of the frame. The worst is a batch of rows of one
   * NULL each: one byte, for which an array of one reference and its place in a list are made.
   */
  private static final int ALLOCATED_BYTES_PER_BYTE_MAX = 64;

  /** Bytes that decoding may take for any frame: the exception with its stack trace. */
  private static final int ALLOCATED_BYTES_BASE_MAX = 64 << 10;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  static Stream<Message> examples() {
    return ExampleMessages.ALL.values().stream().flatMap(List::stream);
  }

  @ParameterizedTest
  @MethodSource("examples")
  void aFrameCutAnywhereIsRefused(Message message) {
    byte[] content = ExampleMessages.content(5, message);
    for (int length = 0; length < content.length; length++) {
      assertThat(isMessage(Arrays.copyOf(content, length)))
          .as("decoded from %s of %s bytes", length, content.length)
          .isFalse();
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void aFrameWithBytesAfterItsEndIsRefused(Message message) {
    byte[] content = ExampleMessages.content(5, message);
    assertThat(isMessage(Arrays.copyOf(content, content.length + 1))).isFalse();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void aFlippedBitNeverDoesMoreThanBreakTheMessage(Message message) {
    byte[] content = ExampleMessages.content(5, message);
    for (int bit = 0; bit < content.length * 8; bit++) {
      byte[] flipped = content.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      isMessage(flipped);
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void aHugeNumberInAnyPlaceTakesNoMemory(Message message) {
    byte[] content = ExampleMessages.content(5, message);
    List<byte[]> numbers =
        Stream.of(
                0L,
                (long) Limits.PARAMETERS_MAX,
                (long) Limits.STATEMENTS_MAX,
                (long) Limits.ROWS_MAX,
                (long) Limits.FRAME_BYTES_MAX,
                (long) Integer.MAX_VALUE,
                Long.MAX_VALUE,
                -1L)
            .map(MalformedFrameTest::varLong)
            .toList();
    for (int at = Frame.HEADER_BYTES; at < content.length; at++) {
      for (byte[] number : numbers) {
        isMessage(replaced(content, at, number, 0));
        isMessage(replaced(content, at, number, 1));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(MessageType.class)
  void randomBytesBehindAnyTypeAreAMessageOrAnError(MessageType type) {
    SplittableRandom random = new SplittableRandom(type.code());
    for (int round = 0; round < 20_000; round++) {
      byte[] content = new byte[Frame.HEADER_BYTES + random.nextInt(64)];
      random.nextBytes(content);
      if (round % 2 == 0) {
        // Small numbers come further than random bytes do.
        for (int i = 0; i < content.length; i++) {
          content[i] &= 0x03;
        }
      }
      content[0] = (byte) type.code();
      isMessage(content);
    }
  }

  @Test
  void randomBytesAreAMessageOrAnError() {
    SplittableRandom random = new SplittableRandom(1);
    for (int round = 0; round < 100_000; round++) {
      byte[] content = new byte[random.nextInt(48)];
      random.nextBytes(content);
      isMessage(content);
    }
  }

  @Test
  void theLargestBatchesTakeMemoryInProportionToTheirBytes() {
    WireWriter out = new WireWriter();
    int calls = 15;
    ExampleMessages.execute(out, calls);
    for (int call = 0; call < calls; call++) {
      out.writeString("");
      out.writeVarInt(1);
      out.writeVarInt(Limits.BATCH_ROWS_MAX);
      byte[] nulls = new byte[Limits.BATCH_ROWS_MAX];
      out.writeRaw(nulls, 0, nulls.length);
    }
    assertThat(isMessage(out.toByteArray())).isTrue();
  }

  @Test
  void aLengthFieldIsCheckedBeforeMemoryIsTaken() {
    for (int length : new int[] {-1, 0, 4, Limits.HELLO_BYTES_MAX + 1, Integer.MAX_VALUE}) {
      try {
        Frame.checkLength(length, Limits.HELLO_BYTES_MAX);
        fail("length %s is allowed", length);
      } catch (ProtocolException e) {
        assertThat(e).hasMessageContaining("from 5 to 65536 are allowed");
      }
    }
    assertThat(Frame.checkLength(5, Limits.HELLO_BYTES_MAX)).isEqualTo(5);
  }

  /** Decodes as both sides do; fails the test on any other exception and on too much memory. */
  private static boolean isMessage(byte[] content) {
    boolean fromClient = isMessage(content, true);
    return isMessage(content, false) || fromClient;
  }

  private static boolean isMessage(byte[] content, boolean fromClient) {
    long max = ALLOCATED_BYTES_BASE_MAX + (long) ALLOCATED_BYTES_PER_BYTE_MAX * content.length;
    long thread = Thread.currentThread().getId();
    long allocated = 0;
    // A second look where it was too much: the first use of a line of code loads classes.
    for (int look = 0; look < 2; look++) {
      long before = THREADS.getThreadAllocatedBytes(thread);
      boolean decoded = isDecoded(content, fromClient);
      allocated = THREADS.getThreadAllocatedBytes(thread) - before;
      if (allocated <= max) {
        return decoded;
      }
    }
    return fail(
        "%s bytes were allocated for the %s of %s", allocated, content.length, hex(content));
  }

  private static boolean isDecoded(byte[] content, boolean fromClient) {
    try {
      Frame frame = fromClient ? Frame.decodeFromClient(content) : Frame.decodeFromServer(content);
      readRows(frame.message());
      return true;
    } catch (ProtocolException e) {
      return false;
    } catch (RuntimeException | Error e) {
      throw new AssertionError("not a protocol error, from " + hex(content), e);
    }
  }

  /** Reads the rows that are decoded late, in the application's thread. */
  private static void readRows(Message message) {
    if (message instanceof ServerMessage.Stepped stepped && stepped.executed() != null) {
      readRows(stepped.executed());
    } else if (message instanceof ServerMessage.Executed executed) {
      for (StatementResult result : executed.results()) {
        if (result.rows() != null) {
          RowSet rows = result.rows();
          readRows(rows.batch(), rows.columns().size());
        }
      }
    } else if (message instanceof ServerMessage.Rows rows) {
      readRows(rows.batch(), 3);
    }
  }

  private static void readRows(RowBatch batch, int columns) {
    RowReader reader = new RowReader(batch, columns);
    while (reader.next()) {
      for (int column = 0; column < columns; column++) {
        reader.value(column);
      }
    }
  }

  private static byte[] varLong(long value) {
    WireWriter out = new WireWriter();
    out.writeVarLong(value);
    return out.toByteArray();
  }

  private static byte[] replaced(byte[] content, int at, byte[] inserted, int removed) {
    byte[] changed = new byte[content.length + inserted.length - removed];
    System.arraycopy(content, 0, changed, 0, at);
    System.arraycopy(inserted, 0, changed, at, inserted.length);
    int rest = at + removed;
    System.arraycopy(content, rest, changed, at + inserted.length, content.length - rest);
    return changed;
  }

  private static String hex(byte[] content) {
    byte[] shown = content.length > 256 ? Arrays.copyOf(content, 256) : content;
    return HexFormat.of().formatHex(shown);
  }
}
