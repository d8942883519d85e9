package dev.lockstep.server.database;

import dev.lockstep.server.command.CommandProposal;
import dev.lockstep.server.log.CommittedEntry;
import dev.lockstep.server.log.LogFailure;
import dev.lockstep.server.log.Proposal;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Entries taken from the log, to be applied in one go. Their proposals are the replica's to end:
 * each is ended once, in the order of the log.
 */
final class TakenEntries {
  private static final Logger LOG = LoggerFactory.getLogger(TakenEntries.class);

  static final int ENTRIES_MAX = 1_000;
  static final int BYTES_MAX = 4 << 20;

  private final List<CommittedEntry> entries = new ArrayList<>();
  private List<PendingCommand> commands = List.of();
  private int ended;

  private TakenEntries() {}

  static TakenEntries take(Iterator<CommittedEntry> batch) {
    TakenEntries taken = new TakenEntries();
    long bytes = 0;
    while (taken.entries.size() < ENTRIES_MAX && bytes < BYTES_MAX && batch.hasNext()) {
      CommittedEntry entry = batch.next();
      taken.entries.add(entry);
      bytes += entry.command().length;
    }
    return taken;
  }

  /** Index of the last of them; there is at least one. */
  long lastIndex() {
    return entries.get(entries.size() - 1).index();
  }

  /**
   * Checks the order of the entries and decodes those that are not applied yet.
   *
   * @throws ReplicaFault if the order is broken or an entry cannot be read
   */
  List<PendingCommand> decode(AppliedState applied, String database) {
    List<PendingCommand> decoded = new ArrayList<>(entries.size());
    long index = 0;
    long term = 0;
    for (CommittedEntry entry : entries) {
      if (entry.index() <= index || entry.term() < term) {
        throw new ReplicaFault(
            "the log gave index "
                + entry.index()
                + " of term "
                + entry.term()
                + " after index "
                + index
                + " of term "
                + term);
      }
      index = entry.index();
      term = entry.term();
      if (index <= applied.index()) {
        continue;
      }
      if (term < applied.term()) {
        throw new ReplicaFault(
            "the log gave index "
                + index
                + " of term "
                + term
                + ", but index "
                + applied.index()
                + " of term "
                + applied.term()
                + " is applied");
      }
      decoded.add(PendingCommand.decode(entry, database));
    }
    commands = decoded;
    return decoded;
  }

  /** Those of the decoded commands that are not applied yet, because there was no room. */
  List<PendingCommand> after(AppliedState applied) {
    return commands.stream().filter(command -> command.index() > applied.index()).toList();
  }

  /** Ends the proposals with the results of their commands. */
  void end() {
    // Entries that were applied before come first, and can only have a proposal by mistake.
    int skipped = entries.size() - commands.size();
    while (ended < entries.size()) {
      int position = ended++;
      Proposal proposal = entries.get(position).proposal();
      if (proposal == null) {
        continue;
      }
      try {
        if (position >= skipped && proposal instanceof CommandProposal waiting) {
          PendingCommand command = commands.get(position - skipped);
          waiting.applied(command.index(), command.result());
        } else {
          proposal.failed(
              new LogFailure(
                  LogFailure.Kind.UNKNOWN, "the entry was applied before, or is not a command"));
        }
      } catch (RuntimeException e) {
        LOG.error("whoever proposed a command did not accept its end", e);
      }
    }
  }

  /** Ends the proposals that are not ended yet: what became of their commands is not known. */
  void fail(LogFailure failure) {
    while (ended < entries.size()) {
      Proposal proposal = entries.get(ended++).proposal();
      if (proposal == null) {
        continue;
      }
      try {
        proposal.failed(failure);
      } catch (RuntimeException e) {
        LOG.error("whoever proposed a command did not accept its failure", e);
      }
    }
  }
}
