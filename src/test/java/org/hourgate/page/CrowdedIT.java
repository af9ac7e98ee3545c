package org.hourgate.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.hourgate.app.install.Pki;
import org.hourgate.app.lab.LabGateway;
import org.hourgate.app.lab.LabNetwork;
import org.hourgate.app.lab.OpenVpnClient;
import org.hourgate.app.lab.OpenVpnServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ResourceLock;
import tools.jackson.databind.json.JsonMapper;

/** Two servers with a place each: what is read where there is a choice, and where there is none. */
@Execution(CONCURRENT)
@ResourceLock("CrowdedIT")
final class CrowdedIT {

  private static final String ONE_PLACE = "max-clients 1";

  @RegisterExtension
  static final PageWorld world =
      PageWorld.with(server -> server.line(ONE_PLACE), "credential: { when-full: refuse }");

  private static final JsonMapper JSON = new JsonMapper();

  private static OpenVpnServer tcp;
  private static Path profile;

  @BeforeAll
  static void addServerAndOffers() throws Exception {
    LabNetwork network = world.gateway().network();
    Path folder = Files.createDirectory(network.directory().resolve("tcp"));
    tcp =
        OpenVpnServer.on(network, Pki.create(folder, "hourgate-tcp", Duration.ofDays(1)))
            .instance("tcp", 1195, "10.89.0.0")
            .tcp()
            .line(ONE_PLACE)
            .start();
    profile = Files.writeString(folder.resolve("profile"), tcp.profileTemplate());
    serveBoth("--set", "openvpn[1].profile-template=" + profile);
    world.sell(Duration.ofHours(1));
  }

  private static void serveBoth(String... more) {
    world.restartGate(
        Stream.of(
                List.of("--set", "openvpn[1].name=tcp"),
                List.of("--set", "openvpn[1].management=unix:" + tcp.managementSocket()),
                List.of(more))
            .flatMap(List::stream)
            .toArray(String[]::new));
  }

  @AfterAll
  static void stopTcp() {
    tcp.close();
  }

  @Test
  void aServerIsChosenAndASecondDeviceIsRefusedWithTheReason() throws Exception {
    TestWallet wallet = world.newcomer();
    world.grant(wallet.key(), Duration.ofHours(1));
    try (Visitor visitor = Visitor.open(world, wallet).connect()) {
      Locator servers = visitor.page().locator("#server option");
      assertThat(servers).hasText(new String[] {"udp", "tcp"});
      visitor.page().getByLabel("Way to the gateway").selectOption("tcp");
      String overTcp = download(visitor);
      visitor.page().getByLabel("Way to the gateway").selectOption("udp");
      String overUdp = scan(visitor);
      assertThat(wallet.asked())
          .filteredOn("personal_sign"::equals)
          .as("passes, one for each device")
          .hasSize(2);

      try (OpenVpnClient first = client(tcp, overTcp)) {
        first.awaitConnected(LabGateway.LONG);
        assertThat(visitor.page().locator("#devices li")).containsText("10.89.");
        assertThat(visitor.page().locator("#devices-limit"))
            .hasText("One device at a time: another one is refused until you disconnect one here.");
        assertThat(servers).hasText(new String[] {"udp", "tcp (full)"});
        assertThat(visitor.page().locator("#server")).hasValue("udp");

        try (OpenVpnClient second = client(world.gateway().server(), overUdp)) {
          second.output().await("Disconnect the other device at", LabGateway.LONG);
        }
        assertThat(visitor.page().locator("#devices li")).hasCount(1);
        visitor.assertAccessible();
        visitor.screenshot("device");
      }
      assertThat(servers).hasText(new String[] {"udp", "tcp"});
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void whileEveryPlaceIsTakenNobodyNewPaysAndWhoHasTimeExtends() throws Exception {
    TestWallet wallet = world.newcomer();
    world.grant(wallet.key(), Duration.ofHours(1));
    try (Visitor newcomer = Visitor.open(world);
        Visitor customer = Visitor.open(world, wallet).connect()) {
      Locator status = newcomer.page().locator("#status-text");
      assertThat(status).hasText("Up: you can connect now.");
      try (OpenVpnClient one = client(world.gateway().server(), profileOfSomebody("udp"));
          OpenVpnClient other = client(tcp, profileOfSomebody("tcp"))) {
        one.awaitConnected(LabGateway.LONG);
        other.awaitConnected(LabGateway.LONG);

        String full =
            "Full: Every place is taken. Buying is off until somebody leaves;"
                + " who has time can extend it.";
        assertThat(status).hasText(full);
        assertThat(newcomer.page().request().get("/").text()).as("without script").contains(full);
        assertThat(newcomer.offer("1 hour").locator("button")).isDisabled();
        assertThat(newcomer.page().locator("#offers-note")).containsText("Every place is taken.");
        newcomer.assertAccessible();
        newcomer.screenshot("full");
        assertThat(customer.page().locator("#time-hint")).containsText("Every place is taken");
        customer.buy("1 hour");
        customer.assertPaid();
      }
      assertThat(status).hasText("Up: you can connect now.");
      assertThat(newcomer.offer("1 hour").locator("button")).isEnabled();
      newcomer.assertConsoleEmpty();
      customer.assertConsoleEmpty();
    }
  }

  @Test
  void whileOneOfTwoServersServesPeoplePayAndReadWhichOneIsDown() {
    OpenVpnServer udp = world.gateway().server();
    TestWallet wallet = world.newcomer();
    world.grant(wallet.key(), Duration.ofHours(1));
    try (Visitor visitor = Visitor.open(world, wallet).connect()) {
      Locator status = visitor.page().locator("#status-text");
      Locator servers = visitor.page().locator("#server");
      assertThat(status).hasText("Up: you can connect now.");
      udp.kill();
      assertThat(status).hasText("Up: you can connect now, but the server udp is down.");
      assertThat(visitor.offer("1 hour").locator("button")).isEnabled();
      assertThat(servers.locator("option")).hasText(new String[] {"udp (down)", "tcp"});
      assertThat(servers).hasValue("tcp");

      tcp.kill();
      assertThat(status).containsText("The VPN server does not answer.");
      assertThat(visitor.offer("1 hour").locator("button")).isDisabled();
      udp.start();
      assertThat(status).hasText("Up: you can connect now, but the server tcp is down.");
      assertThat(visitor.offer("1 hour").locator("button")).isEnabled();
      tcp.start();
      assertThat(status).hasText("Up: you can connect now.");
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void aServerWithoutAProfileIsNotOffered() throws Exception {
    TestWallet wallet = world.newcomer();
    world.grant(wallet.key(), Duration.ofHours(1));
    serveBoth();
    try (Visitor visitor = Visitor.open(world, wallet).connect()) {
      assertThat(visitor.page().locator("#connect")).isVisible();
      assertThat(visitor.page().locator("#servers")).isHidden();
      assertThat(download(visitor)).contains(" 1194");
      visitor.assertConsoleEmpty();

      // As it is where no server has one: by what the gate says, and no event that says otherwise.
      visitor.hearAs(said -> said.replace("\"profile\":true", "\"profile\":false"));
      visitor.page().reload();
      assertThat(visitor.page().locator("#connect")).isVisible();
      assertThat(visitor.page().locator("#systems")).isHidden();
      assertThat(visitor.page().locator("#by-page")).isHidden();
      visitor.page().getByText("User name and password, to paste").click();
      visitor.button("Show them").click();
      assertThat(visitor.page().locator("#password input")).hasCount(2);
    } finally {
      serveBoth("--set", "openvpn[1].profile-template=" + profile);
    }
  }

  private static String profileOfSomebody(String server) throws Exception {
    TestWallet wallet = world.newcomer();
    world.grant(wallet.key(), Duration.ofHours(1));
    try (Visitor visitor = Visitor.open(world, wallet).connect()) {
      visitor.page().getByLabel("Way to the gateway").selectOption(server);
      return download(visitor);
    }
  }

  private static String download(Visitor visitor) throws Exception {
    return Files.readString(
        visitor
            .page()
            .waitForDownload(() -> visitor.button("Download profile").first().click())
            .path());
  }

  /** What a phone gets that scans the code. */
  private static String scan(Visitor visitor) {
    Page page = visitor.page();
    page.getByText("A phone or another device").click();
    String link =
        page.waitForResponse("**/api/import*", () -> visitor.button("Show the code").click())
            .text();
    return page.request().get(JSON.readTree(link).get("url").asString()).text();
  }

  private static OpenVpnClient client(OpenVpnServer server, String profile) {
    return OpenVpnClient.of(server, world.gateway().network().addClient()).profile(profile).start();
  }
}
