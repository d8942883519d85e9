package dev.lockstep.server.database;

import dev.lockstep.server.command.Command;
import dev.lockstep.server.command.ExecuteCommand;
import dev.lockstep.server.command.StatementCommand;
import dev.lockstep.server.command.StatementCommand.Kind;
import dev.lockstep.server.command.TransactionCommand;
import dev.lockstep.sql.TableUse;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The statements of the last commands that may have changed something, so that it can be told what
 * has not changed since. Kept in memory alone: after a start nothing is known of the time before.
 * For the thread that applies.
 */
final class RecentChanges {
  private static final int COMMANDS_MAX = 512;

  /** Texts of one command. With more, it counts as one that changes everything. */
  private static final int TEXTS_MAX = 16;

  /** Characters of one text; likewise. */
  private static final int TEXT_LENGTH_MAX = 4_096;

  private final TableUses uses;
  private final Entry[] entries = new Entry[COMMANDS_MAX];
  private int next;

  /** What happened at and before this index is not known. */
  private long forgottenIndex;

  /**
   * A command.
   *
   * @param texts what it ran; null if it may have changed everything
   */
  private record Entry(long index, Set<String> texts) {}

  RecentChanges(TableUses uses, long appliedIndex) {
    this.uses = uses;
    this.forgottenIndex = appliedIndex;
  }

  /** A command was applied; whether with success does not matter. */
  void add(long index, Command command) {
    Set<String> texts = new LinkedHashSet<>();
    if (!collect(command, texts)) {
      texts = null;
    } else if (texts.isEmpty()) {
      return;
    }
    Entry oldest = entries[next];
    if (oldest != null) {
      forgottenIndex = Math.max(forgottenIndex, oldest.index());
    }
    entries[next] = new Entry(index, texts);
    next = (next + 1) % COMMANDS_MAX;
  }

  /** Adds what changes something; false if that may be everything. */
  private static boolean collect(Command command, Set<String> texts) {
    return switch (command.type()) {
      case EXECUTE -> collect(((ExecuteCommand) command).statements(), texts);
      case TRANSACTION -> {
        for (TransactionCommand.Step step : ((TransactionCommand) command).steps()) {
          if (!collect(step.statements(), texts)) {
            yield false;
          }
        }
        yield true;
      }
      case OPEN_SESSION, RENEW_SESSION, CLOSE_SESSION, CHECKPOINT, FIX_CONTENT -> true;
    };
  }

  private static boolean collect(List<StatementCommand> statements, Set<String> texts) {
    for (StatementCommand statement : statements) {
      Kind kind = statement.kind();
      if (kind == Kind.CHANGE) {
        String sql = statement.call().sql();
        texts.add(sql);
        if (sql.length() > TEXT_LENGTH_MAX || texts.size() > TEXTS_MAX) {
          return false;
        }
      } else if (kind != Kind.QUERY && kind != Kind.SAVEPOINT) {
        return false;
      }
    }
    return true;
  }

  TableUses uses() {
    return uses;
  }

  /**
   * Adds the root pages of what was written after an entry of the log, or more.
   *
   * @return false if it cannot be told
   */
  boolean collectSince(long index, Set<Integer> written) throws SQLException {
    if (index < forgottenIndex) {
      return false;
    }
    for (int i = 1; i <= COMMANDS_MAX; i++) {
      Entry entry = entries[(next + COMMANDS_MAX - i) % COMMANDS_MAX];
      if (entry == null || entry.index() <= index) {
        return true;
      }
      if (entry.texts() == null) {
        return false;
      }
      for (String text : entry.texts()) {
        TableUse use = uses.of(text);
        if (use == null) {
          return false;
        }
        written.addAll(use.writes());
      }
    }
    return true;
  }
}
