package dev.lockstep.server.node;

import dev.lockstep.protocol.ClientMessage;
import dev.lockstep.protocol.ServerMessage;
import dev.lockstep.server.node.NodeConfig.Member;
import dev.lockstep.server.service.NodeStatuses;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The statuses of the other nodes, asked for at their client ports: all at once, each by a thread
 * of its own, {@code lockstep-ask-<node>}, which lives for 3 s at most. Safe for use by several
 * threads.
 */
final class PeerStatuses implements NodeStatuses {
  private static final Logger LOG = LoggerFactory.getLogger(PeerStatuses.class);
  private static final int ANSWER_MILLIS = 1_000;

  private final List<Member> others;

  PeerStatuses(NodeConfig config) {
    this.others =
        config.members().stream().filter(member -> !member.id().equals(config.node())).toList();
  }

  @Override
  public Map<String, Map<String, String>> ask() {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ANSWER_MILLIS);
    List<CompletableFuture<Map<String, String>>> answers = new ArrayList<>(others.size());
    for (Member member : others) {
      CompletableFuture<Map<String, String>> answer = new CompletableFuture<>();
      answers.add(answer);
      Thread thread = new Thread(() -> answer.complete(ask(member)), "lockstep-ask-" + member.id());
      thread.setDaemon(true);
      thread.start();
    }
    Map<String, Map<String, String>> statuses = new HashMap<>();
    for (int i = 0; i < others.size(); i++) {
      Map<String, String> status = await(answers.get(i), deadline);
      if (status != null) {
        statuses.put(others.get(i).id(), status);
      }
    }
    return statuses;
  }

  private static Map<String, String> await(
      CompletableFuture<Map<String, String>> answer, long deadline) {
    try {
      return answer.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    } catch (ExecutionException | TimeoutException e) {
      return null;
    }
  }

  /** Null if the node does not answer. */
  private static Map<String, String> ask(Member member) {
    try (PeerClient client =
        PeerClient.open(member.host(), member.clientPort(), "", ANSWER_MILLIS).client()) {
      return client.ask(ServerMessage.StatusReport.class, new ClientMessage.GetStatus()).values();
    } catch (IOException | RuntimeException e) {
      LOG.debug("{} does not say how it is", member.id(), e);
      return null;
    }
  }
}
