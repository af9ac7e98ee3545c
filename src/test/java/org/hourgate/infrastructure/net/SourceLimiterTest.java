package org.hourgate.infrastructure.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.hourgate.infrastructure.time.TimeSource;
import org.junit.jupiter.api.Test;

final class SourceLimiterTest {

  private static final InetAddress SOMEBODY = InetAddress.ofLiteral("192.0.2.1");

  private final SteppingTime time = new SteppingTime();
  private final SourceLimiter limiter =
      new SourceLimiter(
          Optional.of(new Rate(3, Duration.ofSeconds(3))),
          List.of(CidrBlock.parse("127.0.0.0/8")),
          time);

  @Test
  void allowsTheCountAndRefusesTheNext() {
    assertThat(allowed(SOMEBODY, 5)).isEqualTo(3);
  }

  @Test
  void allowsAgainAsTimeGoesBy() {
    allowed(SOMEBODY, 5);
    time.step(Duration.ofSeconds(1));

    assertThat(allowed(SOMEBODY, 5)).isEqualTo(1);
  }

  @Test
  void countsAnewByAnotherRateAndGoesOnByTheSame() {
    allowed(SOMEBODY, 2);
    limiter.change(Optional.of(new Rate(3, Duration.ofSeconds(3))), List.of());
    assertThat(allowed(SOMEBODY, 5)).as("the same rate").isEqualTo(1);

    limiter.change(Optional.of(new Rate(4, Duration.ofSeconds(3))), List.of());
    assertThat(allowed(SOMEBODY, 9)).as("another").isEqualTo(4);

    limiter.change(Optional.empty(), List.of());
    assertThat(allowed(SOMEBODY, 9)).as("none").isEqualTo(9);
  }

  @Test
  void countsSourcesApart() {
    allowed(SOMEBODY, 5);

    assertThat(allowed(InetAddress.ofLiteral("192.0.2.2"), 5)).isEqualTo(3);
  }

  @Test
  void countsTheAddressesOfOneIpv6NetworkTogether() {
    allowed(InetAddress.ofLiteral("2001:db8:0:1::1"), 5);

    assertThat(limiter.tryAcquire(InetAddress.ofLiteral("2001:db8:0:1:ffff::2"))).isFalse();
    assertThat(limiter.tryAcquire(InetAddress.ofLiteral("2001:db8:0:2::1"))).isTrue();
  }

  @Test
  void neverLimitsTheExempt() {
    assertThat(allowed(InetAddress.ofLiteral("127.0.0.1"), 50)).isEqualTo(50);
  }

  @Test
  void allowsEverythingWithoutARate() {
    SourceLimiter unlimited = new SourceLimiter(Optional.empty(), List.of(), time);

    for (int i = 0; i < 50; i++) {
      assertThat(unlimited.tryAcquire(SOMEBODY)).isTrue();
    }
  }

  private int allowed(InetAddress source, int tries) {
    int allowed = 0;
    for (int i = 0; i < tries; i++) {
      allowed += limiter.tryAcquire(source) ? 1 : 0;
    }
    return allowed;
  }

  private static final class SteppingTime implements TimeSource {
    private long nanos;

    void step(Duration duration) {
      nanos += duration.toNanos();
    }

    @Override
    public Instant wallTime() {
      return Instant.EPOCH.plusNanos(nanos);
    }

    @Override
    public long nanoTime() {
      return nanos;
    }
  }
}
