package org.hourgate.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.hourgate.app.lab.LabGateway.LONG;

import java.io.IOException;
import java.math.BigInteger;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.hourgate.app.lab.Anvil;
import org.hourgate.app.lab.LabGateway;
import org.hourgate.app.lab.LabProcess;
import org.hourgate.app.lab.Namespace;
import org.hourgate.app.lab.OpenVpnClient;
import org.hourgate.credential.WalletKey;
import org.hourgate.testing.NamespaceRelay;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Time left, read through the tunnel. The gate runs where OpenVPN does, as on a seller's machine,
 * so that it listens on the tunnel's own address.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class TunnelPageIT {

  private static final int PORT = 80;
  private static final String NETWORK6 = "fd42:88::";
  private static final String GATEWAY6 = NETWORK6 + "1";
  private static final Duration BRIEFLY = Duration.ofSeconds(4);
  private static final DateTimeFormatter END =
      DateTimeFormatter.ofPattern("HH:mm:ss 'UTC on' d MMMM uuuu", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private static LabGateway house;
  private static NamespaceRelay chain;
  private static NamespaceRelay shop;
  private static LabProcess gate;
  private static Instant alicesEnd;
  private static Instant bobsEnd;
  private static OpenVpnClient alice;
  private static OpenVpnClient bob;

  @BeforeAll
  static void startTheGateBesideOpenVpn() throws Exception {
    house =
        LabGateway.create(
            server ->
                server
                    .line("verb 4") // Tells of dropped packets.
                    .line("server-ipv6 " + NETWORK6 + "/64"));

    Namespace server = house.network().server();
    chain = NamespaceRelay.outOf(server, house.anvil().port());
    shop = NamespaceRelay.into(server, house.shop().getPort());
    assertThat(server.call(TunnelPageIT::hasTunnelAddress)).isFalse();
    gate =
        LabProcess.start(
            "hourgate serve",
            server.command(
                house.commandLine(
                    "serve",
                    "--set",
                    "shop.tunnel-listen="
                        + house.server().gateway()
                        + ":"
                        + PORT
                        + ",["
                        + GATEWAY6
                        + "]:"
                        + PORT)));
    gate.output().await(0, "the line ready", "ready"::equals, LONG);
    alicesEnd = house.buy(LabGateway.ALICE, Duration.ofHours(2));
    bobsEnd = house.buy(LabGateway.BOB, Duration.ofHours(1));
    alice = house.client(LabGateway.ALICE, "device").start();
    bob = house.client(LabGateway.BOB, "device").start();
    awaitPage(alice, alicesEnd);
    awaitPage(bob, bobsEnd);
  }

  @AfterAll
  static void stop() throws Exception {
    gate.close();
    shop.close();
    chain.close();
    house.close();
  }

  @Test
  void tellsEachCustomerHisOwnEndAndNobodyElses() {
    assertThat(page(alice)).startsWith("HTTP/1.1 200").contains(END.format(alicesEnd));
    assertThat(page(bob)).contains(END.format(bobsEnd)).doesNotContain(END.format(alicesEnd));
    long left = Duration.between(Instant.now(), bobsEnd).toSeconds();
    assertThat(get(bob.namespace(), "/captive-portal"))
        .contains(
            "application/captive+json",
            "\"captive\":false",
            "\"user-portal-url\":\"" + house.shop() + "\"",
            "\"can-extend-session\":true")
        .satisfies(
            answer ->
                assertThat(Long.parseLong(answer.replaceAll("(?s).*remaining\":([0-9]+).*", "$1")))
                    .isBetween(left - LONG.toSeconds(), left));
  }

  @Test
  void knowsACustomerByHisIpv6AddressToo() {
    assertThat(get(alice.namespace(), GATEWAY6, "/", Optional.empty(), LONG))
        .contains(END.format(alicesEnd));
    assertThat(get(bob.namespace(), GATEWAY6, "/", Optional.empty(), LONG))
        .contains(END.format(bobsEnd))
        .doesNotContain(END.format(alicesEnd));
  }

  @Test
  void tellsAStrangerOnAnotherNetworkNothing() {
    Namespace stranger = house.network().addClient();
    run(
        stranger,
        "ip route add " + house.server().gateway() + " via " + house.network().server().address());

    for (String path : List.of("/", "/captive-portal")) {
      assertThat(get(stranger, path))
          .startsWith("HTTP/1.1 403")
          .endsWith("connected through this VPN how long they are.\n");
    }
    assertThat(get(stranger, "/api/gateway")).startsWith("HTTP/1.1 404");
  }

  @Test
  void hasOpenVpnDropWhoeverTakesAnothersAddress() {
    String alices = tunnelAddress(alice);
    run(bob.namespace(), "ip address add " + alices + "/32 dev lo");

    assertReachesNothing(bob.namespace(), Optional.of(alices));
    house.server().output().await("bad source address from client [" + alices + "]", LONG);
    assertThat(page(bob)).contains(END.format(bobsEnd));
  }

  @Test
  void followsAPurchaseAndTellsNothingAfterTheEnd() throws Exception {
    WalletKey carol = Anvil.key(3);
    Instant first = house.buy(carol, Duration.ofHours(1));
    try (OpenVpnClient client = house.client(carol, "login").stubborn().start()) {
      awaitPage(client, first);

      Instant second = house.buy(carol, Duration.ofHours(1));
      assertThat(second).isEqualTo(first.plus(Duration.ofHours(1)));
      awaitPage(client, second);

      house.contract().refund(LabGateway.OWNER, carol.address(), carol.address(), BigInteger.ZERO);
      await()
          .atMost(LONG)
          .untilAsserted(() -> assertReachesNothing(client.namespace(), Optional.empty()));
    }
  }

  /** Last: everybody's tunnel goes with it. */
  @Test
  @Order(Integer.MAX_VALUE)
  void isBackWithOpenVpn() {
    int before = alice.output().mark();
    house.server().stop();
    assertThat(house.network().server().call(TunnelPageIT::hasTunnelAddress)).isFalse();
    house.server().start();
    alice.awaitConnected(before, LONG);

    awaitPage(alice, alicesEnd);
    assertThat(gate.isAlive()).isTrue();
  }

  /** The gate may learn that a tunnel is up a moment after those at its two ends. */
  private static void awaitPage(OpenVpnClient client, Instant end) {
    client.awaitConnected(LONG);
    await().atMost(LONG).until(() -> page(client), page -> page.contains(END.format(end)));
  }

  /** No packet comes back: whether the gate is slow does not matter. */
  private static void assertReachesNothing(Namespace from, Optional<String> source) {
    assertThatThrownBy(() -> get(from, house.server().gateway(), "/", source, BRIEFLY))
        .hasRootCauseInstanceOf(SocketTimeoutException.class)
        .hasRootCauseMessage("Connect timed out");
  }

  private static String page(OpenVpnClient client) {
    return get(client.namespace(), "/");
  }

  private static String get(Namespace from, String path) {
    return get(from, house.server().gateway(), path, Optional.empty(), LONG);
  }

  private static String get(
      Namespace from, String to, String path, Optional<String> source, Duration patience) {
    return from.call(
        () -> {
          try (Socket socket = new Socket()) {
            if (source.isPresent()) {
              socket.bind(new InetSocketAddress(InetAddress.ofLiteral(source.get()), 0));
            }
            int millis = Math.toIntExact(patience.toMillis());
            socket.setSoTimeout(millis);
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral(to), PORT), millis);
            socket
                .getOutputStream()
                .write(
                    ("GET " + path + " HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
                        .getBytes(UTF_8));
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
          }
        });
  }

  private static boolean hasTunnelAddress() throws IOException {
    return NetworkInterface.getByInetAddress(InetAddress.ofLiteral(house.server().gateway()))
        != null;
  }

  private static String tunnelAddress(OpenVpnClient client) {
    return client
        .namespace()
        .call(
            () ->
                NetworkInterface.networkInterfaces()
                    .filter(device -> device.getName().startsWith("tun"))
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(Inet4Address.class::isInstance)
                    .map(InetAddress::getHostAddress)
                    .findFirst()
                    .orElseThrow());
  }

  private static void run(Namespace namespace, String command) {
    LabProcess process =
        LabProcess.start(command, namespace.command(List.of(command.split(" ", -1))));
    assertThat(process.awaitExit(LONG)).isZero();
  }
}
