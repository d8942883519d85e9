package dev.lockstep.server.net;

import dev.lockstep.protocol.ClientMessage;
import dev.lockstep.protocol.FailureKind;
import dev.lockstep.protocol.Frame;
import dev.lockstep.protocol.ProtocolException;
import dev.lockstep.protocol.ServerMessage;
import dev.lockstep.protocol.Topology;
import dev.lockstep.server.service.ClientConnection;
import dev.lockstep.server.service.ClientService;
import dev.lockstep.server.service.Conversation;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection: frames in, requests out to its conversation, answers back. Reads from
 * the socket only while the client takes its answers and few of its requests are open. Lives on its
 * event loop; what other threads may call says so.
 */
final class ClientChannel extends ChannelInboundHandlerAdapter implements ClientConnection {
  private static final Logger LOG = LoggerFactory.getLogger(ClientChannel.class);

  /** How long a refused client may take to read why, before it is cut off. */
  private static final long LINGER_MILLIS = 1_000;

  private enum State {
    HANDSHAKE,
    OPEN,
    /** Nothing more is read; closed as soon as the last answer was sent and the peer went. */
    CLOSING
  }

  private final ClientService service;
  private final FrontDoorOptions options;
  private final FrameMemory memory;
  private final ReplyQueueOf replyQueues;
  private final ReplyEncoder encoder;
  private final boolean overLimit;
  private final FrameAssembler assembler;

  /** What arrived and waits until requests are answered; owned. */
  private final Deque<ByteBuf> arrived = new ArrayDeque<>();

  private ChannelHandlerContext context;
  private ReplyQueue replyQueue;
  private State state = State.HANDSHAKE;
  private Conversation conversation;
  private Future<?> timeout;
  private int openRequests;
  private boolean unflushed;
  private boolean reading;

  /** Finds the queue of an event loop. */
  interface ReplyQueueOf {
    ReplyQueue of(Channel channel);
  }

  ClientChannel(
      ClientService service,
      FrontDoorOptions options,
      FrameMemory memory,
      ReplyQueueOf replyQueues,
      ReplyEncoder encoder,
      boolean overLimit) {
    this.service = service;
    this.options = options;
    this.memory = memory;
    this.replyQueues = replyQueues;
    this.encoder = encoder;
    this.overLimit = overLimit;
    this.assembler = new FrameAssembler(memory);
  }

  // ---- from any thread

  @Override
  public String peer() {
    return String.valueOf(context.channel().remoteAddress());
  }

  @Override
  public void execute(Runnable task) {
    try {
      context.executor().execute(task);
    } catch (RejectedExecutionException e) {
      LOG.debug("{}: event loop is gone", peer(), e);
    }
  }

  /** Queues an answer, or what is sent unasked. */
  void reply(ReplyQueue.Reply reply) {
    replyQueue.add(reply);
  }

  /** Tells the client who leads, if it is past the handshake. */
  void push(Topology topology) {
    reply(
        new ReplyQueue.Reply() {
          @Override
          public ClientChannel channel() {
            return ClientChannel.this;
          }

          @Override
          public void write() {
            if (state == State.OPEN) {
              writeMessage(Frame.UNASKED, new ServerMessage.TopologyChanged(topology));
            }
          }
        });
  }

  // ---- on the event loop

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
    replyQueue = replyQueues.of(added.channel());
  }

  @Override
  public void channelActive(ChannelHandlerContext active) {
    timeout =
        context
            .executor()
            .schedule(
                this::handshakeTookTooLong,
                options.handshakeTimeoutMillis(),
                TimeUnit.MILLISECONDS);
    active.fireChannelActive();
  }

  @Override
  public void channelRead(ChannelHandlerContext from, Object message) {
    if (state == State.CLOSING) {
      ReferenceCountUtil.release(message);
      return;
    }
    arrived.add((ByteBuf) message);
    readFrames();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext changed) {
    readFrames();
    changed.fireChannelWritabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext inactive) {
    release();
    inactive.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext removed) {
    release();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext from, Throwable cause) {
    // A reset connection is the client's affair; anything else is worth a look.
    if (cause instanceof java.io.IOException) {
      LOG.debug("{}: {}", peer(), cause.toString());
    } else {
      LOG.error("{}: connection closed", peer(), cause);
    }
    from.close();
  }

  private void readFrames() {
    // A request that is answered at once comes back here; the loop below goes on by itself.
    if (reading) {
      return;
    }
    reading = true;
    try {
      while (mayRead() && !arrived.isEmpty()) {
        readFrame(arrived.peek());
        if (!arrived.isEmpty() && !arrived.peek().isReadable()) {
          arrived.poll().release();
        }
      }
    } catch (ProtocolException e) {
      breach(Frame.UNASKED, e.getMessage());
    } finally {
      reading = false;
    }
    if (state != State.CLOSING) {
      context.channel().config().setAutoRead(mayRead());
    }
  }

  private boolean mayRead() {
    return state != State.CLOSING
        && openRequests < options.requestsPerConnectionMax()
        && context.channel().isWritable();
  }

  private void readFrame(ByteBuf in) {
    switch (assembler.read(in)) {
      case MORE -> {}
      case REFUSED ->
          write(
              assembler.refusedRequestId(),
              new ServerMessage.Failure(
                  FailureKind.BUSY, "53200", "too many large requests at the moment"));
      case FRAME -> {
        byte[] content = assembler.takeContent();
        long heldBytes = assembler.takeHeldBytes();
        Frame frame;
        try {
          frame = Frame.decodeFromClient(content);
        } catch (ProtocolException e) {
          memory.release(heldBytes);
          breach(Frame.requestId(content), e.getMessage());
          return;
        }
        receive(frame, heldBytes);
      }
    }
  }

  private void receive(Frame frame, long heldBytes) {
    if (state == State.HANDSHAKE) {
      memory.release(heldBytes);
      greet(frame);
      return;
    }
    openRequests++;
    conversation.receive(
        new PendingRequest(this, frame.requestId(), (ClientMessage) frame.message(), heldBytes));
  }

  private void handshakeTookTooLong() {
    breach(Frame.UNASKED, "no HELLO within " + options.handshakeTimeoutMillis() + " ms");
  }

  private void greet(Frame frame) {
    if (!(frame.message() instanceof ClientMessage.Hello hello)) {
      breach(frame.requestId(), frame.message().type() + " before HELLO");
      return;
    }
    if (overLimit) {
      closeWith(
          frame.requestId(),
          new ServerMessage.Failure(
              FailureKind.UNAVAILABLE,
              "53300",
              "too many connections: the limit of this node is " + options.connectionsMax()));
      return;
    }
    ClientService.Greeting greeting = service.greet(this, hello);
    if (greeting.conversation() == null) {
      closeWith(frame.requestId(), greeting.answer());
      return;
    }
    timeout.cancel(false);
    conversation = greeting.conversation();
    state = State.OPEN;
    assembler.allowLargeFrames();
    write(frame.requestId(), greeting.answer());
  }

  /** The answer goes out; the next request may be read. */
  void answered(PendingRequest request, ServerMessage answer) {
    memory.release(request.heldBytes());
    openRequests--;
    if (conversation != null) {
      conversation.answered(request);
    }
    if (state == State.OPEN) {
      if (answer instanceof ServerMessage.Failure failure
          && failure.kind() == FailureKind.PROTOCOL) {
        closeWith(request.id(), answer);
      } else {
        writeMessage(request.id(), answer);
        readFrames();
      }
    }
  }

  /** Whether this is the first write since the last flush. */
  boolean markUnflushed() {
    if (unflushed) {
      return false;
    }
    unflushed = true;
    return true;
  }

  void flush() {
    unflushed = false;
    context.flush();
  }

  private void write(int requestId, ServerMessage message) {
    writeMessage(requestId, message);
    context.flush();
  }

  private void writeMessage(int requestId, ServerMessage message) {
    if (context.channel().isActive()) {
      context.write(encoder.encode(context.alloc(), requestId, message), context.voidPromise());
    }
  }

  /** Sends a last message, and closes when the client has had a chance to read it. */
  private void closeWith(int requestId, ServerMessage last) {
    Channel channel = context.channel();
    if (!channel.isActive()) {
      return;
    }
    ByteBuf frame = encoder.encode(context.alloc(), requestId, last);
    state = State.CLOSING;
    release();
    if (channel instanceof DuplexChannel duplex) {
      // A socket closed with unread input is reset, and the client would lose the message.
      channel.config().setAutoRead(true);
      context.writeAndFlush(frame).addListener(sent -> duplex.shutdownOutput());
      closeAfter(LINGER_MILLIS);
    } else {
      context.writeAndFlush(frame).addListener(ChannelFutureListener.CLOSE);
    }
  }

  private void breach(int requestId, String how) {
    LOG.info("{}: {}", peer(), how);
    closeWith(requestId, new ServerMessage.Failure(FailureKind.PROTOCOL, "08P01", how));
  }

  private void closeAfter(long millis) {
    if (timeout != null) {
      timeout.cancel(false);
    }
    timeout = context.executor().schedule(() -> context.close(), millis, TimeUnit.MILLISECONDS);
  }

  /** Gives back everything but the socket; idempotent. */
  private void release() {
    state = State.CLOSING;
    if (timeout != null) {
      timeout.cancel(false);
    }
    while (!arrived.isEmpty()) {
      arrived.poll().release();
    }
    assembler.close();
    if (conversation != null) {
      Conversation ended = conversation;
      conversation = null;
      ended.disconnected();
    }
  }
}
