package org.hourgate.e2e;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.hourgate.app.lab.OpenVpnClient;

/** The key exchanges of a client, as it tells of them. */
final class Handshakes {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private Handshakes() {}

  /** Waits for so many handshakes since the mark; the first of a connection counts as well. */
  static void await(OpenVpnClient client, int mark, int count) {
    Awaitility.await().atMost(PATIENCE).until(() -> since(client, mark) >= count);
  }

  private static long since(OpenVpnClient client, int mark) {
    return client.output().lines().stream()
        .skip(mark)
        .filter(line -> line.text().contains("Control Channel: TLS"))
        .count();
  }
}
