package dev.lockstep.server.log.jraft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.server.log.LogFailure;
import dev.lockstep.server.log.LogFailure.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

final class ProposalGateTest {
  private static final LogFailure REFUSED = new LogFailure(Kind.NOT_LEADER, "refused");

  private final List<OpenProposal> given = Collections.synchronizedList(new ArrayList<>());
  private Consumer<OpenProposal> engine = given::add;
  private final OpenProposals proposals = new OpenProposals(100_000, open -> engine.accept(open));

  @Test
  void oneThatComesAlonePassesAtOnce() {
    for (int i = 0; i < 3; i++) {
      OpenProposal alone = pass("alone");
      assertThat(given).last().isSameAs(alone);
      alone.take();
    }
  }

  @Test
  void groupsGrowToAsManyAsAreUnderWay() {
    for (int i = 1; i <= 16; i++) {
      pass("p" + i);
      // 1, 1 beside it, 2 beside these, 4, 8: always as many as are under way already.
      assertThat(given).hasSize(Integer.highestOneBit(i));
    }
  }

  @Test
  void whatWaitsPassesWhenNoMoreAreUnderWayThanWait() {
    List<OpenProposal> all = pass(7);
    assertThat(given).containsExactlyElementsOf(all.subList(0, 4));

    all.get(0).take();

    assertThat(given).containsExactlyElementsOf(all);
  }

  @Test
  void whatTheEngineRefusesMakesWayForTheNext() {
    List<OpenProposal> all = pass(3);
    engine =
        open -> {
          given.add(open);
          open.fail(REFUSED);
        };

    all.get(0).take();

    assertThat(given).containsExactlyElementsOf(all);
    all.get(1).take();
    OpenProposal next = pass("next");
    assertThat(given).last().isSameAs(next);
    assertThat(proposals.count()).isZero();
  }

  @Test
  void manyRefusalsNeedNoStack() {
    OpenProposal first = pass("first");
    pass("beside");
    List<OpenProposal> waiting = new ArrayList<>();
    engine =
        open -> {
          given.add(open);
          open.fail(REFUSED);
          if (waiting.size() < 50_000) {
            waiting.add(pass("another"));
          }
        };

    pass("last straw");
    first.take();

    assertThat(waiting).hasSize(50_000);
    assertThat(given).hasSize(50_003);
  }

  @Test
  void whatEndsWhileItWaitsIsNotGiven() {
    List<OpenProposal> all = pass(3);
    all.get(2).fail(REFUSED);

    all.get(0).take();
    all.get(1).take();

    assertThat(given).containsExactlyElementsOf(all.subList(0, 2));
    assertThat(proposals.count()).isZero();
  }

  @Test
  void whatEndsBeforeItPassesIsNotGiven() {
    OpenProposal open = proposals.add(1, new WaitingProposal("a"));
    open.fail(REFUSED);

    proposals.pass(open);

    assertThat(given).isEmpty();
  }

  @Test
  void whatTheEngineForgetsHoldsUpNobodyForEver() {
    List<OpenProposal> all = pass(5);
    OpenProposal waiting = all.get(4);

    proposals.sweep();
    assertThat(given).doesNotContain(waiting);
    proposals.sweep();

    assertThat(given).contains(waiting);
  }

  @Test
  void eachThreadsOrderIsKeptAndNothingIsLost() throws Exception {
    int threads = 4;
    int each = 5_000;
    ExecutorService ending = Executors.newSingleThreadExecutor();
    ExecutorService passing = Executors.newFixedThreadPool(threads);
    engine =
        open -> {
          given.add(open);
          ending.execute(open::take);
        };
    try {
      List<Future<?>> done = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        String name = thread + ":";
        done.add(
            passing.submit(
                () -> {
                  for (int i = 0; i < each; i++) {
                    pass(name + i);
                  }
                }));
      }
      for (Future<?> one : done) {
        one.get();
      }
    } finally {
      passing.shutdown();
    }
    while (proposals.count() > 0) {
      Thread.onSpinWait();
    }
    ending.shutdown();

    int[] next = new int[threads];
    for (OpenProposal open : given) {
      String[] name = WaitingProposal.text(open.command).split(":");
      assertThat(next[Integer.parseInt(name[0])]++).isEqualTo(Integer.parseInt(name[1]));
    }
    assertThat(next).containsOnly(each);
  }

  private List<OpenProposal> pass(int count) {
    List<OpenProposal> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(pass("p" + i));
    }
    return all;
  }

  private OpenProposal pass(String command) {
    OpenProposal open = proposals.add(1, new WaitingProposal(command));
    proposals.pass(open);
    return open;
  }
}
