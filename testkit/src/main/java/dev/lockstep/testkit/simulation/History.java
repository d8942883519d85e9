package dev.lockstep.testkit.simulation;

import dev.lockstep.server.log.LogFailure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the group did as a whole, seen from outside; fails as soon as it is not what Raft allows.
 */
final class History {
  private final List<DurableLog.Entry> committed = new ArrayList<>();
  private final Set<Long> committedTickets = new HashSet<>();
  private final Set<Long> refusedTickets = new HashSet<>();
  private final Map<Long, String> leaders = new HashMap<>();
  private final Map<Long, Long> ticketTerms = new HashMap<>();
  private long tickets;
  private int unknownThenCommitted;
  private final Set<Long> unknownTickets = new HashSet<>();
  private int truncated;

  /** A new proposal's number. */
  long nextTicket(long term) {
    ticketTerms.put(++tickets, term);
    return tickets;
  }

  /** The last index that is committed anywhere. */
  long committedIndex() {
    return committed.size();
  }

  DurableLog.Entry committed(long index) {
    return committed.get((int) index - 1);
  }

  /** Election Safety and Leader Completeness. */
  void elected(String member, DurableLog log) {
    String other = leaders.put(log.term, member);
    if (other != null) {
      throw new SimulationFailure(other + " and " + member + " lead term " + log.term);
    }
    if (log.lastIndex() < committedIndex()) {
      throw new SimulationFailure(
          member + " leads term " + log.term + " without entry " + committedIndex());
    }
    for (long i = log.baseIndex() + 1; i <= committedIndex(); i++) {
      checkSame(member, i, log.entry(i));
    }
  }

  /** State Machine Safety: at an index there is one entry, for ever, on all members. */
  void committed(String member, DurableLog.Entry entry) {
    if (entry.index() <= committedIndex()) {
      checkSame(member, entry.index(), entry);
      return;
    }
    if (entry.index() != committedIndex() + 1) {
      throw new SimulationFailure(
          member + " commits " + entry.index() + " after " + committedIndex());
    }
    committed.add(entry);
    if (entry.ticket() != 0) {
      if (!committedTickets.add(entry.ticket())) {
        throw new SimulationFailure("proposal " + entry.ticket() + " entered the log twice");
      }
      if (ticketTerms.get(entry.ticket()) != entry.term()) {
        throw new SimulationFailure(
            "proposal "
                + entry.ticket()
                + " for term "
                + ticketTerms.get(entry.ticket())
                + " entered the log in term "
                + entry.term());
      }
      if (refusedTickets.contains(entry.ticket())) {
        throw new SimulationFailure("refused proposal " + entry.ticket() + " entered the log");
      }
      if (unknownTickets.contains(entry.ticket())) {
        unknownThenCommitted++;
      }
    }
  }

  void checkSame(String member, long index, DurableLog.Entry entry) {
    DurableLog.Entry expected = committed(index);
    if (entry.term() != expected.term() || entry.ticket() != expected.ticket()) {
      throw new SimulationFailure(
          member + " has " + entry + " where " + expected + " was committed");
    }
  }

  void failed(Ticket ticket, LogFailure failure) {
    if (failure.kind().outcomeUnknown()) {
      unknownTickets.add(ticket.number);
      if (committedTickets.contains(ticket.number)) {
        unknownThenCommitted++;
      }
    } else {
      if (committedTickets.contains(ticket.number)) {
        throw new SimulationFailure(ticket + " is refused but committed");
      }
      refusedTickets.add(ticket.number);
    }
  }

  void truncated(String member, DurableLog log, long after) {
    for (long i = after + 1; i <= log.lastIndex(); i++) {
      if (i <= committedIndex() && log.entry(i).term() == committed(i).term()) {
        throw new SimulationFailure(member + " truncates committed entry " + i);
      }
      if (log.entry(i).ticket() != 0) {
        truncated++;
      }
    }
  }

  /** Linearizability of reads: what was committed when the read was asked for is covered. */
  void readIndex(String member, long committedWhenAsked, long index) {
    if (index < committedWhenAsked) {
      throw new SimulationFailure(
          member
              + " answers read index "
              + index
              + ", but "
              + committedWhenAsked
              + " was committed");
    }
  }

  int terms() {
    return leaders.size();
  }

  /** Proposals that were committed although their proposer was told UNKNOWN. */
  int unknownThenCommitted() {
    return unknownThenCommitted;
  }

  /** Copies of proposals that were cut off again from a member's log. */
  int truncated() {
    return truncated;
  }
}
