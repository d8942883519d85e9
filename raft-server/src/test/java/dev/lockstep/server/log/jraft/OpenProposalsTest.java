package dev.lockstep.server.log.jraft;

import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.error.RaftError;
import dev.lockstep.server.log.LogFailure;
import dev.lockstep.server.log.LogFailure.Kind;
import org.junit.jupiter.api.Test;

final class OpenProposalsTest {
  private static final LogFailure CLOSED = new LogFailure(Kind.UNKNOWN, "closed");

  private final OpenProposals proposals = new OpenProposals(2, proposal -> {});

  @Test
  void whatIsLeftWhenTheLogClosesFailsOnce() {
    WaitingProposal waiting = new WaitingProposal("a");
    OpenProposal open = proposals.add(1, waiting);

    proposals.failAll(CLOSED);
    proposals.failAll(CLOSED);
    open.run(new Status(RaftError.EPERM, "Leader stepped down"));

    assertThat(waiting.ends()).isEqualTo(1);
    assertThat(waiting.failure()).isEqualTo(CLOSED);
    assertThat(open.take()).isNull();
    assertThat(proposals.count()).isZero();
  }

  @Test
  void whatTheStateMachineHasTakenIsNotFailed() {
    WaitingProposal waiting = new WaitingProposal("a");
    OpenProposal open = proposals.add(1, waiting);

    assertThat(open.take()).isSameAs(waiting);
    proposals.failAll(CLOSED);

    assertThat(waiting.ends()).isZero();
    assertThat(proposals.count()).isZero();
  }

  @Test
  void endedProposalsMakeRoomForOthers() {
    OpenProposal first = proposals.add(1, new WaitingProposal("a"));
    assertThat(proposals.add(1, new WaitingProposal("b"))).isNotNull();
    assertThat(proposals.add(1, new WaitingProposal("c"))).isNull();

    first.take();

    assertThat(proposals.add(1, new WaitingProposal("d"))).isNotNull();
  }

  @Test
  void anUnknownWordOfTheEngineIsAnUnknownOutcome() {
    assertThat(kindOf(RaftError.EPERM, "Leader stepped down")).isEqualTo(Kind.UNKNOWN);
    assertThat(kindOf(RaftError.EPERM, "something new")).isEqualTo(Kind.UNKNOWN);
    assertThat(kindOf(RaftError.EIO, "disk")).isEqualTo(Kind.UNKNOWN);
    assertThat(kindOf(RaftError.ESTATEMACHINE, "apply")).isEqualTo(Kind.UNKNOWN);
  }

  private static Kind kindOf(RaftError error, String message) {
    return Failures.ofProposal(new Status(error, message)).kind();
  }
}
