package dev.lockstep.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.server.database.TransactionLimits;
import dev.lockstep.server.database.TransactionOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

final class TransactionFlagsTest {
  private static TransactionOptions options(String... flags) {
    return CommandLine.populateCommand(new TransactionFlags(), flags).options();
  }

  @Test
  void withoutFlagsTheyAreTheDefaults() {
    assertThat(options()).isEqualTo(TransactionOptions.DEFAULT);
  }

  @Test
  void eachFlagReachesItsSetting() {
    assertThat(
            options(
                "--transaction-total-millis-max=1",
                "--transaction-idle-millis-max=2",
                "--transaction-wait-millis-max=3",
                "--transaction-steps-max=4",
                "--transaction-script-kib-max=5",
                "--transaction-result-kib-max=11",
                "--transaction-lend-after-millis=6",
                "--transaction-turn-millis=7",
                "--transaction-step-millis-max=8",
                "--transactions-proposed-max=9",
                "--transactions-proposed-kib-max=10"))
        .isEqualTo(
            new TransactionOptions(
                new TransactionLimits(1, 2, 3, 4, 5 << 10, 11 << 10), 6, 7, 8, 9, 10240));
  }

  @ParameterizedTest
  @CsvSource({
    "--transaction-total-millis-max=0, totalMillisMax of 0",
    "--transaction-total-millis-max=86400001, totalMillisMax of 86400001",
    "--transaction-idle-millis-max=0, idleMillisMax of 0",
    "--transaction-wait-millis-max=0, turnMillisMax of 0",
    "--transaction-steps-max=0, stepsMax of 0",
    "--transaction-steps-max=10001, 10001 steps",
    "--transaction-script-kib-max=0, --transaction-script-kib-max of 0",
    "--transaction-script-kib-max=12289, scriptBytesMax of 12583936",
    "--transaction-script-kib-max=2147483647, --transaction-script-kib-max of 2147483647",
    "--transaction-result-kib-max=0, --transaction-result-kib-max of 0",
    "--transaction-result-kib-max=15361, resultBytesMax of 15729664",
    "--transaction-lend-after-millis=-1, lendAfterMillis of -1",
    "--transaction-turn-millis=0, turnMillis of 0",
    "--transaction-step-millis-max=0, stepMillisMax of 0",
    "--transactions-proposed-max=0, proposedMax of 0",
    "--transactions-proposed-max=10001, proposedMax of 10001",
    "--transactions-proposed-kib-max=1048577, proposedBytesMax of 1073742848",
    "--transactions-proposed-kib-max=-1, --transactions-proposed-kib-max of -1",
  })
  void whatIsNotAllowedIsNamed(String flag, String message) {
    assertThatThrownBy(() -> options(flag))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
