package dev.lockstep.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Blobs and Clobs in memory. */
final class LargeObjectsTest {
  private static void assertRefused(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).as("%s", e).isEqualTo("22023"));
  }

  private static MemoryBlob blob(String text) {
    return new MemoryBlob(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(MemoryBlob blob) throws SQLException {
    return new String(blob.getBytes(1, Integer.MAX_VALUE), StandardCharsets.UTF_8);
  }

  @Test
  void partsOfABlobAreReadByPosition() throws Exception {
    MemoryBlob blob = blob("abcdef");
    assertThat(blob.length()).isEqualTo(6);
    assertThat(blob.getBytes(3, Integer.MAX_VALUE)).containsExactly('c', 'd', 'e', 'f');
    assertThat(blob.getBytes(7, 1)).isEmpty();
    assertThat(blob.getBinaryStream(2, 3).readAllBytes()).containsExactly('b', 'c', 'd');
    assertThat(blob.position("cd".getBytes(StandardCharsets.UTF_8), 1)).isEqualTo(3);
    assertThat(blob.position(blob("cd"), 4)).isEqualTo(-1);
    assertThat(blob.position(blob("abcdefg"), 1)).isEqualTo(-1);
    assertThat(blob.position(new byte[0], 7)).isEqualTo(7);
    assertRefused(() -> blob.getBytes(0, 1));
    assertRefused(() -> blob.getBytes(8, 1));
    assertRefused(() -> blob.getBytes(1, -1));
    assertRefused(() -> blob.getBinaryStream(1, -1));
    assertRefused(() -> blob.position((byte[]) null, 1));
    assertRefused(() -> blob.position(new byte[1], 0));
  }

  @Test
  void aBlobIsWrittenByPositionAndByStream() throws Exception {
    MemoryBlob blob = blob("abc");
    assertThat(blob.setBytes(2, "XYZ".getBytes(StandardCharsets.UTF_8))).isEqualTo(3);
    assertThat(text(blob)).isEqualTo("aXYZ");
    blob.setBytes(1, "12345".getBytes(StandardCharsets.UTF_8), 1, 2);
    assertThat(text(blob)).isEqualTo("23YZ");
    try (OutputStream stream = blob.setBinaryStream(5)) {
      stream.write('!');
      stream.write("more".getBytes(StandardCharsets.UTF_8));
      assertThat(text(blob)).isEqualTo("23YZ!more");
    }
    blob.truncate(2);
    blob.truncate(100);
    assertThat(text(blob)).isEqualTo("23");
    assertRefused(() -> blob.setBytes(4, new byte[1]));
    assertRefused(() -> blob.setBytes(1, new byte[2], 1, 2));
    assertRefused(() -> blob.setBytes(1, null));
    assertRefused(() -> blob.setBinaryStream(0));
    assertRefused(() -> blob.truncate(-1));
  }

  @Test
  void partsOfAClobAreReadByPosition() throws Exception {
    MemoryClob clob = new MemoryClob("abcdef");
    assertThat(clob.getSubString(3, Integer.MAX_VALUE)).isEqualTo("cdef");
    assertThat(clob.getSubString(7, 1)).isEmpty();
    StringWriter part = new StringWriter();
    clob.getCharacterStream(2, 3).transferTo(part);
    assertThat(part).hasToString("bcd");
    assertThat(clob.position("cd", 1)).isEqualTo(3);
    assertThat(clob.position(new MemoryClob("cd"), 4)).isEqualTo(-1);
    assertThat(new MemoryClob("grün").getAsciiStream().readAllBytes())
        .isEqualTo("grün".getBytes(StandardCharsets.UTF_8));
    assertRefused(() -> clob.getSubString(0, 1));
    assertRefused(() -> clob.getSubString(1, -1));
    assertRefused(() -> clob.position((String) null, 1));
  }

  @Test
  void aClobIsWrittenByPositionAndByStream() throws Exception {
    MemoryClob clob = new MemoryClob("abc");
    assertThat(clob.setString(2, "XYZ")).isEqualTo(3);
    clob.setString(1, "12345", 1, 2);
    assertThat(clob.getSubString(1, 100)).isEqualTo("23YZ");
    try (Writer writer = clob.setCharacterStream(5)) {
      writer.write("more");
      assertThat(clob.length()).isEqualTo(8);
      writer.write('!');
    }
    try (OutputStream stream = clob.setAsciiStream(1)) {
      stream.write("ü".getBytes(StandardCharsets.UTF_8));
    }
    assertThat(clob.getSubString(1, 100)).isEqualTo("ü3YZmore!");
    clob.truncate(2);
    assertThat(clob.getSubString(1, 100)).isEqualTo("ü3");
    assertRefused(() -> clob.setString(4, "x"));
    assertRefused(() -> clob.setString(1, "x", 0, 2));
    assertRefused(() -> clob.truncate(-1));
  }

  @Test
  void whatIsFreedIsNotUsed() throws Exception {
    MemoryBlob blob = blob("abc");
    OutputStream bytes = blob.setBinaryStream(1);
    blob.free();
    blob.free();
    assertRefused(blob::length);
    assertRefused(blob::getBinaryStream);
    assertRefused(() -> blob.setBytes(1, new byte[1]));
    assertThatThrownBy(() -> bytes.write(1)).isInstanceOf(IOException.class);
    MemoryClob clob = new MemoryClob("abc");
    Writer writer = clob.setCharacterStream(1);
    clob.free();
    clob.free();
    assertRefused(clob::length);
    assertRefused(clob::getAsciiStream);
    assertRefused(() -> clob.truncate(1));
    assertThatThrownBy(() -> writer.write("x")).isInstanceOf(IOException.class);
  }
}
