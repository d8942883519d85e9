package dev.lockstep.server.net;

import dev.lockstep.protocol.Topology;
import dev.lockstep.server.service.ClientService;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Accepts clients and leads them to the service. Safe for use by several threads. */
public final class FrontDoor implements AutoCloseable {
  /** Connections beyond the limit that are let in only to be told so. */
  private static final int REFUSED_CONNECTIONS_MAX = 64;

  private static final long CLOSE_MILLIS = 5_000;

  private final FrontDoorOptions options;
  private final ClientService service;
  private final EventLoops eventLoops;
  private final FrameMemory memory;
  private final ChannelGroup clients = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
  private final Map<EventExecutor, ReplyQueue> replyQueues = new IdentityHashMap<>();
  private final Map<EventExecutor, ReplyEncoder> encoders = new IdentityHashMap<>();
  private Channel server;

  private FrontDoor(FrontDoorOptions options, ClientService service) {
    this.options = options;
    this.service = service;
    this.memory = new FrameMemory(options.frameBytesMax());
    this.eventLoops = new EventLoops(Runtime.getRuntime().availableProcessors());
    for (EventExecutor executor : eventLoops.clients()) {
      replyQueues.put(executor, new ReplyQueue((EventLoop) executor));
      encoders.put(executor, new ReplyEncoder());
    }
  }

  /**
   * Opens the door.
   *
   * @throws BindException if the port is in use or the address is not this machine's; the message
   *     says which
   */
  public static FrontDoor open(FrontDoorOptions options, ClientService service) throws IOException {
    FrontDoor door = new FrontDoor(options, service);
    try {
      door.bind();
      return door;
    } catch (IOException | RuntimeException e) {
      door.close();
      throw e;
    }
  }

  public int port() {
    return ((InetSocketAddress) server.localAddress()).getPort();
  }

  /** Sockets of clients, of those without a Hello too. */
  public int connections() {
    return clients.size();
  }

  /** Bytes of large requests that wait for their answers. */
  public long heldFrameBytes() {
    return memory.held();
  }

  /** Tells all clients who leads. */
  public void push(Topology topology) {
    for (Channel channel : clients) {
      ClientChannel client = channel.pipeline().get(ClientChannel.class);
      if (client != null) {
        client.push(topology);
      }
    }
  }

  /** Lets nobody in any more; those who are in may stay. Idempotent. */
  public void stopAccepting() {
    if (server != null) {
      server.close().awaitUninterruptibly(CLOSE_MILLIS);
    }
  }

  /** Sends what is ready to be sent, closes all connections, and ends the threads. Idempotent. */
  @Override
  public void close() {
    stopAccepting();
    // Answers given before this call are in the queues of the event loops: they go out first.
    for (EventExecutor executor : eventLoops.clients()) {
      if (!executor.isShuttingDown()) {
        executor.submit(() -> {}).awaitUninterruptibly(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
      }
    }
    clients.close().awaitUninterruptibly(CLOSE_MILLIS);
    eventLoops.close();
  }

  private void bind() throws IOException {
    InetSocketAddress address = new InetSocketAddress(options.host(), options.port());
    if (address.isUnresolved()) {
      throw new BindException("client address " + options.host() + ": unknown host");
    }
    ChannelFuture bound =
        new ServerBootstrap()
            .group(eventLoops.acceptor(), eventLoops.clients())
            .channel(EventLoops.serverChannel())
            .option(ChannelOption.SO_BACKLOG, 1_024)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, false)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    admit(channel);
                  }
                })
            .bind(address)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw bindFailure(bound.cause());
    }
    server = bound.channel();
  }

  private BindException bindFailure(Throwable cause) {
    String where = "port " + options.port() + " at " + options.host();
    boolean inUse = String.valueOf(cause.getMessage()).contains("in use");
    BindException failure =
        new BindException(
            inUse
                ? "client " + where + " is in use by another process"
                : "cannot accept clients at " + where + ": " + cause.getMessage());
    failure.initCause(cause);
    return failure;
  }

  private void admit(Channel channel) {
    int connections = clients.size();
    if (connections >= options.connectionsMax() + REFUSED_CONNECTIONS_MAX) {
      channel.close();
      return;
    }
    clients.add(channel);
    channel
        .pipeline()
        .addLast(
            new ClientChannel(
                service,
                options,
                memory,
                to -> replyQueues.get(to.eventLoop()),
                encoders.get(channel.eventLoop()),
                connections >= options.connectionsMax()));
  }
}
