package org.hourgate.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import com.google.zxing.BinaryBitmap;
import com.google.zxing.RGBLuminanceSource;
import com.google.zxing.common.HybridBinarizer;
import com.google.zxing.qrcode.QRCodeReader;
import com.microsoft.playwright.Clock;
import com.microsoft.playwright.Dialog;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.hourgate.app.lab.LabGateway;
import org.hourgate.app.lab.OpenVpnClient;
import org.hourgate.app.lab.Output;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * From an empty wallet to the net and back: what a customer does on the page when all goes well.
 */
@Execution(CONCURRENT)
@ResourceLock("BuyingIT")
final class BuyingIT {

  @RegisterExtension static final PageWorld world = PageWorld.standard();

  /** Long enough to get from the payment to the profile, short enough to see its end. */
  private static final Duration SHORT = Duration.ofSeconds(30);

  /** Long enough to connect, and to extend then. */
  private static final Duration TIME_TO_CONNECT = Duration.ofSeconds(20);

  private static final Pattern ANY_TIME = Pattern.compile("\\d:\\d\\d:\\d\\d");
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @BeforeAll
  static void offers() {
    world.sell(Duration.ofHours(1));
    world.sell(SHORT);
    world.sell(Duration.ofSeconds(10));
  }

  @Test
  void aNewcomerBuysConnectsExtendsAndReadsWhyItEnded() throws Exception {
    TestWallet wallet = world.newcomer();
    try (Visitor visitor = Visitor.open(world, wallet)) {
      visitor.buy("30 seconds");
      visitor.assertPaid();
      assertThat(visitor.page().locator("#time-left")).hasText(ANY_TIME);
      assertThat(visitor.heading("Connect a device")).isFocused();
      visitor.screenshot("paid");

      String profile = download(visitor);
      while (paidUntil(wallet).isBefore(Instant.now().plus(TIME_TO_CONNECT))) {
        extend(visitor, wallet);
      }
      try (OpenVpnClient client = client(profile)) {
        client.awaitConnected(LabGateway.LONG);
        awaitDevice(visitor);

        extend(visitor, wallet);
        Instant end = paidUntil(wallet);

        Output.Line farewell =
            client
                .output()
                .await(
                    "Halt command was pushed",
                    Duration.between(Instant.now(), end).plus(LabGateway.LONG));
        assertThat(farewell.text()).contains("Your time ended at", "Extend at", "[expired]");
        assertThat(farewell.readAt()).isAfterOrEqualTo(end);
        assertThat(connects(client)).isEqualTo(1);
      }
      assertThat(visitor.heading("Your time is over")).isVisible();
      assertThat(visitor.page().locator("#connect")).isHidden();
      assertThat(visitor.page().locator("#devices li")).hasCount(0);
      assertThat(visitor.offer("1 hour").getByText("Buy")).isVisible();
      visitor.assertConsoleEmpty();
    }
  }

  private static void extend(Visitor visitor, TestWallet wallet) {
    String last = wallet.lastTransaction();
    visitor.buy("10 seconds");
    // Until then it is the last payment that the page calls paid.
    visitor.page().waitForCondition(() -> !wallet.lastTransaction().equals(last));
    visitor.assertPaid();
  }

  /** The page shows the device, and all that it will know of it: nothing there is drawn anew. */
  private static void awaitDevice(Visitor visitor) {
    assertThat(visitor.page().locator("#devices li")).containsText("10.88.");
  }

  private static Instant paidUntil(TestWallet wallet) {
    return world.gateway().contract().entitlementOf(wallet.key().address()).paidUntil();
  }

  private static String download(Visitor visitor) throws Exception {
    Download download =
        visitor.page().waitForDownload(() -> visitor.button("Download profile").first().click());
    assertThat(download.suggestedFilename()).endsWith(".ovpn");
    return Files.readString(download.path());
  }

  private static OpenVpnClient client(String profile) {
    return OpenVpnClient.of(world.gateway().server(), world.gateway().network().addClient())
        .profile(profile)
        .start();
  }

  private static long connects(OpenVpnClient client) {
    return client.output().lines().stream()
        .filter(line -> line.text().contains("Initialization Sequence Completed"))
        .count();
  }

  @Test
  void oneSignatureServesTheFileTheCodeAndThePassword() throws Exception {
    TestWallet wallet = world.newcomer();
    world.gateway().contract().grant(LabGateway.OWNER, wallet.key().address(), Duration.ofHours(1));
    try (Visitor visitor = Visitor.open(world, wallet).connect()) {
      visitor.page().getByText("User name and password, to paste").click();
      visitor.page().getByText("A phone or another device").click();
      // The second before the wallet was asked for the first.
      visitor
          .page()
          .evaluate(
              "for (const id of ['password-button', 'code-button']) document.getElementById(id).click()");
      String password = visitor.page().getByLabel("Password", exact()).inputValue();
      assertThat(readQr(visitor.page().locator(".qr").screenshot()))
          .startsWith("openvpn://import-profile/" + world.gateway().shop() + "/p/");
      String profile = download(visitor);

      assertThat(password).hasSize(118);
      assertThat(profile).contains(wallet.address() + "\n" + password + "\n");
      assertThat(wallet.asked()).filteredOn("personal_sign"::equals).hasSize(1);
      visitor.assertConsoleEmpty();
    }
  }

  private static String readQr(byte[] png) throws Exception {
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
    int width = image.getWidth();
    int height = image.getHeight();
    int[] pixels = image.getRGB(0, 0, width, height, null, 0, width);
    return new QRCodeReader()
        .decode(
            new BinaryBitmap(new HybridBinarizer(new RGBLuminanceSource(width, height, pixels))))
        .getText();
  }

  private static Page.GetByLabelOptions exact() {
    return new Page.GetByLabelOptions().setExact(true);
  }

  @Test
  void aPhoneGetsALinkThatOpensTheProfileOnce() throws Exception {
    TestWallet wallet = world.newcomer();
    world.gateway().contract().grant(LabGateway.OWNER, wallet.key().address(), Duration.ofHours(1));
    String phone =
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1";
    try (Visitor visitor =
        Visitor.open(
            world, options -> options.setUserAgent(phone).setViewportSize(390, 844), wallet)) {
      visitor.connect().stopTheClock();
      assertThat(visitor.page().getByRole(AriaRole.TAB).first()).hasText("iPhone and iPad");
      visitor.button("Make a link").click();
      String link = visitor.page().getByText("Open in OpenVPN Connect").getAttribute("href");

      assertThat(link).startsWith("openvpn://import-profile/" + world.gateway().shop());
      URI profile = URI.create(link.substring("openvpn://import-profile/".length()));
      String fetched = get(profile).body();
      assertThat(fetched).contains("<auth-user-pass>\n" + wallet.address());
      assertThat(get(profile).statusCode()).isEqualTo(404);

      visitor.button("Make another link").click();
      Locator open = visitor.page().getByText("Open in OpenVPN Connect");
      assertThat(open).not().hasAttribute("href", link);
      visitor.hideTheGatesTime();
      visitor.page().clock().fastForward("10:30");
      assertThat(open).hasCount(0);
      assertThat(visitor.button("Make a link")).isVisible();
      visitor.assertConsoleEmpty();
      try (OpenVpnClient client =
          OpenVpnClient.of(world.gateway().server(), world.gateway().network().addClient())
              .profile(fetched)
              .start()) {
        client.awaitConnected(LabGateway.LONG);
      }
    }
  }

  private static HttpResponse<String> get(URI address) throws Exception {
    return HTTP.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void paysForAnotherWallet() {
    TestWallet giver = world.newcomer();
    TestWallet friend = world.newcomer();
    try (Visitor visitor = Visitor.open(world, giver).connect()) {
      visitor.button("Sign in").click();
      assertThat(visitor.page().locator("#history-none")).isVisible();
      visitor.page().getByText("Pay for another wallet").click();
      Locator field = visitor.page().getByLabel("Whose time is it to be?");
      field.fill(friend.address().substring(0, 41));
      assertThat(visitor.page().locator("#gift-note")).containsText("That is no address");
      field.fill(friend.address());
      visitor.buy("1 hour");

      visitor.assertPaid();
      assertThat(visitor.payment()).containsText("1 hour for " + friend.address());
      assertThat(paidUntil(friend)).isAfter(Instant.now());
      assertThat(paidUntil(giver)).isBefore(Instant.now());
      assertThat(visitor.page().locator("#connect")).isHidden();
      assertThat(visitor.page().locator("#history li")).hasCount(1);
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void paysInATokenByASignedPermit() {
    TestWallet wallet = world.newcomer();
    world.sellForDollars(wallet, Duration.ofHours(2));
    try (Visitor visitor = Visitor.open(world, wallet)) {
      assertThat(visitor.offer("2 hours")).containsText("1.5 TUSD");
      visitor.buy("2 hours");

      visitor.assertPaid();
      assertThat(wallet.asked())
          .filteredOn("eth_sendTransaction"::equals)
          .as("one transaction")
          .hasSize(1);
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void paysInATokenByAnAllowanceWhenTheWalletSignsNoPermits() {
    TestWallet wallet = world.newcomer().failNext("eth_signTypedData_v4", 4200);
    world.sellForDollars(wallet, Duration.ofHours(3));
    try (Visitor visitor = Visitor.open(world, wallet)) {
      visitor.buy("3 hours");

      visitor.assertPaid();
      assertThat(wallet.asked()).filteredOn("eth_sendTransaction"::equals).hasSize(2);
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void findsAPaymentAgainAfterThePageWasClosed() {
    TestWallet wallet = world.newcomer();
    try (Visitor visitor = Visitor.open(world, wallet)) {
      world.stopMining();
      visitor.buy("1 hour");
      assertThat(visitor.payment()).containsText("Waiting for a block");
      visitor.page().reload();
      assertThat(visitor.payment()).containsText("Waiting for a block");
      world.startMining();

      visitor.assertPaid();
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void countsByTheGatesClockAndWarnsBeforeTheEnd() {
    TestWallet wallet = world.newcomer();
    world.gateway().contract().grant(LabGateway.OWNER, wallet.key().address(), Duration.ofHours(1));
    try (Visitor visitor = Visitor.open(world, wallet)) {
      // A visitor whose clock is hours off.
      Duration off = Duration.ofHours(5);
      visitor
          .page()
          .clock()
          .install(new Clock.InstallOptions().setTime(Instant.now().plus(off).toEpochMilli()));
      visitor.page().reload();
      visitor.connect();
      Locator left = visitor.page().locator("#time-left");
      assertThat(left).hasText(Pattern.compile("0:5\\d:\\d\\d"));

      visitor.hideTheGatesTime();
      // From here on it stands still, however long this test takes.
      Instant nineAndAHalfMinutesLeft = paidUntil(wallet).minusSeconds(570);
      visitor.page().clock().pauseAt(nineAndAHalfMinutesLeft.plus(off).toEpochMilli());
      assertThat(visitor.page().locator("#time-hint")).containsText("Less than 10 minutes");
      assertThat(visitor.page().locator("#news")).hasText("Ten minutes of your time are left.");
      visitor.page().clock().fastForward("08:50");
      assertThat(visitor.page().locator("#time-hint")).containsText("Less than a minute");
      assertThat(visitor.page().locator("#news")).hasText("One minute of your time is left.");
      visitor.page().clock().fastForward("01:00");
      assertThat(visitor.heading("Your time is over")).isVisible();
    }
  }

  @Test
  void signsInListsPaymentsAndRevokesEveryProfileAndOneAlone() throws Exception {
    TestWallet wallet = world.newcomer();
    try (Visitor visitor = Visitor.open(world, wallet)) {
      visitor.buy("1 hour");
      visitor.assertPaid();
      String lost = download(visitor);
      // The file is there before the same signature has signed the page in.
      assertThat(visitor.page().locator("#signed-in")).isVisible();
      visitor.page().reload();
      assertThat(visitor.page().locator("#history li"))
          .hasText(Pattern.compile("1 hour for 0\\.001 ETH.*block \\d+.*", Pattern.DOTALL));
      assertThat(visitor.page().locator("#history a"))
          .hasAttribute("href", Pattern.compile("https://explorer\\.example\\.org/tx/0x.{64}"));

      try (OpenVpnClient client = client(lost)) {
        client.awaitConnected(LabGateway.LONG);
        awaitDevice(visitor);
        // What is signed in the second of the revocation is revoked with the rest: that second is
        // not over when the page says that it is done.
        wallet.beforeNext(
            "eth_sendTransaction", () -> world.anvil().increaseTime(Duration.ofSeconds(2)));
        visitor.button("Revoke all profiles").click();
        visitor.button("Revoke all").click();
        assertThat(visitor.alert()).containsText("are revoked");
        client.output().await("[revoked]", LabGateway.LONG);
      }
      // By a signature of its own: the profile's is not what the page is signed in by.
      visitor.button("Sign in").click();
      assertThat(visitor.page().locator("#signed-in")).isVisible();
      try (OpenVpnClient client = client(download(visitor))) {
        client.awaitConnected(LabGateway.LONG);
        awaitDevice(visitor);
        visitor.page().onceDialog(Dialog::accept);
        visitor.page().locator("#devices").getByText("Revoke its profile").click();
        assertThat(visitor.alert()).containsText("That profile is revoked");
        client.output().await("[revoked]", LabGateway.LONG);
        assertThat(visitor.page().locator("#devices li")).hasCount(0);
      }
      try (OpenVpnClient client = client(download(visitor))) {
        client.awaitConnected(LabGateway.LONG);
        awaitDevice(visitor);
        visitor.page().locator("#devices").getByText("Disconnect").click();
        client.output().await("Halt command was pushed", LabGateway.LONG);
        assertThat(visitor.page().locator("#devices li")).hasCount(0);
      }
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void revokesAProfileThatIsNotConnected() throws Exception {
    TestWallet wallet = world.newcomer();
    world.grant(wallet.key(), Duration.ofHours(1));
    try (Visitor visitor = Visitor.open(world, wallet).connect()) {
      String lost = download(visitor);
      visitor.page().getByText("A phone or another device").click();
      visitor.button("Show the code").click();
      Locator made = visitor.page().locator("#profiles li");
      assertThat(made).hasCount(1);
      assertThat(made).containsText("Linux, Scanned code");
      assertThat(made).containsText("not connected");
      try (OpenVpnClient client = client(lost)) {
        client.awaitConnected(LabGateway.LONG);
        assertThat(made).containsText("connected now");
      }
      // It is this browser that remembers, for this wallet.
      visitor.page().reload();
      assertThat(made).containsText("not connected");

      visitor.page().onceDialog(Dialog::accept);
      made.getByText("Revoke it").click();
      assertThat(visitor.alert()).containsText("That profile is revoked");
      assertThat(visitor.page().locator("#made")).isHidden();
      try (OpenVpnClient client = client(lost)) {
        client.output().await("[revoked]", LabGateway.LONG);
      }
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void seesThatADeviceHasLeftWhileItReadsThePayments() throws Exception {
    TestWallet wallet = world.newcomer();
    world.grant(wallet.key(), Duration.ofHours(1));
    try (Visitor visitor = Visitor.open(world, wallet).connect();
        OpenVpnClient client = client(download(visitor))) {
      client.awaitConnected(LabGateway.LONG);
      awaitDevice(visitor);
      Page page = visitor.page();
      // The page itself shall not give up, however slow this test is.
      page.evaluate("AbortSignal.timeout = () => new AbortController().signal");
      List<Route> slow = new ArrayList<>();
      page.route("**/api/me/history", slow::add);
      // More time is what makes it look again.
      page.waitForResponse(
          Pattern.compile("/api/me$"), () -> world.grant(wallet.key(), Duration.ofHours(1)));
      page.waitForCondition(() -> !slow.isEmpty());
      page.locator("#devices").getByText("Disconnect").click();
      assertThat(page.locator("#devices li")).hasCount(0);

      slow.getFirst().fulfill(new Route.FulfillOptions().setBody(onePayment(wallet)));
      assertThat(page.locator("#history li")).hasCount(1);
      assertThat(page.locator("#devices li")).hasCount(0);
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void anOlderListOfPaymentsDoesNotTakeThePlaceOfANewerOne() {
    TestWallet wallet = world.newcomer();
    world.grant(wallet.key(), Duration.ofHours(1));
    try (Visitor visitor = Visitor.open(world, wallet).connect()) {
      visitor.button("Sign in").click();
      assertThat(visitor.page().locator("#history-none")).isVisible();
      Page page = visitor.page();
      page.evaluate("AbortSignal.timeout = () => new AbortController().signal");
      List<Route> slow = new ArrayList<>();
      page.route("**/api/me/history", slow::add);
      for (int looks = 1; looks <= 2; looks++) {
        world.grant(wallet.key(), Duration.ofHours(1));
        int expected = looks;
        page.waitForCondition(() -> slow.size() == expected);
      }

      slow.getLast().fulfill(new Route.FulfillOptions().setBody(onePayment(wallet)));
      assertThat(page.locator("#history li")).hasCount(1);
      page.waitForResponse(
          Pattern.compile("/api/me/history$"),
          () -> slow.getFirst().fulfill(new Route.FulfillOptions().setBody("[]")));
      page.evaluate("async () => { await new Promise((done) => setTimeout(done, 100)) }");
      assertThat(page.locator("#history li")).hasCount(1);
      visitor.assertConsoleEmpty();
    }
  }

  private static String onePayment(TestWallet wallet) {
    return """
    [{"transaction": "0x%064x", "block": 1, "time": 1, "product": 0, "account": "%s", "payer": "%s",
      "price": "1", "paidUntil": 3601}]"""
        .formatted(1, wallet.address(), wallet.address());
  }

  @Test
  void takesAWalletThatDoesNotAnnounceItself() {
    TestWallet wallet = world.newcomer().unannounced();
    try (Visitor visitor = Visitor.open(world, wallet)) {
      // The page waits a moment for wallets that do.
      visitor.page().evaluate("async () => { await new Promise((done) => setTimeout(done, 600)) }");
      visitor.connect();
      assertThat(visitor.page().locator("#wallet-name")).hasAttribute("title", wallet.address());
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void asksWhichOfSeveralWallets() {
    TestWallet first = world.newcomer().named("First Fox");
    TestWallet second = world.newcomer().named("Second Fox");
    try (Visitor visitor = Visitor.open(world, first, second)) {
      visitor.button("Connect wallet").click();
      assertThat(visitor.heading("Choose a wallet")).isVisible();
      visitor.button("Second Fox").click();

      assertThat(visitor.page().locator("#wallet-name")).hasAttribute("title", second.address());
      assertThat(first.asked()).isEqualTo(List.of());
      visitor.assertConsoleEmpty();
    }
  }
}
