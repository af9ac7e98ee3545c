package org.hourgate.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.DoubleSupplier;

/**
 * How this package makes meters: each with its help, in base units, and none that a garbage
 * collection turns into NaN: whatever is looked at is held by the meter itself.
 */
final class Meters {

  /** Micrometer holds the object of a function counter weakly; this one is never collected. */
  private static final Object ANCHOR = new Object();

  private final MeterRegistry registry;

  Meters(MeterRegistry registry) {
    this.registry = registry;
  }

  Counter counter(String name, String help, String... tags) {
    return Counter.builder(name).description(help).tags(tags).register(registry);
  }

  void counter(String name, String help, DoubleSupplier value, String... tags) {
    FunctionCounter.builder(name, ANCHOR, _ -> value.getAsDouble())
        .description(help)
        .tags(tags)
        .register(registry);
  }

  void gauge(String name, String help, DoubleSupplier value, String... tags) {
    Gauge.builder(name, value::getAsDouble).description(help).tags(tags).register(registry);
  }

  /** A histogram of times with these edges. */
  Timer timer(String name, String help, Duration[] edges, String... tags) {
    return Timer.builder(name)
        .description(help)
        .tags(tags)
        .serviceLevelObjectives(edges)
        .register(registry);
  }

  static Duration[] millis(long... edges) {
    return Arrays.stream(edges).mapToObj(Duration::ofMillis).toArray(Duration[]::new);
  }

  static double oneIf(boolean yes) {
    return yes ? 1 : 0;
  }
}
