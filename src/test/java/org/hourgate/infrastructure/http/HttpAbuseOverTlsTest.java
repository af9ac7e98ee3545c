package org.hourgate.infrastructure.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.hourgate.infrastructure.tls.SelfSignedCertificate;
import org.hourgate.infrastructure.tls.ServerTls;
import org.hourgate.testing.RawClient;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** As strangers meet it. What they try against TLS itself is in {@code ServerTlsTest}. */
final class HttpAbuseOverTlsTest extends HttpAbuse {

  @TempDir private static Path folder;
  private static ServerTls tls;

  @BeforeAll
  static void makeCertificate() {
    SelfSignedCertificate own =
        SelfSignedCertificate.forHost("127.0.0.1", folder, Instant.parse("2026-11-21T12:00:00Z"));
    tls = ServerTls.load(own.certificate(), own.key());
  }

  @Override
  Optional<ServerTls> tls() {
    return Optional.of(tls);
  }

  @Override
  RawClient connect(InetSocketAddress to, String from) throws IOException {
    return RawClient.connect(to, from).overTls();
  }
}
