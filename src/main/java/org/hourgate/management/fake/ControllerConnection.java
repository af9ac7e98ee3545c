package org.hourgate.management.fake;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * One controller, served or waiting. Reads at most 256 bytes of input at a time into a buffer of
 * 1,024, as OpenVPN does ({@code manage.c man_read}), so that overlong lines meet the same fate.
 */
final class ControllerConnection extends ChannelInboundHandlerAdapter {

  private static final int READ_SIZE = 256;
  private static final int INPUT_BUFFER = 1024;

  /** OpenVPN writes line by line; the controller need not wait for the end of a long turn. */
  private static final int OUTPUT_BUFFER = 16 * 1024;

  private static final int PASSWORD_TRIES = 3;
  private static final String PROMPT = "ENTER PASSWORD:";

  private final ControllerSocket socket;
  private final Channel channel;
  private final Optional<String> password;
  private final ByteBuf input = Unpooled.buffer();
  private final StringBuilder line = new StringBuilder();
  private final StringBuilder output = new StringBuilder();
  private boolean flushScheduled;
  private boolean verified;
  private boolean closing;
  private int passwordTries;

  ControllerConnection(ControllerSocket socket, Channel channel, Optional<String> password) {
    this.socket = socket;
    this.channel = channel;
    this.password = password;
  }

  /** Whether it has shown the password, or needs none. */
  boolean isVerified() {
    return verified;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    if (socket.isRefusing()) {
      var _ = ctx.close();
    } else {
      socket.add(this);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    closing = true;
    socket.remove(this);
    input.release();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    var _ = ctx.close();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    input.writeBytes(bytes);
    bytes.release();
    consume();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    // The daemon reads no command while output waits (manage.c man_update_io_state).
    channel.config().setAutoRead(channel.isWritable() && !socket.isStalled());
  }

  /** Its turn has come. */
  void serve() {
    if (password.isPresent()) {
      output(PROMPT);
    } else {
      verify();
    }
    consume();
  }

  private void verify() {
    verified = true;
    socket.dialogue().attached();
  }

  void stall() {
    channel.config().setAutoRead(false);
  }

  void resume() {
    channel.config().setAutoRead(true);
    consume();
    scheduleFlush();
  }

  void hangUp() {
    if (!closing) {
      closing = true;
      write(output.length());
      channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }
  }

  /** Takes what came, as far as the daemon would. */
  void consume() {
    while (socket.serves(this) && !socket.isStalled() && !closing && input.isReadable()) {
      int end = input.readerIndex() + Math.min(READ_SIZE, input.readableBytes());
      while (input.readerIndex() < end) {
        add((char) (input.readByte() & 0xFF));
      }
      boolean accepted = false;
      for (int lf = line.indexOf("\n"); lf >= 0 && !closing; lf = line.indexOf("\n")) {
        String text = line.substring(0, lf);
        line.delete(0, lf + 1);
        accept(text);
        accepted = true;
      }
      if (accepted && !verified && !closing) {
        output(PROMPT);
      }
    }
    if (!closing) {
      input.discardSomeReadBytes();
    }
  }

  /** {@code manage.c command_line_add}: drops control bytes, and all of an overlong line. */
  private void add(char c) {
    if (c != '\n' && (c < 0x20 || c == 0x7F)) {
      return;
    }
    if (line.length() == INPUT_BUFFER) {
      line.setLength(0);
    } else {
      line.append(c);
    }
  }

  private void accept(String text) {
    if (verified) {
      socket.dialogue().take(text);
    } else {
      checkPassword(text);
    }
  }

  /**
   * {@code manage.c man_check_password}: a wrong one gets no answer but the prompt, which comes
   * when all that was read is done ({@code man_read}); the third ends it.
   */
  private void checkPassword(String text) {
    if (password.equals(Optional.of(text))) {
      output("SUCCESS: password is correct\r\n");
      verify();
    } else if (++passwordTries == PASSWORD_TRIES) {
      hangUp();
    }
  }

  void output(String text) {
    output.append(text);
    if (output.length() >= OUTPUT_BUFFER) {
      flush();
    } else {
      scheduleFlush();
    }
  }

  /** What is printed in one turn of the loop goes out together, unless pieces are wanted. */
  private void scheduleFlush() {
    if (!flushScheduled) {
      flushScheduled = true;
      channel.eventLoop().execute(this::flush);
    }
  }

  private void flush() {
    flushScheduled = false;
    if (socket.isStalled() || closing) {
      return;
    }
    write(socket.allowed(Math.min(socket.pieceSize(), output.length())));
    if (!output.isEmpty() && !socket.isStalled()) {
      scheduleFlush();
    }
  }

  private void write(int length) {
    if (length > 0) {
      CharSequence part = length == output.length() ? output : output.subSequence(0, length);
      var _ = channel.writeAndFlush(Unpooled.copiedBuffer(part, StandardCharsets.ISO_8859_1));
      output.delete(0, length);
    }
  }
}
