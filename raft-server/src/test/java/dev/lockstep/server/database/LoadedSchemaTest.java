package dev.lockstep.server.database;

import static dev.lockstep.server.database.TestReplica.SESSION;
import static dev.lockstep.server.database.TestReplica.execute;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.server.command.Command;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A replica that lived through definitions makes the same plans, and so the same order of rows, as
 * one that was restarted at any point.
 */
final class LoadedSchemaTest {
  private static final String JOIN =
      "INSERT INTO joined SELECT s.rowid, b.rowid FROM s, b WHERE s.a + 0 = b.x % 7";

  @TempDir Path directory;

  /** Two tables without an order between them but the one that statistics give. */
  private static List<String[]> tables() {
    List<String[]> commands = new ArrayList<>();
    commands.add(new String[] {"CREATE TABLE s(a)"});
    commands.add(new String[] {"CREATE TABLE b(x)"});
    commands.add(new String[] {"CREATE TABLE joined(s, b)"});
    commands.add(new String[] {"CREATE INDEX si ON s(a)"});
    commands.add(new String[] {"CREATE INDEX bi ON b(x)"});
    commands.add(numbers(7, "s"));
    commands.add(numbers(3_000, "b"));
    return commands;
  }

  private static String[] numbers(int count, String table) {
    return new String[] {
      "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < "
          + (count - 1)
          + ") INSERT INTO "
          + table
          + " SELECT i FROM n"
    };
  }

  private List<String> dump(String name, boolean restarts, List<String[]> commands)
      throws SQLException {
    try (TestReplica replica = new TestReplica(directory.resolve(name))) {
      replica.applyOne(TestReplica.open(SESSION));
      long sequence = 0;
      for (String[] statements : commands) {
        Command command = execute(++sequence, statements);
        replica.applyOne(command);
        if (restarts) {
          replica.reopen();
        }
      }
      return FullDump.of(replica.replica.currentFile());
    }
  }

  private void assertRestartsChangeNothing(List<String[]> commands) throws SQLException {
    List<String> lived = dump("lived", false, commands);
    assertThat(dump("restarted", true, commands)).isEqualTo(lived);
    assertThat(lived).anyMatch(line -> line.startsWith("joined: 1,"));
  }

  @Test
  void forgetsTheSizeOfATableWhoseStatisticsWentWithItsIndex() throws Exception {
    List<String[]> commands = tables();
    commands.add(new String[] {"ANALYZE"});
    commands.add(new String[] {"DROP INDEX si"});
    commands.add(new String[] {JOIN.replace(" + 0", "")});
    assertRestartsChangeNothing(commands);
  }

  @Test
  void forgetsStatisticsThatWereRolledBack() throws Exception {
    List<String[]> commands = tables();
    commands.add(new String[] {"ANALYZE", "DELETE FROM s", "DELETE FROM b"});
    commands.add(numbers(3_000, "s"));
    commands.add(numbers(7, "b"));
    commands.add(new String[] {"ANALYZE", "DELETE FROM s WHERE abs(-9223372036854775807 - 1)"});
    commands.add(new String[] {JOIN});
    assertRestartsChangeNothing(commands);
  }

  @Test
  void numbersStatisticsAlikeWhateverTablesThereWere() throws Exception {
    List<String[]> commands = tables();
    for (int i = 0; i < 40; i++) {
      commands.add(
          new String[] {"CREATE TABLE many" + i + "(a)", "INSERT INTO many" + i + " VALUES (1)"});
    }
    for (int i = 0; i < 30; i++) {
      commands.add(new String[] {"DROP TABLE many" + i});
    }
    commands.add(new String[] {"CREATE TABLE late(a)", "INSERT INTO late VALUES (1)"});
    commands.add(new String[] {"ANALYZE"});
    commands.add(new String[] {JOIN});
    assertRestartsChangeNothing(commands);
  }
}
