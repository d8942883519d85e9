package dev.lockstep.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/** C's local time follows the environment of the process, so each zone needs one of its own. */
final class TimeZoneIT {
  private static final String CALLS =
      "SELECT datetime('now', 'localtime'), datetime('now', 'utc'), datetime('2020-07-01 12:00',"
          + " 'utc'), datetime('2020-07-01 12:00', 'localtime', '+1 month'), CURRENT_TIMESTAMP,"
          + " strftime('%H', 'now', 'localtime', 'utc'), date('2020-12-31 23:59', 'localtime')";

  @Test
  void functionsAnswerAlikeInAllTimeZones() throws Exception {
    String utc = answersIn("UTC", "replaced");

    assertThat(utc).contains("2001-02-03 04:05:06").contains("2020-08-01 12:00:00");
    assertThat(answersIn("Pacific/Auckland", "replaced")).isEqualTo(utc);
    assertThat(answersIn("America/New_York", "replaced")).isEqualTo(utc);
    // The check can fail: SQLite's own functions do differ.
    assertThat(answersIn("Pacific/Auckland", "plain")).isNotEqualTo(answersIn("UTC", "plain"));
  }

  private static String answersIn(String zone, String functions) throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    ProcessBuilder builder =
        new ProcessBuilder(
            java,
            "-cp",
            System.getProperty("java.class.path"),
            TimeZoneIT.class.getName(),
            functions);
    builder.environment().put("TZ", zone);
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return output;
  }

  /** Prints what the functions answer in this process. */
  public static void main(String[] arguments) throws Exception {
    StatementContext context = new StatementContext();
    context.begin(981_173_106_789L, 1, 0);
    try (var connection = Connections.memory();
        Statement statement = connection.createStatement()) {
      boolean replaced = arguments[0].equals("replaced");
      ReplacedFunctions functions =
          replaced
              ? ReplacedFunctions.register(
                  connection, context, ReplacedFunctions.Session.OF_THE_CLIENT)
              : null;
      String sql =
          replaced
              ? CALLS
              : CALLS.replace("'now'", "'2001-02-03 04:05:06'").replace("CURRENT_TIMESTAMP", "1");
      try (ResultSet row = statement.executeQuery(sql)) {
        row.next();
        for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
          System.out.println(row.getString(i));
        }
      }
      if (functions != null) {
        functions.close();
      }
    }
  }
}
