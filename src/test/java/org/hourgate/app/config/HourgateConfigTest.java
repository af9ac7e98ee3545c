package org.hourgate.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hourgate.app.config.HourgateConfig.Admin;
import org.hourgate.app.config.HourgateConfig.Chain;
import org.hourgate.app.config.HourgateConfig.ChainFacts;
import org.hourgate.app.config.HourgateConfig.Credentials;
import org.hourgate.app.config.HourgateConfig.Expiry;
import org.hourgate.app.config.HourgateConfig.Gateway;
import org.hourgate.app.config.HourgateConfig.Limits;
import org.hourgate.app.config.HourgateConfig.Log;
import org.hourgate.app.config.HourgateConfig.LogFormat;
import org.hourgate.app.config.HourgateConfig.LogLevel;
import org.hourgate.app.config.HourgateConfig.Mode;
import org.hourgate.app.config.HourgateConfig.OpenVpn;
import org.hourgate.app.config.HourgateConfig.Operator;
import org.hourgate.app.config.HourgateConfig.OperatorAddress;
import org.hourgate.app.config.HourgateConfig.Script;
import org.hourgate.app.config.HourgateConfig.Shop;
import org.hourgate.app.config.HourgateConfig.Tls;
import org.hourgate.app.config.HourgateConfig.WebSignIn;
import org.hourgate.app.config.HourgateConfig.WhenFull;
import org.hourgate.chain.Confirmations;
import org.hourgate.credential.WalletAddress;
import org.hourgate.infrastructure.net.CidrBlock;
import org.hourgate.infrastructure.net.Rate;
import org.hourgate.operator.GuestRole;
import org.hourgate.shop.FiatRates;
import org.hourgate.shop.SellerFacts;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each record twice: what holds if nothing is written, and that each key reaches its component. */
final class HourgateConfigTest {

  private static final WalletAddress FIRST =
      WalletAddress.parse("0x5FbDB2315678afecb367f032d93F642f64180aa3");
  private static final WalletAddress SECOND =
      WalletAddress.parse("0xe7f1725e7734ce288f8367e1bb143e90bb3f0512");

  @TempDir private Path folder;
  private HourgateConfig minimal;
  private HourgateConfig full;

  @BeforeEach
  void read() {
    minimal = ConfigFiles.read(folder, ConfigFiles.MINIMAL);
    full = ConfigFiles.read(folder, ConfigFiles.FULL);
  }

  @Test
  void gatewayDefaults() {
    assertThat(minimal.gateway())
        .isEqualTo(
            new Gateway(
                "Home gateway",
                URI.create("https://vpn.example.org"),
                Path.of("/var/lib/hourgate"),
                folder.resolve("gateway.key")));
  }

  @Test
  void gatewayKeys() {
    assertThat(full.gateway())
        .isEqualTo(
            new Gateway(
                "Garden shed",
                URI.create("https://shed.example.org:8443"),
                folder.resolve("state"),
                folder.resolve("secret/gateway.key")));
  }

  @Test
  void openvpnDefaults() {
    assertThat(minimal.openvpn())
        .containsExactly(
            new OpenVpn(
                "openvpn",
                "unix:/run/openvpn-server/gate.sock",
                Optional.empty(),
                Mode.MANAGEMENT,
                Optional.empty(),
                Optional.empty(),
                Optional.empty()));
  }

  @Test
  void openvpnKeys() {
    assertThat(full.openvpn())
        .containsExactly(
            new OpenVpn(
                "udp",
                "unix:" + folder.resolve("gate.sock"),
                Optional.of(folder.resolve("mgmt.pw")),
                Mode.SCRIPT,
                Optional.of(new Script(folder.resolve("scripts"), Optional.of("openvpn"))),
                Optional.of(folder.resolve("client.ovpn.template")),
                Optional.of(
                    new Operator(
                        new OperatorAddress.Unix(Path.of("/run/hourgate/udp.sock")),
                        Optional.empty(),
                        Optional.of("operators"),
                        GuestRole.READ))),
            new OpenVpn(
                "tcp",
                "tcp:127.0.0.1:7505",
                Optional.empty(),
                Mode.MANAGEMENT,
                Optional.empty(),
                Optional.empty(),
                Optional.of(
                    new Operator(
                        new OperatorAddress.Tcp(
                            new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 7506)),
                        Optional.of(folder.resolve("operator.pw")),
                        Optional.empty(),
                        GuestRole.KILL))));
  }

  @Test
  void chainDefaults() {
    assertThat(minimal.chain())
        .isEqualTo(
            new Chain(
                1,
                List.of(URI.create("http://127.0.0.1:8545")),
                List.of(FIRST),
                1,
                Confirmations.of(1),
                Duration.ofSeconds(1),
                Optional.of(Duration.ofSeconds(60))));
  }

  @Test
  void chainKeys() {
    assertThat(full.chain())
        .isEqualTo(
            new Chain(
                31337,
                List.of(
                    URI.create("http://127.0.0.1:8545"), URI.create("https://rpc.example.org/key")),
                List.of(FIRST, SECOND),
                2,
                Confirmations.of(3),
                Duration.ofMillis(250),
                Optional.empty()));
  }

  @Test
  void confirmationsByPrice() {
    String levels =
        """
        confirmations:
          default: 2
          from:
            - { price: "0.05 ether", blocks: 3 }
            - { token: "0xe7f1725e7734ce288f8367e1bb143e90bb3f0512", price: 50000000, blocks: 12 }
        """
            .indent(2);

    assertThat(
            ConfigFiles.read(folder, ConfigFiles.FULL.replace("  confirmations: 3\n", levels))
                .chain()
                .confirmations())
        .isEqualTo(
            new Confirmations(
                2,
                List.of(
                    new Confirmations.Level(
                        Optional.empty(), new BigInteger("50000000000000000"), 3),
                    new Confirmations.Level(
                        Optional.of(SECOND), BigInteger.valueOf(50_000_000), 12))));
  }

  @Test
  void credentialDefaults() {
    assertThat(minimal.credential())
        .isEqualTo(
            new Credentials(
                Duration.ofMinutes(5),
                Duration.ofDays(30),
                1,
                WhenFull.NEWEST_WINS,
                WebSignIn.SAME_ADDRESS,
                Duration.ofMinutes(5)));
  }

  @Test
  void credentialKeys() {
    assertThat(full.credential())
        .isEqualTo(
            new Credentials(
                Duration.ofMinutes(2),
                Duration.ofDays(7),
                4,
                WhenFull.REFUSE,
                WebSignIn.ANYWHERE,
                Duration.ofMinutes(3)));
  }

  @Test
  void expiryDefaults() {
    assertThat(minimal.expiry()).isEqualTo(new Expiry(Optional.of(Duration.ofSeconds(60))));
  }

  @Test
  void expiryKeys() {
    assertThat(full.expiry()).isEqualTo(new Expiry(Optional.of(Duration.ofSeconds(90))));
  }

  @Test
  void theBeltCanBeOff() {
    HourgateConfig config =
        ConfigFiles.read(folder, ConfigFiles.MINIMAL + "expiry: { belt: off }\n");

    assertThat(config.expiry()).isEqualTo(new Expiry(Optional.empty()));
  }

  @Test
  void limitsDefaults() {
    Optional<Rate> rate = Optional.of(new Rate(20, Duration.ofSeconds(10)));
    assertThat(minimal.limits())
        .isEqualTo(
            new Limits(
                rate,
                rate,
                Optional.of(new Rate(100, Duration.ofSeconds(10))),
                List.of(CidrBlock.parse("127.0.0.0/8"))));
  }

  @Test
  void limitsKeys() {
    assertThat(full.limits())
        .isEqualTo(
            new Limits(
                Optional.of(new Rate(5, Duration.ofMinutes(1))),
                Optional.empty(),
                Optional.of(new Rate(7, Duration.ofMinutes(1))),
                List.of(CidrBlock.parse("10.0.0.0/8"), CidrBlock.parse("::1"))));
  }

  @Test
  void limitsCanBeOffAltogether() {
    HourgateConfig config = ConfigFiles.read(folder, ConfigFiles.MINIMAL + "limits: off\n");

    assertThat(config.limits().connectsPerSource()).isEmpty();
    assertThat(config.limits().noncesPerSource()).isEmpty();
    assertThat(config.limits().requestsPerSource()).isEmpty();
  }

  @Test
  void shopDefaults() {
    assertThat(minimal.shop())
        .isEqualTo(
            new Shop(
                listen("0.0.0.0", 8443),
                new Tls.SelfSigned(),
                List.of(),
                List.of(),
                SellerFacts.NONE,
                new ChainFacts("Ethereum", "ETH", List.of(), Optional.empty()),
                0));
  }

  @Test
  void shopKeys() {
    assertThat(full.shop())
        .isEqualTo(
            new Shop(
                listen("::1", 443),
                new Tls.Files(folder.resolve("cert.pem"), folder.resolve("key.pem")),
                List.of(CidrBlock.parse("192.0.2.7")),
                List.of(listen("10.8.0.1", 80), listen("fd00::1", 80)),
                new SellerFacts(
                    Optional.of("Vienna"),
                    Optional.of("100 Mbit/s"),
                    List.of("No mail servers", "Be kind"),
                    Optional.of(
                        new FiatRates(
                            Currency.getInstance("EUR"),
                            LocalDate.of(2026, 11, 21),
                            Optional.of(new BigDecimal("2450")),
                            Map.of(
                                WalletAddress.parse("0xe7f1725e7734ce288f8367e1bb143e90bb3f0512"),
                                new BigDecimal("0.92"))))),
                new ChainFacts(
                    "Garden chain",
                    "GRD",
                    List.of(URI.create("https://rpc.example.org")),
                    Optional.of(URI.create("https://explorer.example.org"))),
                1234));
  }

  @Test
  void tlsCanBeOffOnLoopback() {
    HourgateConfig config =
        ConfigFiles.read(
            folder, ConfigFiles.MINIMAL + "shop: { listen: \"127.0.0.1:80\", tls: off }\n");

    assertThat(config.shop().tls()).isEqualTo(new Tls.Off());
  }

  @Test
  void tlsCanBeOffBehindAProxy() {
    HourgateConfig config =
        ConfigFiles.read(
            folder, ConfigFiles.MINIMAL + "shop: { tls: off, trusted-proxies: 192.0.2.0/24 }\n");

    assertThat(config.shop().tls()).isEqualTo(new Tls.Off());
  }

  @Test
  void logDefaults() {
    assertThat(minimal.log()).isEqualTo(new Log(LogFormat.TEXT, LogLevel.INFO));
  }

  @Test
  void logKeys() {
    assertThat(full.log()).isEqualTo(new Log(LogFormat.JSON, LogLevel.DEBUG));
  }

  @Test
  void adminDefaults() {
    assertThat(minimal.admin())
        .isEqualTo(
            new Admin(
                listen("127.0.0.1", 9176), Path.of("/run/hourgate/admin.sock"), Optional.empty()));
  }

  @Test
  void adminKeys() {
    assertThat(full.admin())
        .isEqualTo(
            new Admin(
                listen("127.0.0.2", 9999), folder.resolve("admin.sock"), Optional.of("wheel")));
  }

  @Test
  void variablesGoBeforeTheFileAndSettingsBeforeVariables() {
    Path file = ConfigFiles.write(folder, ConfigFiles.FULL);

    HourgateConfig config =
        HourgateConfig.read(
            file,
            Map.of(
                "HOURGATE_GATEWAY_PUBLIC_URL", "https://other.example.org",
                "HOURGATE_CHAIN_RPC", "http://127.0.0.1:1, http://127.0.0.1:2",
                "HOURGATE_OPENVPN_0_MANAGEMENT", "tcp:127.0.0.1:7000",
                "HOURGATE_OPENVPN_2_NAME", "third",
                "HOURGATE_OPENVPN_2_MANAGEMENT", "unix:/run/third.sock",
                "HOURGATE_CHAIN_POLL", "5s",
                "PATH", "/usr/bin"),
            Map.of("chain.poll", "10s"));

    assertThat(config.gateway().publicUrl()).isEqualTo(URI.create("https://other.example.org"));
    assertThat(config.chain().rpc())
        .containsExactly(URI.create("http://127.0.0.1:1"), URI.create("http://127.0.0.1:2"));
    assertThat(config.openvpn())
        .extracting(OpenVpn::management)
        .containsExactly("tcp:127.0.0.1:7000", "tcp:127.0.0.1:7505", "unix:/run/third.sock");
    assertThat(config.chain().poll()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void everythingCanComeFromVariables() {
    Path file = ConfigFiles.write(folder, "");

    HourgateConfig config =
        HourgateConfig.read(
            file,
            Map.of(
                "HOURGATE_GATEWAY_PUBLIC_URL", "https://vpn.example.org",
                "HOURGATE_OPENVPN_0_MANAGEMENT", "unix:/run/openvpn-server/gate.sock",
                "HOURGATE_CHAIN_ID", "1",
                "HOURGATE_CHAIN_RPC", "http://127.0.0.1:8545",
                "HOURGATE_CHAIN_CONTRACT", FIRST.checksummed()),
            Map.of());

    assertThat(config).isEqualTo(minimal);
  }

  private static InetSocketAddress listen(String address, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), port);
  }
}
