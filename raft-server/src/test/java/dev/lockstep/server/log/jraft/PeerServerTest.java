package dev.lockstep.server.log.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.alipay.remoting.Connection;
import com.alipay.remoting.exception.RemotingException;
import com.alipay.remoting.rpc.RpcClient;
import com.alipay.sofa.jraft.rpc.RpcRequests.PingRequest;
import com.alipay.sofa.jraft.util.Endpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class PeerServerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int TIMEOUT_MILLIS = 20_000;

  private final Endpoint address = new Endpoint("127.0.0.1", LogCluster.freePort());
  private RpcClient client;

  PeerServerTest() throws Exception {}

  @BeforeEach
  void startClient() {
    EngineSettings.apply();
    client = new RpcClient();
    client.startup();
  }

  @AfterEach
  void stopClient() {
    client.shutdown();
  }

  private void ping(Connection connection) throws Exception {
    PingRequest ping = PingRequest.newBuilder().setSendTimestamp(0).build();
    client.invokeSync(connection, ping, TIMEOUT_MILLIS);
  }

  @Test
  void answers() throws Exception {
    try (PeerServer server = PeerServer.acquire(address, PeerFilter.ALL)) {
      Connection connection = connect();

      ping(connection);

      assertThat(connection.isFine()).isTrue();
    }
  }

  private Connection connect() throws RemotingException {
    return client.createStandaloneConnection(address.getIp(), address.getPort(), TIMEOUT_MILLIS);
  }

  /** What the transport accepts while it is being stopped it leaves open. */
  @RepeatedTest(20)
  void hangsUpOnThoseWhoConnectWhileItStops() throws Exception {
    PeerServer server = PeerServer.acquire(address, PeerFilter.ALL);
    CountDownLatch first = new CountDownLatch(1);
    List<Connection> connections = new ArrayList<>();
    ExecutorService executor = Executors.newSingleThreadExecutor();
    try {
      Future<?> refused =
          executor.submit(
              () -> {
                while (true) {
                  connections.add(connect());
                  first.countDown();
                }
              });
      first.await();
      server.close();
      assertThatThrownBy(refused::get).hasCauseInstanceOf(RemotingException.class);
    } finally {
      executor.shutdown();
    }

    for (Connection connection : connections) {
      if (connection.isFine()) {
        assertThatThrownBy(() -> ping(connection)).isInstanceOf(RemotingException.class);
      }
      await().atMost(PATIENCE).until(() -> !connection.isFine());
    }
  }
}
