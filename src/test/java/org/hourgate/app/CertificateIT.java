package org.hourgate.app;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import org.hourgate.infrastructure.tls.SelfSignedCertificate;
import org.hourgate.testing.RawClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;

/** A certificate is renewed as certbot does it, and as people do it who hurry. */
@Execution(CONCURRENT)
final class CertificateIT {

  private static final String OLD_GOES_ON = "the old TLS certificate goes on";
  private static final String HELLO = "GET /api/gateway HTTP/1.1\r\nhost: x\r\n\r\n";

  @Test
  void aRunningGateTakesNewFilesAndNoBrokenOnes(@TempDir Path folder) throws Exception {
    try (LoneGate gate = new LoneGate(folder);
        RawClient page = gate.visit();
        RawClient events = gate.visit()) {
      X509Certificate first = served(gate);
      assertThat(page.send(HELLO).answer()).startsWith("HTTP/1.1 200");
      events.send("GET /api/events HTTP/1.1\r\nhost: x\r\n\r\n");
      assertThat(events.head()).contains("event-stream");
      SelfSignedCertificate next = gate.newCertificate("next");
      byte[] certificate = Files.readAllBytes(next.certificate());

      int refusals = 0;
      for (byte[] broken :
          new byte[][] {
            Arrays.copyOf(certificate, 200), // half of it is written
            certificate, // but the key is still the first one's
            "nonsense".getBytes(US_ASCII)
          }) {
        gate.replace("cert.pem", broken);
        int expected = ++refusals;
        await().atMost(LoneGate.PATIENCE).until(() -> gate.said(OLD_GOES_ON) == expected);
        assertThat(served(gate)).isEqualTo(first);
      }
      assertThat(gate.said("put a certificate and its own key there")).isEqualTo(refusals);

      gate.replace("cert.pem", certificate);
      gate.replace("key.pem", Files.readAllBytes(next.key()));
      await().atMost(LoneGate.PATIENCE).until(() -> !served(gate).equals(first));

      // The log comes a moment later than what it tells of.
      await().atMost(LoneGate.PATIENCE).until(() -> gate.said("new TLS certificate") == 1);
      // The file was written as everybody's umask has it.
      assertThat(gate.said("everybody on this machine can read the TLS key")).isEqualTo(2);
      assertThat(page.send(HELLO).answer()).startsWith("HTTP/1.1 200");
      gate.contract().addProduct(LoneGate.OWNER, BigInteger.TEN, Duration.ofHours(1));
      awaitEvent(events, "event: offers");
    }
  }

  private static void awaitEvent(RawClient events, String line) {
    await().atMost(LoneGate.PATIENCE).until(() -> events.line().equals(line));
  }

  private static X509Certificate served(LoneGate gate) throws Exception {
    try (RawClient client = gate.visit()) {
      return client.shakeHands().certificate();
    }
  }
}
