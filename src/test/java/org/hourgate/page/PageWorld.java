package org.hourgate.page;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.hourgate.app.lab.Anvil;
import org.hourgate.app.lab.LabGateway;
import org.hourgate.app.lab.LabProcess;
import org.hourgate.app.lab.OpenVpnServer;
import org.hourgate.chain.HourgateContract;
import org.hourgate.credential.WalletAddress;
import org.hourgate.credential.WalletKey;
import org.hourgate.testing.Programs;
import org.hourgate.testing.TestDollar;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * One {@link LabGateway} with a running gate and one Chromium for all tests of a class. When a test
 * fails, what the gate said is printed. Used by one thread: Playwright wants it so.
 */
final class PageWorld implements BeforeAllCallback, AfterAllCallback, TestWatcher {

  private final UnaryOperator<OpenVpnServer.Builder> serverSettings;
  private final UnaryOperator<String> settings;
  private @Nullable LabGateway gateway;
  private @Nullable LabProcess gate;
  private @Nullable Playwright playwright;
  private @Nullable Browser browser;

  private PageWorld(
      UnaryOperator<OpenVpnServer.Builder> serverSettings, UnaryOperator<String> settings) {
    this.serverSettings = serverSettings;
    this.settings = settings;
  }

  private PageWorld(UnaryOperator<String> settings) {
    this(server -> server, settings);
  }

  static PageWorld standard() {
    return new PageWorld(text -> text);
  }

  static PageWorld named(String name) {
    return new PageWorld(text -> text.replace("name: \"Test\"", "name: \"" + name + "\""));
  }

  /** The same with more keys of {@code shop}. */
  PageWorld selling(String moreOfShop) {
    return new PageWorld(
        serverSettings,
        text -> settings.apply(text).replace("shop: {", "shop: { " + moreOfShop + ","));
  }

  /** The same with more lines in the gate's configuration. */
  static PageWorld with(String moreSettings) {
    return new PageWorld(text -> text + moreSettings + "\n");
  }

  /** A server with more lines in its configuration, and a gate with more in its own. */
  static PageWorld with(UnaryOperator<OpenVpnServer.Builder> serverSettings, String moreSettings) {
    return new PageWorld(serverSettings, text -> text + moreSettings + "\n");
  }

  /** A gate that lets a wallet in only when so many blocks know of its payment. */
  static PageWorld confirming(int blocks) {
    return new PageWorld(text -> text.replace("poll:", "confirmations: " + blocks + ", poll:"));
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    LabGateway world = LabGateway.create(serverSettings);
    gateway = world;
    Path file = world.configuration();
    Files.writeString(file, settings.apply(Files.readString(file)));
    gate = world.startGate();
    playwright =
        Playwright.create(
            new Playwright.CreateOptions()
                .setEnv(
                    Map.of(
                        "PLAYWRIGHT_NODEJS_PATH",
                        Programs.find("node").toString(),
                        "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD",
                        "1")));
    browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setTimeout(120_000) // Several may start at once.
                    .setExecutablePath(
                        Programs.find("chromium", "chromium-browser", "google-chrome"))
                    .setArgs(
                        List.of(
                            "--no-sandbox", // As root there is none.
                            "--disable-gpu",
                            "--disable-quic",
                            "--no-first-run",
                            "--disable-background-networking",
                            "--disable-component-update",
                            "--disable-sync",
                            "--disable-dev-shm-usage")));
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (playwright != null) {
      playwright.close();
    }
    if (gateway != null) {
      gateway.close();
    }
  }

  @Override
  public void testFailed(ExtensionContext context, @Nullable Throwable cause) {
    if (gate != null) {
      System.err.println("--- the gate:");
      gate.output().lines().forEach(line -> System.err.println(line.readAt() + " " + line.text()));
    }
  }

  /** Ends the gate and starts it with these arguments. */
  void restartGate(String... arguments) {
    gateway().stopGate();
    gate = gateway().startGate(arguments);
  }

  /** The gate stands still, its connections stay open. */
  void freezeGate() {
    gate().signal("STOP");
  }

  void thawGate() {
    gate().signal("CONT");
  }

  private LabProcess gate() {
    if (gate == null) {
      throw new IllegalStateException("not started yet");
    }
    return gate;
  }

  LabGateway gateway() {
    if (gateway == null) {
      throw new IllegalStateException("not started yet");
    }
    return gateway;
  }

  Anvil anvil() {
    return gateway().anvil();
  }

  Browser browser() {
    if (browser == null) {
      throw new IllegalStateException("not started yet");
    }
    return browser;
  }

  /** A wallet of somebody who has never been here, with an ether to spend. */
  TestWallet newcomer() {
    return TestWallet.with(anvil(), 1);
  }

  /** Puts time on sale for a thousandth of an ether; returns the product's number. */
  long sell(Duration duration) {
    return sell(duration, Visitor.PRICE);
  }

  long sell(Duration duration, BigInteger wei) {
    return gateway().contract().addProduct(LabGateway.OWNER, wei, duration);
  }

  /** Gives the wallet so much more time. */
  void grant(WalletKey wallet, Duration time) {
    gateway().contract().grant(LabGateway.OWNER, wallet.address(), time);
  }

  /** Puts time on sale for a dollar and a half, and gives the wallet many; returns the token. */
  WalletAddress sellForDollars(TestWallet wallet, Duration duration) {
    return sellFor(
        TestDollar.deploy(gateway().contract().transactor(), LabGateway.OWNER), wallet, duration);
  }

  /** The same, for a token that is as awkward as USDT. */
  WalletAddress sellForTether(TestWallet wallet, Duration duration) {
    return sellFor(
        TestDollar.deployTether(gateway().contract().transactor(), LabGateway.OWNER),
        wallet,
        duration);
  }

  private WalletAddress sellFor(WalletAddress token, TestWallet wallet, Duration duration) {
    HourgateContract contract = gateway().contract();
    TestDollar.mint(
        contract.transactor(), LabGateway.OWNER, token, wallet.key().address(), 1_500_000);
    contract.addProduct(LabGateway.OWNER, token, BigInteger.valueOf(1_500_000), duration);
    return token;
  }

  /** Lets transactions wait until {@link #startMining}, or for blocks that the test mines. */
  void stopMining() {
    anvil().call("evm_setIntervalMining", 0);
  }

  void startMining() {
    anvil().call("evm_setIntervalMining", 1);
  }
}
