package org.hourgate.infrastructure.health;

import java.util.function.Supplier;

/** One part's answer to "can you serve". Safe for any thread, from memory, never blocks. */
public interface HealthCheck {

  /** Small letters, digits and hyphens: {@code chain}, {@code openvpn-udp}. */
  String name();

  Result check();

  /** Makes a check of its two halves. */
  static HealthCheck of(String name, Supplier<Result> check) {
    return new HealthCheck() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public Result check() {
        return check.get();
      }
    };
  }

  /** What a part says. */
  sealed interface Result {

    /** It can. */
    record Healthy() implements Result {}

    /**
     * It can't.
     *
     * @param code a reason code, fit for everybody: {@code chain_unavailable}
     * @param detail for the operator; may name addresses and files
     */
    record Unhealthy(String code, String detail) implements Result {}
  }
}
