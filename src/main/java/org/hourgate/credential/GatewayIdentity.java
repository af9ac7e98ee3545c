package org.hourgate.credential;

import java.net.URI;
import java.util.Locale;

/**
 * What a signed text names, so that it is worth nothing at another gateway, chain or contract.
 *
 * @param publicUrl where customers find the page, {@code http} or {@code https}
 * @param contract the first contract, if several are listed
 */
public record GatewayIdentity(URI publicUrl, long chainId, WalletAddress contract) {
  public GatewayIdentity {
    String scheme = publicUrl.getScheme();
    if (!"https".equals(scheme) && !"http".equals(scheme)) {
      throw new IllegalArgumentException("the public URL must begin with https:// or http://");
    }
    if (publicUrl.getHost() == null || publicUrl.getRawUserInfo() != null) {
      throw new IllegalArgumentException(
          "the public URL needs a host name (in ASCII) or address, and no user name");
    }
    if (publicUrl.getRawQuery() != null || publicUrl.getRawFragment() != null) {
      throw new IllegalArgumentException("the public URL must end before any ? or #");
    }
    if (chainId <= 0) {
      throw new IllegalArgumentException("the chain id must be above 0");
    }
  }

  /**
   * EIP-4361's domain: host, and port if it is not the scheme's own. Wallets compare it with the
   * page that asks for the signature, and browsers write hosts in small letters.
   */
  public String domain() {
    return domainOf(publicUrl);
  }

  static String domainOf(URI url) {
    String host = url.getHost().toLowerCase(Locale.ROOT);
    int defaultPort = url.getScheme().equals("https") ? 443 : 80;
    int port = url.getPort();
    return port == -1 || port == defaultPort ? host : host + ":" + port;
  }

  /** EIP-4361's URI: the public URL as configured. */
  public String uri() {
    return publicUrl.toASCIIString();
  }

  /** EIP-4361's resource: the contract as a CAIP-10 account, spelled by EIP-55 as CAIP-10 asks. */
  public String resource() {
    return "eip155:" + chainId + ":" + contract.checksummed();
  }
}
