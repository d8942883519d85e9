package dev.lockstep.protocol;

import java.util.LinkedHashMap;
import java.util.Map;

/** The encoding of a map of names to texts, in the map's order. */
final class Properties {
  private Properties() {}

  static void encode(WireWriter out, Map<String, String> properties) {
    out.writeVarInt(properties.size());
    properties.forEach(
        (name, value) -> {
          out.writeString(name);
          out.writeString(value);
        });
  }

  static Map<String, String> decode(WireReader in) {
    int count = in.readCount(Limits.PROPERTIES_MAX, "properties");
    Map<String, String> properties = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      String name = in.readString(Limits.NAME_BYTES_MAX, "bytes of a property name");
      String value = in.readString(Limits.ERROR_MESSAGE_BYTES_MAX, "bytes of a property value");
      if (properties.put(name, value) != null) {
        throw new ProtocolException("property given twice: " + name);
      }
    }
    return properties;
  }
}
