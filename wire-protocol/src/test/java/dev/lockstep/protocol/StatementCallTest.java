package dev.lockstep.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class StatementCallTest {
  @Test
  void noTextIsWrittenThatCouldNotBeRead() {
    StatementCall longest = new StatementCall("x".repeat(Limits.SQL_BYTES_MAX));
    WireWriter out = new WireWriter();
    longest.encode(out);
    assertThat(StatementCall.decode(new WireReader(out.toByteArray()))).isEqualTo(longest);

    StatementCall longer = new StatementCall("x".repeat(Limits.SQL_BYTES_MAX - 1) + "é");
    assertThatThrownBy(() -> longer.encode(new WireWriter()))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("statement of more than 1048576 bytes");
  }
}
