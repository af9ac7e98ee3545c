package org.hourgate.infrastructure.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.unix.DomainDatagramPacket;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.hourgate.infrastructure.netty.EventLoops;
import org.hourgate.testing.ManualTime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Datagrams to a real socket, as systemd has one. */
final class NotifySocketTest {

  private final EventLoops loops = new EventLoops("systemd", 1);
  private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

  @AfterEach
  void close() {
    loops.close();
  }

  private void listen(String address) {
    listen(address, true);
  }

  private void listen(String address, boolean reads) {
    new Bootstrap()
        .option(ChannelOption.AUTO_READ, reads)
        .group(loops.group())
        .channel(EpollDomainDatagramChannel.class)
        .handler(
            new SimpleChannelInboundHandler<DomainDatagramPacket>() {
              @Override
              protected void channelRead0(
                  ChannelHandlerContext context, DomainDatagramPacket packet) {
                received.add(packet.content().toString(StandardCharsets.UTF_8));
              }
            })
        .bind(new DomainSocketAddress(address))
        .syncUninterruptibly();
  }

  @Test
  void reachesASocketInAFolder(@TempDir Path folder) throws Exception {
    Path socket = folder.resolve("notify");
    listen(socket.toString());

    try (NotifySocket notify = NotifySocket.to(socket.toString()).orElseThrow()) {
      notify.accept("STATUS=zwölf\nREADY=1");

      assertThat(received.poll(1, TimeUnit.MINUTES)).isEqualTo("STATUS=zwölf\nREADY=1");
    }
  }

  @Test
  void reachesAnAbstractSocket(@TempDir Path folder) throws Exception {
    String name = "hourgate-test" + folder;
    listen("\0" + name);

    try (NotifySocket notify = NotifySocket.to("@" + name).orElseThrow()) {
      notify.accept("READY=1");

      assertThat(received.poll(1, TimeUnit.MINUTES)).isEqualTo("READY=1");
    }
  }

  @Test
  void goesOnWithoutAnybodyAtTheOtherEnd(@TempDir Path folder) throws Exception {
    Path socket = folder.resolve("late");

    try (NotifySocket notify = NotifySocket.to(socket.toString()).orElseThrow()) {
      notify.accept("STATUS=lost");
      listen(socket.toString());
      notify.accept("READY=1");

      assertThat(received.poll(1, TimeUnit.MINUTES)).isEqualTo("READY=1");
    }
  }

  /** The kernel gives this file to its first read alone. */
  private static int roomOfASocket() throws IOException {
    try (InputStream file = Files.newInputStream(Path.of("/proc/sys/net/unix/max_dgram_qlen"))) {
      return Integer.parseInt(new String(file.readNBytes(16), StandardCharsets.US_ASCII).strip());
    }
  }

  @Test
  void goesOnWithoutAnybodyWhoReadsAtTheOtherEnd(@TempDir Path folder) throws Exception {
    Path socket = folder.resolve("full");
    listen(socket.toString(), false);
    int room = roomOfASocket();

    try (NotifySocket notify = NotifySocket.to(socket.toString()).orElseThrow()) {
      assertTimeoutPreemptively(
          Duration.ofMinutes(1),
          () -> {
            for (int i = 0; i < room + 3; i++) {
              notify.accept("WATCHDOG=1");
            }
          });
    }
  }

  @Test
  void leavesOtherKindsOfSocketsAlone() {
    assertThat(NotifySocket.to("vsock:2:1234")).isEmpty();
  }

  @Test
  void takesTheWatchdogFromTheEnvironmentIfItIsMeantForThisProcess(@TempDir Path folder)
      throws Exception {
    assertThat(pulsesIn(folder.resolve("mine"), Map.of("WATCHDOG_USEC", "4000000"))).isEqualTo(9);
    assertThat(
            pulsesIn(
                folder.resolve("named"), Map.of("WATCHDOG_USEC", "4000000", "WATCHDOG_PID", "7")))
        .isEqualTo(9);
    assertThat(
            pulsesIn(
                folder.resolve("other"), Map.of("WATCHDOG_USEC", "4000000", "WATCHDOG_PID", "8")))
        .as("one to begin with")
        .isEqualTo(1);
    assertThat(pulsesIn(folder.resolve("odd"), Map.of("WATCHDOG_USEC", "often"))).isEqualTo(1);
  }

  /** How often the process 7 says within 8 seconds that it works. */
  private int pulsesIn(Path socket, Map<String, String> environment) throws Exception {
    listen(socket.toString());
    ManualTime time = new ManualTime(Instant.EPOCH);
    Map<String, String> all = new HashMap<>(environment);
    all.put("NOTIFY_SOCKET", socket.toString());
    ServiceManager manager = ServiceManager.from(all, 7, time, time);
    manager.watch(List.of(Runnable::run), () -> "fine");
    time.advance(Duration.ofSeconds(8));
    manager.ending();
    int pulses = 0;
    while (true) {
      String message = received.poll(1, TimeUnit.MINUTES);
      assertThat(message).isNotNull();
      if (message.startsWith("STOPPING=1")) {
        return pulses;
      }
      assertThat(message).contains("WATCHDOG=1");
      pulses++;
    }
  }
}
