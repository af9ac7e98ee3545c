package org.hourgate.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GatewayIdentityTest {
  private static final WalletAddress CONTRACT =
      new WalletAddress("5fbdb2315678afecb367f032d93f642f64180aa3");

  @ParameterizedTest
  @CsvSource({
    "https://vpn.example.org, vpn.example.org",
    "https://vpn.example.org:443/gw, vpn.example.org",
    "https://vpn.example.org:8443, vpn.example.org:8443",
    "https://vpn.example.org:80, vpn.example.org:80",
    "http://vpn.example.org:80, vpn.example.org",
    "http://localhost:443, localhost:443",
    "https://VPN.Example.org/, vpn.example.org",
    "http://[2001:db8::1]:8080, [2001:db8::1]:8080"
  })
  void theDomainIsTheHostAndAPortThatIsNotTheDefault(String url, String domain) {
    GatewayIdentity gateway = new GatewayIdentity(URI.create(url), 1, CONTRACT);

    assertThat(gateway.domain()).isEqualTo(domain);
    assertThat(gateway.uri()).isEqualTo(url);
  }

  @Test
  void theResourceNamesChainAndContract() {
    assertThat(
            new GatewayIdentity(URI.create("https://vpn.example.org"), 31337, CONTRACT).resource())
        .isEqualTo("eip155:31337:0x5FbDB2315678afecb367f032d93F642f64180aa3");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "vpn.example.org",
        "//vpn.example.org",
        "ftp://vpn.example.org",
        "https:///path",
        "https://bücher.example",
        "https://user@vpn.example.org",
        "https://vpn.example.org/?a=b",
        "https://vpn.example.org/#top"
      })
  void refusesUrlsThatNoCustomerCouldSign(String url) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new GatewayIdentity(URI.create(url), 1, CONTRACT))
        .withMessageContaining("public URL");
  }

  @Test
  void refusesAChainIdThatIsNone() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new GatewayIdentity(URI.create("https://vpn.example.org"), 0, CONTRACT));
  }
}
