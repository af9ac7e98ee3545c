package org.hourgate.infrastructure.net;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.hourgate.infrastructure.time.TimeSource;

/**
 * Counts what each network address does and says when it is too much. An IPv6 source is its first
 * 64 bits, which is what one customer of a provider has. Memory is bounded: when there are too many
 * sources, those that were quiet are forgotten first. Safe for any thread, never blocks.
 */
public final class SourceLimiter {

  private static final int MAX_SOURCES = 50_000;
  private static final int IPV6_SOURCE_BYTES = 8;

  private final TimeSource time;
  private volatile Limit limit;

  private record Limit(
      Optional<Rate> rate,
      List<CidrBlock> exempt,
      Optional<LoadingCache<InetAddress, Bucket>> buckets) {}

  /**
   * Makes a limiter that knows nobody yet.
   *
   * @param rate what one source may do; empty allows everything
   * @param exempt sources that are never limited
   */
  public SourceLimiter(Optional<Rate> rate, List<CidrBlock> exempt, TimeSource time) {
    this.time = time;
    limit = new Limit(rate, List.copyOf(exempt), buckets(rate));
  }

  /** From now on these hold. With another rate every source begins anew. */
  public synchronized void change(Optional<Rate> rate, List<CidrBlock> exempt) {
    Limit before = limit;
    limit =
        new Limit(
            rate,
            List.copyOf(exempt),
            rate.equals(before.rate()) ? before.buckets() : buckets(rate));
  }

  private Optional<LoadingCache<InetAddress, Bucket>> buckets(Optional<Rate> rate) {
    return rate.map(
        allowed ->
            Caffeine.newBuilder()
                .maximumSize(MAX_SOURCES)
                .ticker(time::nanoTime)
                .expireAfterAccess(allowed.period())
                .build(source -> bucket(allowed, time)));
  }

  private static Bucket bucket(Rate rate, TimeSource time) {
    return Bucket.builder()
        .addLimit(limit -> limit.capacity(rate.count()).refillGreedy(rate.count(), rate.period()))
        .withCustomTimePrecision(new Monotonic(time))
        .build();
  }

  /** Counts one more and returns whether it is still within the rate. */
  public boolean tryAcquire(InetAddress source) {
    Limit now = limit;
    return now.buckets().isEmpty()
        || now.exempt().stream().anyMatch(block -> block.contains(source))
        || now.buckets().get().get(sourceOf(source)).tryConsume(1);
  }

  /** What counts as one source: an address, of IPv6 its first 64 bits. */
  public static InetAddress sourceOf(InetAddress address) {
    if (!(address instanceof Inet6Address)) {
      return address;
    }
    byte[] bytes = address.getAddress();
    Arrays.fill(bytes, IPV6_SOURCE_BYTES, bytes.length, (byte) 0);
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("16 bytes are an address", e);
    }
  }

  private record Monotonic(TimeSource time) implements TimeMeter {
    @Override
    public long currentTimeNanos() {
      return time.nanoTime();
    }

    @Override
    public boolean isWallClockBased() {
      return false;
    }
  }
}
