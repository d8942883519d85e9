package dev.lockstep.examples.shop;

import java.io.PrintStream;
import java.util.Locale;

/** Tells the user what happens: a line for each step with the seconds since the start. */
final class Story {
  private static final String INDENT = " ".repeat(11);

  private final PrintStream out;
  private final long startNanos = System.nanoTime();

  Story(PrintStream out) {
    this.out = out;
  }

  void title(String text) {
    out.println();
    out.println(text);
    out.println();
    out.flush();
  }

  void step(String format, Object... arguments) {
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    out.printf(Locale.ROOT, "%7.1f s  ", seconds);
    out.println(String.format(Locale.ROOT, format, arguments));
    out.flush();
  }

  void detail(String format, Object... arguments) {
    out.println(INDENT + String.format(Locale.ROOT, format, arguments));
    out.flush();
  }

  void blank() {
    out.println();
  }
}
