package org.hourgate.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Route;
import java.math.BigInteger;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.hourgate.app.lab.LabGateway;
import org.hourgate.app.lab.Namespace;
import org.hourgate.app.lab.OpenVpnClient;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A profile without a secret: the app asks for the page, and the wallet signs there. */
@Execution(CONCURRENT)
@ResourceLock("SignInIT")
final class SignInIT {

  private static final Duration RENEGOTIATION = Duration.ofSeconds(10);
  private static final Pattern PAGE = Pattern.compile(".*'WEB_AUTH::http://[^/]+(/c/[^']+)'.*");
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final String HANDSHAKE = "Control Channel: TLSv1";

  @RegisterExtension
  static final PageWorld world =
      PageWorld.with(server -> server.renegotiateEvery(RENEGOTIATION), "");

  @BeforeAll
  static void believeThisMachinesProxy() {
    world.sell(Duration.ofHours(1));
    world.restartGate("--set", "shop.trusted-proxies=127.0.0.1");
  }

  @Test
  void aPlainClientPrintsTheAddressAndComesInOnceItsWalletHasSigned() throws Exception {
    comesIn("", SignInIT::renegotiatesThreeTimesAndReconnectsWithoutAPage);
  }

  @Test
  void soDoesOneThatOpensPages() throws Exception {
    comesIn("setenv IV_SSO webauth\npush-peer-info\n", _ -> {});
  }

  private static void comesIn(String more, Consumer<OpenVpnClient> afterwards) throws Exception {
    TestWallet wallet = customer();
    Namespace home = world.gateway().network().addClient();
    try (Visitor visitor = visitorFrom(home, wallet)) {
      String profile = signInProfile(visitor.connect());
      assertThat(profile).contains(wallet.address() + "\nweb\n");

      try (OpenVpnClient client = start(home, profile + more)) {
        visitor.page().navigate(page(client, 0));
        Locator facts = visitor.page().locator("#waiting-facts");
        assertThat(facts).containsText("OpenVPN on linux");
        assertThat(facts).containsText(home.address());
        visitor.screenshot("waiting");
        visitor.button("Let it in").click();

        assertThat(visitor.page().locator("#waiting")).containsText("It is in.");
        client.awaitConnected(LabGateway.LONG);
        assertThat(wallet.lastMessage())
            .contains("Let the device at " + home.address() + " use the VPN udp ");

        afterwards.accept(client);
      }
      visitor.assertConsoleEmpty();
    }
  }

  private static void renegotiatesThreeTimesAndReconnectsWithoutAPage(OpenVpnClient client) {
    Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> handshakes(client) >= 4);
    int mark = client.output().mark();
    client.process().signal("USR1");
    client.awaitConnected(mark, LabGateway.LONG);
    assertThat(client.output().lines())
        .filteredOn(line -> PAGE.matcher(line.text()).matches())
        .hasSize(1);
  }

  private static long handshakes(OpenVpnClient client) {
    return client.output().lines().stream().filter(line -> line.text().contains(HANDSHAKE)).count();
  }

  @Test
  void turnsAwayWhoIsNotKnownToTheCustomer() throws Exception {
    TestWallet wallet = customer();
    Namespace home = world.gateway().network().addClient();
    try (Visitor visitor = visitorFrom(home, wallet);
        OpenVpnClient client = start(home, signInProfile(visitor.connect()))) {
      visitor.page().navigate(page(client, 0));
      // Too many at once: nobody has looked at it yet, so it can be said again.
      visitor.page().route("**/api/connection/*", SignInIT::tooMany);
      visitor.button("It is not mine").click();
      assertThat(visitor.alert()).containsText("Too many requests");
      visitor.page().unroute("**/api/connection/*");
      visitor.button("It is not mine").click();

      client.output().await("[not_approved]", LabGateway.LONG);
      assertThat(visitor.page().locator("#waiting")).containsText("It was turned away.");
      assertThat(visitor.console()).singleElement().asString().contains("429");
    }
  }

  private static void tooMany(Route route) {
    route.fulfill(
        new Route.FulfillOptions()
            .setStatus(429)
            .setContentType("application/problem+json")
            .setBody("{\"code\":\"rate_limited\",\"detail\":\"Too many requests\"}"));
  }

  @Test
  void aLinkThatWasSentToSomebodyElseIsNoUse() throws Exception {
    TestWallet wallet = customer();
    Namespace attacker = world.gateway().network().addClient();
    Namespace victim = world.gateway().network().addClient();
    String profile;
    try (Visitor visitor = visitorFrom(victim, wallet)) {
      profile = signInProfile(visitor.connect());
    }
    try (OpenVpnClient client = start(attacker, profile);
        Visitor visitor = visitorFrom(victim, wallet)) {
      String link = page(client, 0);
      visitor.page().navigate(link);
      assertThat(visitor.page().locator("#waiting"))
          .containsText("waits in another network than yours");
      assertThat(visitor.button("Let it in")).isHidden();
      assertThat(client.output().last("Initialization Sequence Completed")).isEmpty();
      // The refusal itself is on the console, as browsers write it.
      assertThat(visitor.console()).singleElement().asString().contains("403");
    }
  }

  @Test
  void asksForTheWalletThatTheProfileIsOf() throws Exception {
    TestWallet wallet = customer();
    Namespace home = world.gateway().network().addClient();
    String profile;
    try (Visitor visitor = visitorFrom(home, wallet)) {
      profile = signInProfile(visitor.connect());
    }
    try (OpenVpnClient client = start(home, profile);
        Visitor visitor = visitorFrom(home, customer())) {
      visitor.page().navigate(page(client, 0));
      visitor.button("Let it in").click();

      assertThat(visitor.alert()).containsText("Switch to that account in your wallet");
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void nothingWaitsOnceItWasAnsweredOrItsAppHasLeft() throws Exception {
    TestWallet wallet = customer();
    Namespace home = world.gateway().network().addClient();
    try (Visitor first = visitorFrom(home, wallet);
        Visitor second = visitorFrom(home, wallet)) {
      String profile = signInProfile(first.connect());
      try (OpenVpnClient client = start(home, profile)) {
        String link = page(client, 0);
        second.page().navigate(link);
        assertThat(second.button("Let it in")).isVisible();
        first.page().navigate(link);
        first.button("Let it in").click();
        assertThat(first.page().locator("#waiting")).containsText("It is in.");

        second.button("Let it in").click();
        assertThat(second.page().locator("#waiting")).containsText("No VPN app waits here");
      }
      String link;
      try (OpenVpnClient client = start(home, profile)) {
        link = page(client, 0);
        first.page().navigate(link);
        assertThat(first.button("Let it in")).isVisible();
      }
      awaitGone(home, link);
      first.button("Let it in").click();
      assertThat(first.page().locator("#waiting")).containsText("No VPN app waits here");
    }
  }

  @Test
  void saysSoWhenTheTimeIsOverMeanwhile() throws Exception {
    TestWallet wallet = customer();
    Namespace home = world.gateway().network().addClient();
    try (Visitor visitor = visitorFrom(home, wallet)) {
      String profile = signInProfile(visitor.connect());
      world
          .gateway()
          .contract()
          .refund(
              LabGateway.OWNER, wallet.key().address(), wallet.key().address(), BigInteger.ZERO);
      try (OpenVpnClient client = start(home, profile)) {
        visitor.page().navigate(page(client, 0));
        visitor.button("Let it in").click();

        assertThat(visitor.page().locator("#waiting")).containsText("Your time ended at");
        client.output().await("[no_time]", LabGateway.LONG);
      }
    }
  }

  /** OpenVPN notices only after a minute that a client which waited is not there any more. */
  private static void awaitGone(Namespace home, String link) {
    HttpRequest look =
        HttpRequest.newBuilder(
                world.gateway().shop().resolve(link.replace("/c/", "/api/connection/")))
            .header("X-Forwarded-For", home.address())
            .build();
    Awaitility.await()
        .atMost(Duration.ofMinutes(3))
        .until(() -> HTTP.send(look, HttpResponse.BodyHandlers.discarding()).statusCode() == 404);
  }

  private static TestWallet customer() {
    TestWallet wallet = world.newcomer();
    world.grant(wallet.key(), Duration.ofHours(1));
    return wallet;
  }

  /** Somebody who comes from the network of this client, as a proxy in front of the page says. */
  private static Visitor visitorFrom(Namespace home, TestWallet... wallets) {
    return Visitor.open(
        world,
        options -> options.setExtraHTTPHeaders(Map.of("X-Forwarded-For", home.address())),
        wallets);
  }

  private static String signInProfile(Visitor visitor) throws Exception {
    visitor.page().getByText("A profile without a secret").click();
    Download download = visitor.page().waitForDownload(() -> visitor.button("Download it").click());
    return Files.readString(download.path());
  }

  private static OpenVpnClient start(Namespace home, String profile) {
    return OpenVpnClient.of(world.gateway().server(), home).profile(profile).start();
  }

  /** The path of the page that the client asks its customer to open. */
  private static String page(OpenVpnClient client, int mark) {
    String line =
        client
            .output()
            .await(
                mark,
                "the address of a page",
                text -> PAGE.matcher(text).matches(),
                LabGateway.LONG)
            .text();
    Matcher matcher = PAGE.matcher(line);
    assertThat(matcher.matches()).isTrue();
    return matcher.group(1);
  }
}
