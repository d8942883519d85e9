package dev.lockstep.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The bytes of every message, held in {@code golden/<TYPE>.hex}: one frame on a line, with its
 * length field. Such a line never changes; a new version of the protocol adds files.
 */
final class GoldenBytesTest {
  private static final int REQUEST_ID = 0x01020304;

  @ParameterizedTest
  @EnumSource(MessageType.class)
  void everyMessageIsWrittenAsInTheGoldenFile(MessageType type) {
    List<String> written =
        ExampleMessages.ALL.get(type).stream()
            .map(message -> HexFormat.of().formatHex(ExampleMessages.frame(REQUEST_ID, message)))
            .toList();
    assertThat(written).isEqualTo(golden(type));
  }

  @ParameterizedTest
  @EnumSource(MessageType.class)
  void everyGoldenFrameIsReadAsTheMessageItWasWrittenFrom(MessageType type) {
    List<Frame> read =
        golden(type).stream()
            .map(line -> HexFormat.of().parseHex(line))
            .map(frame -> Arrays.copyOfRange(frame, Frame.LENGTH_BYTES, frame.length))
            .map(content -> ExampleMessages.decode(type, content))
            .toList();
    assertThat(read)
        .isEqualTo(
            ExampleMessages.ALL.get(type).stream()
                .map(message -> new Frame(REQUEST_ID, message))
                .toList());
  }

  private static List<String> golden(MessageType type) {
    String name = "/golden/" + type + ".hex";
    try (InputStream in = GoldenBytesTest.class.getResourceAsStream(name)) {
      assertThat(in).as(name).isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
