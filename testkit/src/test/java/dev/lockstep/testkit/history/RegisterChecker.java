package dev.lockstep.testkit.history;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Whether the operations on one register were linearizable: whether each can be given a moment
 * between its call and its return at which it took effect.
 *
 * <p>Source: Wing and Gong, Testing and Verifying Concurrent Objects (1993), with Lowe's memory of
 * the states that were tried (2017).
 */
final class RegisterChecker {
  /** What was done to the register. */
  sealed interface Action {
    record Read(int value) implements Action {}

    record Write(int value) implements Action {}

    /** Replaces the expected value by another one, or finds that it is not there. */
    record CompareAndSet(int expected, int value, boolean replaced) implements Action {}
  }

  /**
   * An operation as its client saw it.
   *
   * @param returnedNanos {@link Long#MAX_VALUE} if its outcome is not known: it may take effect at
   *     any time after its call, or never; a {@link Action.CompareAndSet} then says whether it
   *     would have been done
   */
  record Operation(long calledNanos, long returnedNanos, Action action) {}

  /** A call or a return, in a list from which what has taken effect is lifted out. */
  private static final class Event {
    final int operation;
    final boolean isCall;
    Event matching;
    Event previous;
    Event next;

    Event(int operation, boolean isCall) {
      this.operation = operation;
      this.isCall = isCall;
    }
  }

  private record Tried(BitSet done, int state) {}

  private record Choice(Event call, int stateBefore) {}

  private RegisterChecker() {}

  /**
   * @param initial the register's value before the first operation
   */
  static boolean isLinearizable(int initial, List<Operation> operations) {
    Event head = events(operations);
    int mustReturn =
        (int) operations.stream().filter(o -> o.returnedNanos() != Long.MAX_VALUE).count();
    BitSet done = new BitSet(operations.size());
    Set<Tried> tried = new HashSet<>();
    Deque<Choice> choices = new ArrayDeque<>();
    int state = initial;
    int returned = 0;
    Event event = head.next;
    while (returned < mustReturn) {
      boolean possible = event != null && event.isCall;
      if (possible) {
        Action action = operations.get(event.operation).action();
        if (isPossible(action, state)) {
          done.set(event.operation);
          int after = after(action, state);
          if (tried.add(new Tried((BitSet) done.clone(), after))) {
            choices.push(new Choice(event, state));
            state = after;
            returned += event.matching.next == event.matching ? 0 : 1;
            lift(event);
            event = head.next;
            continue;
          }
          done.clear(event.operation);
        }
        event = event.next;
        continue;
      }
      if (choices.isEmpty()) {
        return false;
      }
      Choice last = choices.pop();
      state = last.stateBefore();
      done.clear(last.call().operation);
      unlift(last.call());
      returned -= last.call().matching.next == last.call().matching ? 0 : 1;
      event = last.call().next;
    }
    return true;
  }

  /** A return that never comes is linked to itself and stands in no list. */
  private static Event events(List<Operation> operations) {
    record At(long nanos, Event event) {}
    List<At> ordered = new ArrayList<>();
    for (int i = 0; i < operations.size(); i++) {
      Event call = new Event(i, true);
      Event end = new Event(i, false);
      call.matching = end;
      ordered.add(new At(operations.get(i).calledNanos(), call));
      if (operations.get(i).returnedNanos() == Long.MAX_VALUE) {
        end.next = end;
      } else {
        ordered.add(new At(operations.get(i).returnedNanos(), end));
      }
    }
    // Of the same moment, calls come first: they may have overlapped.
    ordered.sort(Comparator.comparingLong(At::nanos).thenComparing(at -> !at.event().isCall));
    Event head = new Event(-1, true);
    Event last = head;
    for (At at : ordered) {
      last.next = at.event();
      at.event().previous = last;
      last = at.event();
    }
    return head;
  }

  private static void lift(Event call) {
    unlink(call);
    if (call.matching.next != call.matching) {
      unlink(call.matching);
    }
  }

  private static void unlift(Event call) {
    if (call.matching.next != call.matching) {
      relink(call.matching);
    }
    relink(call);
  }

  private static void unlink(Event event) {
    event.previous.next = event.next;
    if (event.next != null) {
      event.next.previous = event.previous;
    }
  }

  private static void relink(Event event) {
    event.previous.next = event;
    if (event.next != null) {
      event.next.previous = event;
    }
  }

  private static boolean isPossible(Action action, int state) {
    if (action instanceof Action.Read read) {
      return read.value() == state;
    }
    return !(action instanceof Action.CompareAndSet set)
        || set.replaced() == (set.expected() == state);
  }

  private static int after(Action action, int state) {
    if (action instanceof Action.Write write) {
      return write.value();
    }
    return action instanceof Action.CompareAndSet set && set.replaced() ? set.value() : state;
  }
}
