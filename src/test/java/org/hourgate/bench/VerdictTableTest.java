package org.hourgate.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Controllers that do not do what they should must not take the others' figures with them. */
final class VerdictTableTest {

  private static final List<VerdictTable.Load> LOADS =
      List.of(new VerdictTable.Load(1, 3), new VerdictTable.Load(128, 200));
  private static final List<Login> LOGINS =
      IntStream.range(0, 200).mapToObj(n -> new Login("customer" + n, "password")).toList();

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final Report report =
      new Report(new PrintStream(printed, true, StandardCharsets.UTF_8), false, "");

  /** Attaches, and never answers a CONNECT. */
  private static final class Silent implements Controller {
    int attached;

    @Override
    public AutoCloseable attach(Path socket) throws IOException {
      attached++;
      SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      channel.connect(UnixDomainSocketAddress.of(socket));
      channel.write(ByteBuffer.wrap("hold release\n".getBytes(StandardCharsets.US_ASCII)));
      return channel;
    }

    @Override
    public long pid() {
      return 0;
    }
  }

  @Test
  void saysOfTheOneThatStallsThatItDoesAndMeasuresTheNext() throws Exception {
    report.begin("race");
    Silent silent = new Silent();
    VerdictTable table = new VerdictTable(report, LOADS, Duration.ofMillis(50));

    table.measure("silent", LOGINS, silent, Duration.ZERO);
    VerdictTable patient = new VerdictTable(report, LOADS, Duration.ofMinutes(1));
    patient.measure("instant", LOGINS, new Controller.Instantly(), Duration.ZERO);
    table.end();
    report.end();

    List<String> lines = printed.toString(StandardCharsets.UTF_8).lines().toList();
    assertThat(lines)
        .contains("| silent | stalls | stalls | – | stalls | stalls | stalls | stalls | 0 |")
        .anyMatch(line -> line.matches("\\| instant \\| [\\d,]+ \\| [\\d,]+ \\| .*"))
        .anyMatch(line -> line.startsWith("Stalled: silent, 1 waiting: 0 of 3 answered"));
    assertThat(silent.attached).as("not asked again for what it stalls with").isEqualTo(2);
  }

  @Test
  void saysWhatTheOneSaidThatDoesNotCome() {
    Controller.OfPeer peer = new Controller.OfPeer("echo no {socket} for me");

    assertThatThrownBy(
            () -> VerdictTable.once(peer, LOGINS, LOADS.getFirst(), Duration.ofMinutes(1)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("for me");
  }
}
