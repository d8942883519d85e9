package dev.lockstep.server.net;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The front door's threads: on epoll where there is epoll. */
final class EventLoops {
  private static final long QUIET_MILLIS = 0;
  private static final long STOP_MILLIS = 5_000;

  private final EventLoopGroup acceptor;
  private final EventLoopGroup clients;

  EventLoops(int clientThreads) {
    acceptor = new MultiThreadIoEventLoopGroup(1, named("lockstep-acceptor", false), handlers());
    clients =
        new MultiThreadIoEventLoopGroup(clientThreads, named("lockstep-net-", true), handlers());
  }

  EventLoopGroup acceptor() {
    return acceptor;
  }

  EventLoopGroup clients() {
    return clients;
  }

  static Class<? extends ServerChannel> serverChannel() {
    return Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
  }

  /** Ends the threads and waits for them. */
  void close() {
    acceptor.shutdownGracefully(QUIET_MILLIS, STOP_MILLIS, TimeUnit.MILLISECONDS);
    clients.shutdownGracefully(QUIET_MILLIS, STOP_MILLIS, TimeUnit.MILLISECONDS);
    acceptor.terminationFuture().awaitUninterruptibly(2 * STOP_MILLIS);
    clients.terminationFuture().awaitUninterruptibly(2 * STOP_MILLIS);
  }

  private static IoHandlerFactory handlers() {
    return Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
  }

  private static ThreadFactory named(String name, boolean numbered) {
    AtomicInteger number = new AtomicInteger();
    return task ->
        new FastThreadLocalThread(task, numbered ? name + number.incrementAndGet() : name);
  }
}
