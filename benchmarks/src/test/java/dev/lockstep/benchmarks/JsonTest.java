package dev.lockstep.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class JsonTest {
  @Test
  void valuesAreWrittenInTheirOrder() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("a \"b\" \\ \n", 1L);
    values.put("c", 0.5);
    values.put("d", List.of(true, "µs"));
    values.put("e", null);

    assertThat(Json.of(values))
        .isEqualTo(
            "{\"a \\\"b\\\" \\\\ \\u000a\": 1, \"c\": 0.500, \"d\": [true,\n \"µs\"],"
                + " \"e\": null}\n");
  }
}
