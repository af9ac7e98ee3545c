package org.hourgate.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.LocatorAssertions;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.hourgate.app.lab.LabGateway;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * While something is down nobody can pay, everybody reads why, and the page comes back by itself.
 */
@Execution(CONCURRENT)
@ResourceLock("OutageIT")
final class OutageIT {

  /** Streams from one source are counted here, though it is this machine. */
  @RegisterExtension
  static final PageWorld world = PageWorld.with("limits: { exempt: [ \"192.0.2.0/24\" ] }");

  private static final int MOST_STREAMS = 20;

  @BeforeAll
  static void offers() {
    world.sell(Duration.ofHours(1));
  }

  @Test
  void whenTheChainIsOutOfReachWhatWasPaidIsStillKnown() {
    try (Visitor visitor = customer()) {
      world.anvil().freeze();
      try {
        assertDown(visitor, "The gateway can not read the blockchain.");
        assertThat(visitor.page().locator("#time-left")).isVisible();
        visitor.page().waitForDownload(() -> visitor.button("Download profile").first().click());
      } finally {
        world.anvil().thaw();
      }
      assertUp(visitor);
      // The browser itself notes that the payments could not be read.
      assertThat(visitor.console()).allMatch(line -> line.contains("503"));
    }
  }

  @Test
  void whenOpenVpnIsGoneTheTimeThatIsLostIsShown() {
    try (Visitor visitor = customer()) {
      world.gateway().server().kill();
      try {
        assertDown(visitor, "The VPN server does not answer.");
        assertThat(visitor.page().locator("#time-hint")).containsText("Down since");
      } finally {
        world.gateway().server().start();
      }
      assertUp(visitor);
      assertThat(visitor.page().locator("#time-hint")).not().containsText("Down since");
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void whenTheGateItselfIsGoneThePageSaysHowOldItsKnowledgeIs() {
    try (Visitor visitor = customer()) {
      world.gateway().killGate();
      assertThat(visitor.page().locator("#status-text")).containsText("as of");
      assertThat(visitor.page().locator("#time-left")).isVisible();
      assertThat(visitor.offer("1 hour").locator("button")).isDisabled();
      world.restartGate();
      assertUp(visitor);
    }
  }

  @Test
  void whenTheGateStandsStillThePageNoticesWithinAMinute() {
    TestWallet wallet = world.newcomer();
    try (Visitor visitor = Visitor.open(world, wallet)) {
      visitor.stopTheClock();
      assertUp(visitor);
      world.freezeGate();
      try {
        visitor.page().clock().fastForward("01:01");
        assertThat(visitor.page().locator("#status-text")).containsText("has lost touch");
        assertThat(visitor.offer("1 hour").locator("button")).isDisabled();
      } finally {
        world.thawGate();
      }
      assertUp(visitor);
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void whoComesWhileTheGateIsAwayFindsWalletAndPaymentOnceItIsBack() {
    TestWallet wallet = world.newcomer();
    try (Visitor visitor = Visitor.open(world, wallet)) {
      world.stopMining();
      visitor.buy("1 hour");
      visitor.assertSent();
      visitor.page().route("**/api/**", Route::abort);
      String before = hour(visitor);
      visitor.page().reload();
      Locator status = visitor.page().locator("#status-text");
      assertThat(status).containsText("has lost touch with the gateway");
      assertThat(status)
          .containsText(Pattern.compile("as of (" + before + "|" + hour(visitor) + "):"));
      visitor.page().unroute("**/api/**");

      assertSaysUp(visitor);
      assertThat(visitor.button("Disconnect wallet")).isVisible();
      visitor.assertSent();
      world.startMining();
      visitor.assertPaid();
    } finally {
      world.startMining();
    }
  }

  private static String hour(Visitor visitor) {
    return (String)
        visitor.page().evaluate("new Date().toLocaleTimeString('en-GB', { hour: '2-digit' })");
  }

  @Test
  void aDeviceThatWakesUpLooksAtOnceWhetherTheGateIsThere() {
    try (Visitor visitor = Visitor.open(world)) {
      assertUp(visitor);
      visitor.page().route("**/api/gateway", Route::abort);
      visitor.page().evaluate("document.dispatchEvent(new Event('visibilitychange'))");
      assertThat(visitor.page().locator("#status-text"))
          .containsText(
              "has lost touch", new LocatorAssertions.ContainsTextOptions().setTimeout(30_000));
      visitor.page().unroute("**/api/gateway");
      assertUp(visitor);
    }
  }

  @Test
  void whoGetsNoEventStreamSeesTheirPaymentAllTheSame() throws Exception {
    HttpClient others = HttpClient.newHttpClient();
    try {
      for (int i = 0; i < MOST_STREAMS; i++) {
        awaitStream(others);
      }
      assertThat(openStream(others).statusCode()).isEqualTo(429);
      try (Visitor visitor = Visitor.open(world, world.newcomer())) {
        visitor.buy("1 hour");
        visitor.assertPaid();
        assertUp(visitor);
        assertThat(visitor.page().locator("#time-left")).hasText(Pattern.compile("0:5\\d:\\d\\d"));
        assertThat(visitor.alert()).isEmpty();
        assertThat(visitor.console()).allMatch(line -> line.contains("429"));
      }
    } finally {
      others.shutdownNow(); // To close it would be to wait for the streams' end.
    }
    HttpClient next = HttpClient.newHttpClient();
    try {
      awaitStream(next);
    } finally {
      next.shutdownNow();
    }
  }

  /** The gate learns a moment later than a visitor who has left that there is room again. */
  private static void awaitStream(HttpClient client) {
    Awaitility.await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(500))
        .atMost(LabGateway.LONG)
        .until(() -> openStream(client).statusCode() == 200);
  }

  private static HttpResponse<InputStream> openStream(HttpClient client) throws Exception {
    return client.send(
        HttpRequest.newBuilder(world.gateway().shop().resolve("/api/events")).build(),
        HttpResponse.BodyHandlers.ofInputStream());
  }

  @Test
  void whereAProxyKeepsTheEventsBackThePageAsks() {
    TestWallet wallet = world.newcomer();
    world.grant(wallet.key(), Duration.ofHours(1));
    try (Visitor visitor = Visitor.open(world, wallet)) {
      visitor.page().route("**/api/events*", held -> {});
      visitor.page().reload();
      visitor.connect();
      Locator left = visitor.page().locator("#time-left");
      assertThat(left).hasText(Pattern.compile("0:5\\d:\\d\\d"));
      assertUp(visitor);
      world.grant(wallet.key(), Duration.ofHours(1));
      assertThat(left).hasText(Pattern.compile("1:5\\d:\\d\\d"));
      assertThat(visitor.alert()).isEmpty();
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void aStreamThatBeginsWithAnOlderAnswerAlarmsNobody() throws Exception {
    TestWallet wallet = world.newcomer();
    world.grant(wallet.key(), Duration.ofHours(1));
    try (Visitor visitor = Visitor.open(world, wallet).connect()) {
      Page page = visitor.page();
      Locator left = page.locator("#time-left");
      assertThat(left).hasText(Pattern.compile("0:5\\d:\\d\\d"));
      String older = page.request().get("/api/access?wallet=" + wallet.address()).text();
      world.grant(wallet.key(), Duration.ofHours(1));
      assertThat(left).hasText(Pattern.compile("1:5\\d:\\d\\d"));
      page.route(
          "**/api/events*",
          route ->
              route.fulfill(
                  new Route.FulfillOptions()
                      .setContentType("text/event-stream")
                      .setBody("event: access\ndata: " + older + "\n\n")),
          new Page.RouteOptions().setTimes(1));
      // Whoever signs in gets a new stream.
      page.waitForResponse("**/api/events*", () -> visitor.button("Sign in").click());

      world.grant(wallet.key(), Duration.ofHours(1));
      assertThat(left).hasText(Pattern.compile("2:5\\d:\\d\\d"));
      assertThat(visitor.alert()).isEmpty();
      visitor.assertConsoleEmpty();
    }
  }

  private static Visitor customer() {
    TestWallet wallet = world.newcomer();
    world.grant(wallet.key(), Duration.ofHours(1));
    Visitor visitor = Visitor.open(world, wallet).connect();
    assertThat(visitor.page().locator("#time-left")).isVisible();
    return visitor;
  }

  private static void assertDown(Visitor visitor, String reason) {
    Locator status = visitor.page().locator("#status-text");
    assertThat(status).containsText(reason);
    assertThat(status).containsText("Buying is off until it is back.");
    assertThat(visitor.page().locator("#offers-note")).containsText(reason);
    assertThat(visitor.offer("1 hour").locator("button")).isDisabled();
  }

  private static void assertUp(Visitor visitor) {
    assertSaysUp(visitor);
    assertThat(visitor.offer("1 hour").locator("button")).isEnabled();
  }

  private static void assertSaysUp(Visitor visitor) {
    assertThat(visitor.page().locator("#status-text")).hasText("Up: you can connect now.");
    assertThat(visitor.page().locator("#status-time"))
        .hasText(Pattern.compile("Checked at \\d\\d:\\d\\d"));
  }
}
