package dev.lockstep.server.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.protocol.SessionId;
import dev.lockstep.protocol.StatementCall;
import dev.lockstep.server.command.Command;
import dev.lockstep.server.command.CommandResult;
import dev.lockstep.server.command.CommandResult.Done;
import dev.lockstep.server.command.StatementCommand;
import dev.lockstep.server.command.TransactionCommand;
import dev.lockstep.server.database.LeaderAndFollower.TestTransaction;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Queries that show what an error told of the schema. */
final class SchemaProbeTest {
  @TempDir Path directory;
  private LeaderAndFollower cluster;
  private SessionId alice;

  @BeforeEach
  void open() {
    cluster = new LeaderAndFollower(directory, TransactionOptions.DEFAULT);
    alice = cluster.openSession(1);
    cluster.execute(alice, "CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  private static StepResult probe(TestTransaction transaction, String sql)
      throws TransactionLostException {
    transaction.request();
    try {
      return transaction.provisional.stepIfFailing(
          List.of(
              new StatementCommand(
                  new StatementCall("EXPLAIN " + sql), StatementCommand.Kind.QUERY)));
    } finally {
      transaction.provisional.requestEnded();
    }
  }

  private int stepsCommitted(TestTransaction transaction) throws Exception {
    transaction.commit();
    int steps = ((TransactionCommand) Command.decode(transaction.commit.command())).steps().size();
    cluster.deliverAll();
    assertThat(transaction.committed()).isEqualTo(Done.INSTANCE);
    cluster.assertEqual();
    return steps;
  }

  @Test
  void anErrorIsAPartOfTheScript() throws Exception {
    TestTransaction transaction = cluster.begin(alice);
    StepResult result = probe(transaction, "SELECT * FROM absent");
    assertThat(result.result()).isInstanceOf(CommandResult.Failed.class);
    assertThat(result.seen()).isNotNull();
    transaction.step("INSERT INTO t(v) VALUES (random()) RETURNING v");
    assertThat(stepsCommitted(transaction)).isEqualTo(2);
  }

  /** The table was made after the error was found; SQLite's program is different on each node. */
  @Test
  void aProgramIsNoPartOfTheScript() throws Exception {
    TestTransaction transaction = cluster.begin(alice);
    StepResult result = probe(transaction, "SELECT * FROM t");
    assertThat(result.result()).isInstanceOf(CommandResult.Executed.class);
    assertThat(result.seen()).isNull();
    transaction.step("INSERT INTO t(v) VALUES (random()) RETURNING v");
    assertThat(stepsCommitted(transaction)).isEqualTo(1);
  }
}
