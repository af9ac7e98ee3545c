package org.hourgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.hourgate.app.config.HourgateConfig;
import org.hourgate.app.lab.LabGateway;
import org.junit.jupiter.api.Test;

final class LabGatewayIT {

  @Test
  void hasEverythingThatAGateNeeds() throws Exception {
    try (LabGateway world = LabGateway.create()) {
      HourgateConfig config = HourgateConfig.read(world.configuration(), Map.of(), Map.of());

      assertThat(config.openvpn().getFirst().management())
          .isEqualTo("unix:" + world.server().managementSocket());
      assertThat(config.chain().rpc()).isEqualTo(List.of(world.anvil().rpc()));
      assertThat(config.chain().contracts()).containsExactly(world.contract().address());
    }
  }

  @Test
  void sellsTimeByTheSecond() throws Exception {
    try (LabGateway world = LabGateway.create()) {
      Instant before = world.anvil().headTime();
      Instant end = world.buy(LabGateway.ALICE, Duration.ofSeconds(20));
      Instant after = world.anvil().headTime();

      assertThat(end).isBetween(before.plusSeconds(20), after.plusSeconds(20));
    }
  }
}
