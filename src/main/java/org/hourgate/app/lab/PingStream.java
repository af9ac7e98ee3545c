package org.hourgate.app.lab;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Pings through the tunnel many times a second. A reply proves that both directions work; its time
 * is the one that ping took ({@code ping -D}). To see each direction alone use {@link
 * PacketStream}.
 */
public final class PingStream implements AutoCloseable {

  // [1795289731.123456] 64 bytes from 10.88.0.1: icmp_seq=1 ttl=64 time=0.210 ms
  private static final Pattern REPLY =
      Pattern.compile("\\[(\\d+)\\.(\\d{6})\\d*] \\d+ bytes from .* icmp_seq=(\\d+) .*");

  private final Arrivals replies;
  private final AtomicInteger newest = new AtomicInteger();
  private final LabProcess process;

  private PingStream(Namespace namespace, String address, Duration interval) {
    replies = new Arrivals("ping from " + namespace.name() + " to " + address);
    String seconds = Double.toString(interval.toMillis() / 1000.0);
    process =
        LabProcess.start(
            "ping from " + namespace.name(),
            namespace.command(
                List.of(Programs.ping().toString(), "-D", "-n", "-i", seconds, address)),
            this::record);
  }

  /** Begins to ping an address from the namespace every 20 ms. */
  public static PingStream start(Namespace namespace, String address) {
    return start(namespace, address, Duration.ofMillis(20));
  }

  /** The same with another interval. */
  public static PingStream start(Namespace namespace, String address, Duration interval) {
    return new PingStream(namespace, address, interval);
  }

  private void record(Output.Line line) {
    Matcher reply = REPLY.matcher(line.text());
    if (reply.matches()) {
      replies.add(
          Instant.ofEpochSecond(
              Long.parseLong(reply.group(1)), Long.parseLong(reply.group(2)) * 1000));
      newest.accumulateAndGet(Integer.parseInt(reply.group(3)), Math::max);
    }
  }

  /** Returns when replies came. */
  public Arrivals replies() {
    return replies;
  }

  /** Returns how many pings before the newest answered one were never answered. */
  public int lost() {
    // The number first: a reply that comes in between must not look like a loss.
    int sent = newest.get();
    return Math.max(0, sent - replies.count());
  }

  @Override
  public void close() {
    process.kill();
  }
}
