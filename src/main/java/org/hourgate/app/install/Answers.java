package org.hourgate.app.install;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.hourgate.credential.WalletAddress;

/**
 * What the seller wants, whatever OpenVPN it is for.
 *
 * @param publicUrl where customers find the page
 * @param host where their OpenVPN finds the server
 * @param contract empty if it is not on the chain yet
 * @param certificate the page's; empty for one of our own
 * @param proxy whether a reverse proxy on this machine does TLS
 * @param wan empty for whatever the default route says
 * @param upload empty for all of the line
 * @param user whom Hourgate runs as
 */
record Answers(
    String name,
    URI publicUrl,
    String host,
    List<URI> rpc,
    long chainId,
    Optional<WalletAddress> contract,
    int confirmations,
    Optional<PageCertificate> certificate,
    boolean proxy,
    Optional<String> wan,
    List<String> keepOff,
    Optional<String> upload,
    String user) {

  private static final int HTTPS = 443;
  private static final int BEHIND_PROXY = 8443;

  Answers {
    rpc = List.copyOf(rpc);
    keepOff = List.copyOf(keepOff);
  }

  /** PEM files. */
  record PageCertificate(Path certificate, Path key) {}

  /** The port that the page listens on. */
  int pagePort() {
    if (publicUrl.getPort() > 0) {
      return publicUrl.getPort();
    }
    return proxy ? BEHIND_PROXY : HTTPS;
  }

  /** Plain HTTP is for loopback alone. */
  boolean isLocal() {
    return proxy || "http".equals(publicUrl.getScheme());
  }
}
