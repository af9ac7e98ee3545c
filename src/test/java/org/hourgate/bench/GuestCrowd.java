package org.hourgate.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Monitors at a shared management socket: each asks once a second what such programs ask. */
final class GuestCrowd implements AutoCloseable {

  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private final List<SocketChannel> channels = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final Queue<IOException> failures = new ConcurrentLinkedQueue<>();
  private final AtomicInteger rounds = new AtomicInteger();
  private volatile boolean over;

  static GuestCrowd of(int guests, Path socket) throws IOException {
    GuestCrowd crowd = new GuestCrowd();
    for (int i = 0; i < guests; i++) {
      SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      channel.connect(UnixDomainSocketAddress.of(socket));
      crowd.channels.add(channel);
      Duration first = INTERVAL.multipliedBy(i).dividedBy(guests);
      crowd.threads.add(Thread.ofPlatform().start(() -> crowd.watch(channel, first)));
    }
    return crowd;
  }

  /** How often one of them was answered all it asked. */
  int rounds() {
    return rounds.get();
  }

  /** Who was not answered as he should be. */
  List<IOException> failures() {
    return List.copyOf(failures);
  }

  private void watch(SocketChannel channel, Duration first) {
    try {
      BufferedReader reader =
          new BufferedReader(Channels.newReader(channel, StandardCharsets.ISO_8859_1));
      expect(">INFO:", reader.readLine());
      LockSupport.parkNanos(first.toNanos());
      while (!over) {
        channel.write(
            ByteBuffer.wrap("status 3\nload-stats\n".getBytes(StandardCharsets.ISO_8859_1)));
        String line = reader.readLine();
        while (!"END".equals(line)) {
          if (line == null || line.startsWith("ERROR: ")) {
            throw new IOException("a guest was told " + line);
          }
          line = reader.readLine();
        }
        expect("SUCCESS: nclients=", reader.readLine());
        rounds.incrementAndGet();
        LockSupport.parkNanos(INTERVAL.toNanos());
      }
    } catch (IOException e) {
      if (!over) {
        failures.add(e);
      }
    }
  }

  private static void expect(String beginning, String line) throws IOException {
    if (line == null || !line.startsWith(beginning)) {
      throw new IOException("a guest was told " + line);
    }
  }

  /** Sends all of them away, whatever they have to complain of. */
  void leave() throws IOException {
    over = true;
    for (SocketChannel channel : channels) {
      channel.close();
    }
    threads.forEach(LockSupport::unpark);
  }

  @Override
  public void close() throws IOException {
    leave();
    if (!failures.isEmpty()) {
      throw failures.remove();
    }
  }
}
