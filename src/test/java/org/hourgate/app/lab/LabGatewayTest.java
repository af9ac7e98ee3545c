package org.hourgate.app.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class LabGatewayTest {

  @Test
  void givesNoPortTwice() throws IOException {
    Set<Integer> given = new HashSet<>();
    for (int i = 0; i < 1_000; i++) {
      assertThat(given.add(LabGateway.freePort())).isTrue();
    }
  }
}
