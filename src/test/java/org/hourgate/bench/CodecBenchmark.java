package org.hourgate.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.hourgate.management.ClientId;
import org.hourgate.management.Command;
import org.hourgate.management.KeyId;
import org.hourgate.management.codec.CommandEncoder;
import org.hourgate.management.codec.ManagementDecoder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Bytes to a CONNECT, and an accept to bytes. */
@State(Scope.Thread)
public class CodecBenchmark {

  private static final String GREETING = ">INFO:OpenVPN Management Interface Version 5 -- type\r\n";

  private final ByteBuf connect =
      Unpooled.unreleasableBuffer(
          Unpooled.directBuffer()
              .writeBytes(block().getBytes(StandardCharsets.ISO_8859_1))
              .asReadOnly());
  private final EmbeddedChannel channel =
      new EmbeddedChannel(new ManagementDecoder(new LongAdder()));
  private final ByteBuf out = Unpooled.directBuffer(1_024);
  private final List<Command> accept =
      List.of(
          new Command.ClientAuth(
              new ClientId(12_345),
              new KeyId(1),
              List.of("session-timeout 3660", "push \"auth-token " + "a".repeat(64) + "\"")),
          new Command.ClientPendingAuth(new ClientId(12_345), new KeyId(1), "", 60));

  /** Reads the greeting. */
  public CodecBenchmark() {
    channel.writeInbound(Unpooled.copiedBuffer(GREETING, StandardCharsets.ISO_8859_1));
    channel.readInbound();
  }

  /** 38 lines, 1.3 kB, as of an ordinary client. */
  private static String block() {
    return IntStream.range(0, 34)
        .mapToObj(n -> ">CLIENT:ENV,variable_of_openvpn_%d=value %d of it\r\n".formatted(n, n))
        .collect(
            Collectors.joining(
                "",
                ">CLIENT:CONNECT,12345,1\r\n"
                    + ">CLIENT:ENV,username=0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266\r\n"
                    + ">CLIENT:ENV,password="
                    + "a".repeat(118)
                    + "\r\n",
                ">CLIENT:ENV,END\r\n"));
  }

  @Benchmark
  public Object readConnect() {
    channel.writeInbound(connect.duplicate());
    return channel.readInbound();
  }

  @Benchmark
  public int writeAccept() {
    out.clear();
    accept.forEach(command -> CommandEncoder.encode(command, out));
    return out.writerIndex();
  }
}
