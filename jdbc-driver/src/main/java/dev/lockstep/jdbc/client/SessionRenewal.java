package dev.lockstep.jdbc.client;

import dev.lockstep.protocol.ClientMessage;
import dev.lockstep.protocol.FailureKind;
import dev.lockstep.protocol.ServerMessage;
import dev.lockstep.protocol.ServerMessage.Failure;
import dev.lockstep.protocol.SessionId;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Tells the leader that sessions are still used, on a link of its own: the connections' links may
 * be busy. What fails is tried again in the next period.
 */
final class SessionRenewal {
  /** Time for one cluster, which must not keep the others from being renewed in time. */
  private static final long CLUSTER_NANOS = TimeUnit.SECONDS.toNanos(10);

  private SessionRenewal() {}

  static void renew(List<ClusterClient> clients) {
    Map<Cluster, List<ClusterClient>> byCluster = new LinkedHashMap<>();
    for (ClusterClient client : clients) {
      byCluster.computeIfAbsent(client.cluster(), cluster -> new ArrayList<>()).add(client);
    }
    byCluster.forEach(SessionRenewal::renew);
  }

  private static void renew(Cluster cluster, List<ClusterClient> clients) {
    long deadline = System.nanoTime() + CLUSTER_NANOS;
    List<ClusterClient> left = new ArrayList<>(clients);
    NodeFinder finder = new NodeFinder(cluster, clients.get(0).options());
    try {
      while (!left.isEmpty() && deadline - System.nanoTime() > 0) {
        Optional<Link> link = finder.openLeader(deadline, true, () -> false);
        if (link.isEmpty()) {
          return;
        }
        try (Link open = link.get()) {
          renewOn(open, left, deadline);
        } catch (IOException e) {
          DriverLog.fine("the renewal of sessions goes on at another node", e);
          cluster.notLeading(link.get().address());
        }
      }
    } catch (SQLException e) {
      DriverLog.fine("sessions could not be renewed; their locks may be lost", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Takes those out of the list that are renewed, or cannot be. */
  private static void renewOn(Link link, List<ClusterClient> left, long deadline)
      throws IOException {
    while (!left.isEmpty()) {
      ClusterClient client = left.get(0);
      SessionId session = client.lockSession();
      if (!session.isNone() && !client.isClosed()) {
        ServerMessage answer = link.call(new ClientMessage.RenewSession(session), 0, deadline);
        if (answer instanceof Failure failure) {
          if (failure.kind() != FailureKind.SESSION_UNKNOWN) {
            throw new IOException(failure.message());
          }
          DriverLog.fine("the session %s is gone, and its locks with it", session);
          client.lockSessionLost(session);
        }
      }
      left.remove(0);
    }
  }
}
