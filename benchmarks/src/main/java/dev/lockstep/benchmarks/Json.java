package dev.lockstep.benchmarks;

import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes maps, lists, texts, numbers and booleans as JSON. */
final class Json {
  private Json() {}

  static String of(Object value) {
    StringBuilder out = new StringBuilder();
    write(out, value);
    return out.append('\n').toString();
  }

  private static void write(StringBuilder out, Object value) {
    if (value instanceof Map<?, ?> map) {
      Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator();
      out.append('{');
      while (entries.hasNext()) {
        Map.Entry<?, ?> entry = entries.next();
        write(out, entry.getKey().toString());
        out.append(": ");
        write(out, entry.getValue());
        out.append(entries.hasNext() ? ", " : "");
      }
      out.append('}');
    } else if (value instanceof List<?> list) {
      Iterator<?> elements = list.iterator();
      out.append('[');
      while (elements.hasNext()) {
        write(out, elements.next());
        out.append(elements.hasNext() ? ",\n " : "");
      }
      out.append(']');
    } else if (value instanceof Double number) {
      out.append(String.format(Locale.ROOT, "%.3f", number));
    } else if (value instanceof Number || value instanceof Boolean || value == null) {
      out.append(value);
    } else {
      writeText(out, value.toString());
    }
  }

  private static void writeText(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ') {
        out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
