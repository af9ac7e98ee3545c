package org.hourgate.management.codec;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.LongAdder;
import org.hourgate.fuzz.FuzzTarget;
import org.hourgate.management.ManagementProtocolException;
import org.hourgate.testing.Capture;

/**
 * Whatever OpenVPN writes: messages, or one protocol failure; the same however it was cut; and no
 * more of it is kept than one line and what came with it.
 */
public final class CodecFuzz implements FuzzTarget {

  private static final int LARGEST_SEED = 2 * 1024;
  private static final int MOST_AT_ONCE = 2_000;

  /** The buffer grows by doubling. */
  private static final long MOST_KEPT = 4L * (ManagementDecoder.MAX_LINE_BYTES + MOST_AT_ONCE);

  private record Reading(List<ManagementMessage> messages, boolean failed, long unparsed) {}

  @Override
  public void run(byte[] input) {
    Random random = new Random(Arrays.hashCode(input));
    Reading whole = read(input, input.length, random);
    Reading inPieces = read(input, 1 + random.nextInt(MOST_AT_ONCE), random);
    if (!whole.equals(inPieces)) {
      throw new IllegalStateException("cut otherwise it reads otherwise");
    }
    if (input.length < 2_000 && !whole.equals(read(input, 1, random))) {
      throw new IllegalStateException("byte by byte it reads otherwise");
    }
  }

  private static Reading read(byte[] input, int mostAtOnce, Random random) {
    List<Throwable> failures = new ArrayList<>();
    LongAdder unparsed = new LongAdder();
    UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(false);
    EmbeddedChannel channel =
        new EmbeddedChannel(
            new ManagementDecoder(unparsed),
            new ChannelInboundHandlerAdapter() {
              @Override
              public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                failures.add(cause);
              }
            });
    channel.config().setAllocator(memory);
    List<ManagementMessage> messages = new ArrayList<>();
    try {
      for (int from = 0; from < input.length; ) {
        int to = Math.min(input.length, from + 1 + random.nextInt(Math.max(1, mostAtOnce)));
        if (mostAtOnce == input.length) {
          to = input.length;
        }
        channel.writeInbound(memory.buffer(to - from).writeBytes(input, from, to - from));
        for (Object o = channel.readInbound(); o != null; o = channel.readInbound()) {
          messages.add((ManagementMessage) o);
        }
        if (mostAtOnce < input.length && memory.metric().usedHeapMemory() > MOST_KEPT) {
          throw new IllegalStateException(
              "keeps " + memory.metric().usedHeapMemory() + " bytes of input");
        }
        from = to;
      }
    } finally {
      channel.finishAndReleaseAll();
    }
    if (failures.size() > 1
        || !failures.stream().allMatch(ManagementProtocolException.class::isInstance)) {
      throw new IllegalStateException("failed with " + failures);
    }
    if (memory.metric().usedHeapMemory() != 0) {
      throw new IllegalStateException("a buffer was not given back");
    }
    return new Reading(messages, !failures.isEmpty(), unparsed.sum());
  }

  @Override
  public List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    for (Capture capture : Capture.all()) {
      capture.connections().stream()
          .map(Capture::fromOpenVpn)
          .map(bytes -> Arrays.copyOf(bytes, Math.min(bytes.length, LARGEST_SEED)))
          .forEach(seeds::add);
    }
    for (String odd :
        List.of(
            "ENTER PASSWORD:ENTER PASSWORD:SUCCESS: password is correct\r\n>INFO:x\r\n",
            ">CLIENT:ENV,a=b\r\n>CLIENT:CONNECT,0,1\r\n>LOG:1,I,x\r\n>CLIENT:ENV,END\r\n",
            ">CLIENT:CONNECT,0,1\n>CLIENT:CONNECT,1,1\n",
            ">BYTECOUNT_CLI:9223372036854775807,9223372036854775808,1\n>STATE:1\n>HOLD\n>\n",
            "a".repeat(ManagementDecoder.MAX_LINE_BYTES) + "\nb".repeat(3),
            "a".repeat(ManagementDecoder.MAX_LINE_BYTES + 1) + "\n>INFO:x\n")) {
      seeds.add(DecoderHarness.bytes(odd));
    }
    return seeds;
  }
}
