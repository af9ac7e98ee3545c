package org.hourgate.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.hourgate.testing.RawClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nobody is let in by a clock that is in doubt: then no time may be sold either. */
final class DoubtfulClockIT {

  @TempDir private Path folder;

  @Test
  void neitherThePageNorTheOperatorIsToldThatAllIsWell() throws Exception {
    try (LoneGate gate = new LoneGate(folder)) {
      assertThat(offered(gate)).contains("\"ready\":true");

      gate.anvil().increaseTime(Duration.ofMinutes(10)); // It is our clock that is late.

      await()
          .atMost(LoneGate.PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(offered(gate)).contains("\"ready\":false", "\"reasons\":[\"clock\"]"));
      assertThat(readiness(gate.admin())).contains(" 503 ", "\"code\":\"clock\"");
    }
  }

  private static String offered(LoneGate gate) throws IOException {
    try (RawClient visitor = gate.visit()) {
      return visitor.send("GET /api/gateway HTTP/1.1\r\nhost: x\r\n\r\n").answer();
    }
  }

  private static String readiness(InetSocketAddress admin) throws IOException {
    try (RawClient operator = RawClient.connect(admin)) {
      return operator.send("GET /readyz HTTP/1.1\r\nhost: x\r\n\r\n").answer();
    }
  }
}
