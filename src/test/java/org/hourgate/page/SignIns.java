package org.hourgate.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Download;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.hourgate.app.lab.LabGateway;
import org.hourgate.app.lab.Namespace;
import org.hourgate.app.lab.OpenVpnClient;

/** Clients that wait, and their customers before the page. */
final class SignIns {

  private static final Pattern PAGE = Pattern.compile(".*'WEB_AUTH::http://[^/]+(/c/[^']+)'.*");
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final PageWorld world;

  SignIns(PageWorld world) {
    this.world = world;
  }

  /** Something is for sale, and a proxy on this machine is believed whom it speaks for. */
  void openTheShop() {
    world.sell(Duration.ofHours(1));
    restart();
  }

  void restart(String... more) {
    world.restartGate(
        Stream.concat(Stream.of("--set", "shop.trusted-proxies=127.0.0.1"), Stream.of(more))
            .toArray(String[]::new));
  }

  static boolean isPage(String line) {
    return PAGE.matcher(line).matches();
  }

  /** OpenVPN notices only after a minute that a client which waited is not there any more. */
  void awaitGone(Namespace home, String link) {
    HttpRequest look =
        HttpRequest.newBuilder(
                world.gateway().shop().resolve(link.replace("/c/", "/api/connection/")))
            .header("X-Forwarded-For", home.address())
            .build();
    // Asked more often, the gate would limit this source, and its visitor with it.
    Awaitility.await()
        .atMost(Duration.ofMinutes(3))
        .pollInterval(Duration.ofSeconds(1))
        .until(() -> HTTP.send(look, HttpResponse.BodyHandlers.discarding()).statusCode() == 404);
  }

  TestWallet customer() {
    TestWallet wallet = world.newcomer();
    world.grant(wallet.key(), Duration.ofHours(1));
    return wallet;
  }

  /** Somebody who comes from the network of this client, as a proxy in front of the page says. */
  Visitor visitorFrom(Namespace home, TestWallet... wallets) {
    return Visitor.open(
        world,
        options -> options.setExtraHTTPHeaders(Map.of("X-Forwarded-For", home.address())),
        wallets);
  }

  String signInProfile(Visitor visitor) throws Exception {
    visitor.page().getByText("A profile without a secret").click();
    Download download = visitor.page().waitForDownload(() -> visitor.button("Download it").click());
    return Files.readString(download.path());
  }

  OpenVpnClient start(Namespace home, String profile) {
    return OpenVpnClient.of(world.gateway().server(), home).profile(profile).start();
  }

  /** The path of the page that the client asks its customer to open. */
  String page(OpenVpnClient client, int mark) {
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
