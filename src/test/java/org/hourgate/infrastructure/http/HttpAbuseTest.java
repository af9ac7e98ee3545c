package org.hourgate.infrastructure.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.hourgate.infrastructure.tls.ServerTls;
import org.hourgate.testing.RawClient;

/** As behind a proxy. */
final class HttpAbuseTest extends HttpAbuse {

  @Override
  Optional<ServerTls> tls() {
    return Optional.empty();
  }

  @Override
  RawClient connect(InetSocketAddress to, String from) throws IOException {
    return RawClient.connect(to, from);
  }
}
