package org.hourgate.management.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** A decoder on a channel without a socket; collects what it makes of the bytes written to it. */
final class DecoderHarness implements AutoCloseable {

  final LongAdder unparsed = new LongAdder();
  final List<Throwable> failures = new ArrayList<>();
  private final EmbeddedChannel channel =
      new EmbeddedChannel(
          new ManagementDecoder(unparsed),
          new ChannelInboundHandlerAdapter() {
            @Override
            public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
              failures.add(cause);
            }
          });

  /** What a new decoder makes of the whole text in one piece. */
  static List<ManagementMessage> decode(String text) {
    try (DecoderHarness decoder = new DecoderHarness()) {
      return decoder.write(bytes(text)).messages();
    }
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  DecoderHarness write(byte[] bytes) {
    return write(bytes, 0, bytes.length);
  }

  DecoderHarness write(byte[] bytes, int from, int to) {
    return write(Unpooled.copiedBuffer(bytes, from, to - from));
  }

  DecoderHarness write(ByteBuf bytes) {
    channel.writeInbound(bytes);
    return this;
  }

  /** The messages since the last call. */
  List<ManagementMessage> messages() {
    List<ManagementMessage> messages = new ArrayList<>();
    for (Object o = channel.readInbound(); o != null; o = channel.readInbound()) {
      messages.add((ManagementMessage) o);
    }
    return messages;
  }

  /** The end of the stream; gives back what waits for its line end. */
  @Override
  public void close() {
    channel.finishAndReleaseAll();
  }
}
