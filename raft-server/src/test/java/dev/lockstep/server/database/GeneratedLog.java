package dev.lockstep.server.database;

import dev.lockstep.protocol.StatementCall;
import dev.lockstep.server.command.Command;
import dev.lockstep.server.command.ExecuteCommand;
import dev.lockstep.server.command.StatementCommand;
import dev.lockstep.server.command.TransactionCommand;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * A log with what the replica showed that applied it entry by entry.
 *
 * @param marks states at some of its entries, in their order; the last is at its end
 * @param snapshots taken at some of its entries, in their order
 */
record GeneratedLog(List<Entry> entries, List<Mark> marks, List<Snapshot> snapshots) {

  /**
   * @param result the encoded result
   * @param after the state after the entry
   */
  record Entry(long index, long term, byte[] command, byte[] result, AppliedState after) {}

  record Mark(long index, List<String> content) {}

  record Snapshot(long index, long term, Path directory) {}

  long lastIndex() {
    return entries.isEmpty() ? 0 : entries.get(entries.size() - 1).index();
  }

  List<byte[]> commands() {
    return entries.stream().map(Entry::command).toList();
  }

  /** The log for the reader of a failed test. */
  static String print(List<byte[]> commands) {
    StringBuilder out = new StringBuilder();
    int index = 0;
    for (byte[] encoded : commands) {
      out.append(++index).append(": ");
      print(out, Command.decode(encoded));
      out.append('\n');
    }
    return out.toString();
  }

  private static void print(StringBuilder out, Command command) {
    if (command instanceof ExecuteCommand execute) {
      out.append("execute ").append(execute.session()).append(" #").append(execute.sequence());
      print(out, execute.statements());
    } else if (command instanceof TransactionCommand transaction) {
      out.append("transaction ").append(transaction.session());
      out.append(" #").append(transaction.sequence());
      for (TransactionCommand.Step step : transaction.steps()) {
        out.append("\n   step");
        print(out, step.statements());
      }
    } else {
      out.append(command);
    }
  }

  private static void print(StringBuilder out, List<StatementCommand> statements) {
    for (StatementCommand statement : statements) {
      StatementCall call = statement.call();
      out.append("\n      ").append(statement.kind()).append(' ').append(statement.rows());
      out.append(' ').append(call.sql());
      if (call.parameterCount() > 0) {
        for (Object[] row : call.parameterRows()) {
          out.append("  ").append(Arrays.stream(row).map(GeneratedLog::printed).toList());
        }
      }
    }
  }

  private static String printed(Object value) {
    if (value instanceof byte[] bytes) {
      return bytes.length > 20
          ? "blob of " + bytes.length
          : "x'" + HexFormat.of().formatHex(bytes) + "'";
    }
    return value instanceof String text
        ? "'" + (text.length() > 40 ? text.length() + " characters" : text) + "'"
        : String.valueOf(value);
  }

  /** The entries before an index, without those left out. */
  static List<byte[]> without(List<byte[]> commands, int from, int to) {
    List<byte[]> rest = new ArrayList<>(commands.subList(0, from));
    rest.addAll(commands.subList(to, commands.size()));
    return rest;
  }
}
