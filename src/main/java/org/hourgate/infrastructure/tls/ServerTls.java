package org.hourgate.infrastructure.tls;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.ssl.SSLException;

/** TLS 1.2 and 1.3, HTTP/1.1 only, with Java's own implementation. Immutable. */
public final class ServerTls {

  private final SslContext context;

  private ServerTls(SslContext context) {
    this.context = context;
  }

  /**
   * Reads PEM files.
   *
   * @throws TlsException with what the operator should look at
   */
  public static ServerTls load(Path certificate, Path key) {
    requireReadable(certificate, "certificate");
    requireReadable(key, "private key");
    try {
      SslContext context =
          SslContextBuilder.forServer(certificate.toFile(), key.toFile())
              .sslProvider(SslProvider.JDK)
              .protocols("TLSv1.3", "TLSv1.2")
              .applicationProtocolConfig(
                  new ApplicationProtocolConfig(
                      Protocol.ALPN,
                      SelectorFailureBehavior.NO_ADVERTISE,
                      SelectedListenerFailureBehavior.ACCEPT,
                      ApplicationProtocolNames.HTTP_1_1))
              .build();
      return new ServerTls(context);
    } catch (SSLException | IllegalArgumentException e) {
      throw new TlsException(
          "The certificate "
              + certificate
              + " and the key "
              + key
              + " can't be used: "
              + e.getMessage(),
          e);
    }
  }

  private static void requireReadable(Path file, String what) {
    if (!Files.isReadable(file)) {
      throw new TlsException(
          "The TLS "
              + what
              + " "
              + file
              + (Files.exists(file) ? " can't be read." : " is missing."));
    }
  }

  public SslContext context() {
    return context;
  }
}
