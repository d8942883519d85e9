package dev.lockstep.protocol;

import java.nio.charset.StandardCharsets;

/** Texts that must not be longer than a limit. */
final class Texts {
  private Texts() {}

  /** The text, or its beginning that takes at most so many bytes in UTF-8. */
  static String cut(String text, int bytesMax) {
    // No character takes more than three bytes (a pair of surrogates takes four).
    if (text.length() <= bytesMax / 3) {
      return text;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length <= bytesMax) {
      return text;
    }
    int end = bytesMax;
    while (end > 0 && (bytes[end] & 0xC0) == 0x80) {
      end--;
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8);
  }
}
