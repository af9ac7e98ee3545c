package org.hourgate.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import com.microsoft.playwright.Dialog;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.hourgate.credential.WalletKey;
import org.hourgate.operator.AdminClient;
import org.hourgate.operator.AdminRequest;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Wallets that are absent, busy, locked, elsewhere, or not the one they were a moment ago. */
@Execution(CONCURRENT)
@ResourceLock("WalletTroubleIT")
final class WalletTroubleIT {

  @RegisterExtension static final PageWorld world = PageWorld.standard();

  @BeforeAll
  static void offers() {
    world.sell(Duration.ofHours(1));
    world.sell(Duration.ofHours(2));
  }

  @Test
  void aBusyWalletIsPointedAt() {
    TestWallet wallet = world.newcomer().failNext("eth_requestAccounts", -32002);
    try (Visitor visitor = Visitor.open(world, wallet)) {
      visitor.buy("1 hour");
      assertThat(visitor.alert()).containsText("it still has an open question");
      visitor.connect();
      assertThat(visitor.alert()).isEmpty();
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void aLockedWalletIsToBeUnlocked() {
    TestWallet wallet = world.newcomer().locked();
    try (Visitor visitor = Visitor.open(world, wallet)) {
      visitor.buy("1 hour");
      assertThat(visitor.alert()).containsText("Your wallet is locked");
      wallet.unlock();
      visitor.connect();
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void withoutAWalletThePageSaysWhatOneIs() {
    try (Visitor visitor = Visitor.open(world)) {
      visitor.buy("1 hour");
      assertThat(visitor.heading("A wallet is needed to pay")).isVisible();
      assertThat(visitor.page().getByText("in MetaMask"))
          .hasAttribute(
              "href",
              "https://link.metamask.io/dapp/" + world.gateway().shop().getAuthority() + "/");
      visitor.page().keyboard().press("Escape");
      assertThat(visitor.heading("A wallet is needed to pay")).isHidden();
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void aWalletOnAnotherChainIsToldBothNamesAndSwitchedOverByAButton() {
    TestWallet wallet = world.newcomer().on("0x1");
    try (Visitor visitor = Visitor.open(world, wallet).connect()) {
      assertThat(visitor.page().locator("#chain-text"))
          .hasText(Pattern.compile("Your wallet is on Ethereum; .*\\(chain 31337\\)\\."));
      wallet.failNext("wallet_switchEthereumChain", 4001);
      visitor.buy("1 hour");
      visitor.assertRefused("Nothing was paid.");

      visitor.page().locator("#chain-button").click();
      visitor.emit(0, "chainChanged", TestWallet.HOME_CHAIN);
      assertThat(visitor.page().locator("#chain-banner")).isHidden();
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void whereTheLastWalletIsIsNotTakenForWhereThisOneIs() {
    TestWallet first = world.newcomer().named("First Fox").on("0x1");
    TestWallet second = world.newcomer().named("Second Fox");
    try (Visitor visitor = Visitor.open(world, first, second)) {
      visitor
          .page()
          .evaluate(
              """
              () => {
                const ask = __wallet;
                const late = new Promise((resolve) => { window.__answer = resolve });
                __wallet = async (wallet, question) => {
                  const answer = await ask(wallet, question);
                  if (wallet === 0 && question.includes('eth_chainId')) await late;
                  return answer;
                };
              }
              """);
      connectAs(visitor, "First Fox");
      visitor.page().waitForCondition(() -> first.asked().contains("eth_chainId"));
      visitor.button("Disconnect wallet").click();
      connectAs(visitor, "Second Fox");
      assertThat(visitor.page().locator("#fee")).isVisible();

      visitor.page().evaluate("__answer()");
      visitor.page().evaluate("0"); // By then the page has drawn it.
      assertThat(visitor.page().locator("#chain-banner")).isHidden();
      assertThat(visitor.page().locator("#fee")).isVisible();
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void aWalletThatDoesNotKnowTheChainGetsItAdded() {
    TestWallet wallet = world.newcomer().on("0x1").knowingOnly("0x1");
    try (Visitor visitor = Visitor.open(world, wallet)) {
      visitor.buy("1 hour");
      visitor.assertSent();
      assertThat(wallet.asked()).contains("wallet_addEthereumChain");
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void aWalletThatDoesNotKnowTheChainIsExplainedWhereThePageHasNoNodeToTellIt() {
    TestWallet wallet = world.newcomer().on("0x1").knowingOnly("0x1");
    try (Visitor visitor = Visitor.open(world, wallet)) {
      visitor.hearAs(said -> said.replaceFirst("\"rpcUrls\":\\[[^]]*]", "\"rpcUrls\":[]"));
      visitor.page().reload();
      visitor.buy("1 hour");
      visitor.assertRefused("Add that network in your wallet’s settings");
      assertThat(wallet.asked()).doesNotContain("wallet_addEthereumChain");
    }
  }

  @Test
  void aWalletThatDoesNotAnswerIsPointedAtWhicheverOfferIsPressedThen() {
    TestWallet wallet = world.newcomer();
    try (Visitor visitor = Visitor.open(world, wallet)) {
      visitor.page().evaluate("() => { __wallet = () => new Promise(() => {}) }");
      visitor.buy("1 hour");
      assertThat(visitor.offer("1 hour").locator("button")).hasAttribute("aria-busy", "true");
      visitor.buy("2 hours");
      assertThat(visitor.alert()).containsText("it still has an open question");
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void aRevocationThatDoesNotComeAboutIsExplained() {
    TestWallet wallet = world.newcomer();
    try (Visitor visitor = Visitor.open(world, wallet).connect()) {
      visitor.button("Sign in").click();
      wallet.on("0x1").failNext("wallet_switchEthereumChain", 4001);
      revokeAll(visitor);
      assertThat(visitor.alert()).containsText("revoking needs");
      assertThat(visitor.alert()).containsText("Nothing was revoked.");

      wallet.on(TestWallet.HOME_CHAIN);
      world.stopMining();
      revokeAll(visitor);
      visitor.page().waitForCondition(() -> !wallet.lastTransaction().isEmpty());
      world.anvil().call("anvil_dropTransaction", wallet.lastTransaction());
      assertThat(visitor.alert()).containsText("your wallet replaced or cancelled it");
      assertThat(visitor.button("Revoke all profiles")).not().hasAttribute("aria-busy", "true");
      visitor.assertConsoleEmpty();
    } finally {
      world.startMining();
    }
  }

  private static void revokeAll(Visitor visitor) {
    visitor.button("Revoke all profiles").click();
    visitor.button("Revoke all").click();
  }

  private static void showPassword(Visitor visitor) {
    visitor.page().getByText("User name and password, to paste").click();
    visitor.button("Show them").click();
    assertThat(visitor.page().locator("#password input")).hasCount(2);
  }

  @Test
  void whatWasRevokedElsewhereIsNoLongerShown() {
    TestWallet wallet = world.newcomer();
    world.grant(wallet.key(), Duration.ofHours(1));
    try (Visitor visitor = Visitor.open(world, wallet).connect()) {
      showPassword(visitor);
      world.gateway().contract().revokeCredentials(wallet.key());

      assertThat(visitor.page().locator("#password input")).hasCount(0);
      visitor.button("Show them").click();
      assertThat(visitor.page().locator("#password input")).hasCount(2);
      assertThat(wallet.asked()).filteredOn("personal_sign"::equals).hasSize(2);
    }
  }

  @Test
  void aProfileThatWasRevokedInAnotherTabIsNotHandedOutAgain() {
    TestWallet wallet = world.newcomer();
    world.grant(wallet.key(), Duration.ofHours(1));
    try (Visitor visitor = Visitor.open(world, wallet).connect()) {
      visitor.button("Sign in").click();
      assertThat(visitor.heading("Payments")).isVisible();
      visitor.page().waitForDownload(() -> visitor.button("Download profile").click());
      Page other = visitor.page().context().newPage();
      other.navigate("/");
      other.onceDialog(Dialog::accept);
      other.getByText("Revoke it").click();
      assertThat(other.locator("#alert")).containsText("That profile is revoked");

      visitor.page().getByText("User name and password, to paste").click();
      visitor.button("Show them").click();
      assertThat(visitor.alert()).containsText("Try again: it signs anew.");
      assertThat(visitor.page().locator("#password input")).hasCount(0);
      visitor.page().waitForDownload(() -> visitor.button("Download profile").click());
      assertThat(visitor.alert()).isEmpty();
    }
  }

  @Test
  void aPasswordThatIsRevokedInAnotherTabIsTakenOffThePage() {
    TestWallet wallet = world.newcomer();
    world.grant(wallet.key(), Duration.ofHours(1));
    try (Visitor visitor = Visitor.open(world, wallet).connect()) {
      showPassword(visitor);
      assertThat(visitor.heading("Payments")).isVisible();
      Page other = visitor.page().context().newPage();
      other.navigate("/");
      other.onceDialog(Dialog::accept);
      other.getByText("Revoke it").click();

      assertThat(visitor.page().locator("#password input")).hasCount(0);
    }
  }

  @Test
  void aSecondWalletThatSignsInInAnotherTabSignsTheFirstOut() {
    TestWallet first = world.newcomer().named("First Fox");
    TestWallet second = world.newcomer().named("Second Fox");
    try (Visitor visitor = Visitor.open(world, first, second)) {
      connectAs(visitor, "First Fox");
      visitor.stopTheClock();
      visitor.button("Sign in").click();
      assertThat(visitor.heading("Payments")).isVisible();
      Page other = visitor.page().context().newPage();
      other.navigate("/");
      other.getByText("Disconnect wallet").click();
      other.getByText("Connect wallet").click();
      other.getByText("Second Fox").click();
      other.getByText("Sign in", new Page.GetByTextOptions().setExact(true)).click();
      assertThat(other.getByText("Lost a device?")).isVisible();

      visitor.page().clock().fastForward("01:01");
      assertThat(visitor.heading("Payments")).isHidden();
      // And the second stays.
      other.reload();
      assertThat(other.getByText("Lost a device?")).isVisible();
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void aLateSignOutOfOneWalletDoesNotSignTheNextOneOut() {
    TestWallet first = world.newcomer().named("First Fox");
    TestWallet second = world.newcomer().named("Second Fox");
    try (Visitor visitor = Visitor.open(world, first, second)) {
      connectAs(visitor, "First Fox");
      visitor.button("Sign in").click();
      assertThat(visitor.heading("Payments")).isVisible();
      List<Route> late = new ArrayList<>();
      List<Route> next = new ArrayList<>();
      visitor
          .page()
          .route(
              "**/api/session",
              route -> {
                if (route.request().method().equals("DELETE")) {
                  late.add(route);
                } else {
                  next.add(route);
                  route.resume();
                }
              });
      visitor.button("Disconnect wallet").click();
      connectAs(visitor, "Second Fox");
      visitor.page().waitForCondition(() -> !late.isEmpty());
      visitor.button("Sign in").click();
      visitor.page().waitForCondition(() -> second.asked().contains("personal_sign"));
      visitor.page().evaluate("0"); // By then the page has the signature.
      assertThat(next).isEmpty();

      late.getFirst().resume();
      assertThat(visitor.heading("Payments")).isVisible();
      visitor.page().reload();
      assertThat(visitor.heading("Payments")).isVisible();
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void aBannedWalletReadsThatItIsBeforeItPays() throws Exception {
    TestWallet wallet = world.newcomer();
    AdminClient.ask(
        world.gateway().configuration().resolveSibling("admin.sock"),
        AdminRequest.ban(wallet.address(), "mail flood").banForever());
    try (Visitor visitor = Visitor.open(world, wallet).connect()) {
      visitor.button("Sign in").click();
      assertThat(visitor.page().locator("#offers-note"))
          .containsText("The seller has banned this wallet: mail flood. It can not connect.");
      assertThat(visitor.page().locator(".offer button").first()).isDisabled();
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void anotherAccountSeesNothingOfTheFirst() {
    TestWallet wallet = world.newcomer();
    String first = wallet.address();
    world.grant(wallet.key(), Duration.ofHours(1));
    try (Visitor visitor = Visitor.open(world, wallet).connect()) {
      visitor.button("Sign in").click();
      assertThat(visitor.heading("Payments")).isVisible();
      showPassword(visitor);
      Locator password = visitor.page().locator("#password input").first();
      assertThat(password).hasValue(first);
      visitor.emit(0, "accountsChanged", List.of(first.toLowerCase(Locale.ROOT)));
      assertThat(password).hasValue(first);

      wallet.switchTo(TestWallet.newKey(world.anvil(), 1));
      visitor.emit(0, "accountsChanged", List.of(wallet.address()));
      assertThat(visitor.page().locator("#wallet-name")).hasAttribute("title", wallet.address());
      assertThat(password).hasCount(0);
      assertThat(visitor.heading("Payments")).isHidden();
      assertThat(visitor.page().locator("#time")).isHidden();

      wallet.locked();
      visitor.emit(0, "accountsChanged", List.of());
      assertThat(visitor.button("Connect wallet")).isVisible();
      assertThat(visitor.page().locator("body")).not().containsText(first);
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void aSignatureThatComesWhenItsWalletHasLeftShowsNothing() {
    TestWallet wallet = world.newcomer();
    WalletKey second = TestWallet.newKey(world.anvil(), 1);
    world.grant(wallet.key(), Duration.ofHours(1));
    world.grant(second, Duration.ofHours(2));
    try (Visitor visitor = Visitor.open(world, wallet).connect()) {
      visitor.page().getByText("User name and password, to paste").click();
      wallet.switchWhileSigning(second);
      visitor.button("Show them").click();
      assertThat(visitor.page().locator("#wallet-name"))
          .hasAttribute("title", second.address().checksummed());
      assertThat(visitor.page().locator("#time-left"))
          .hasText(Pattern.compile("1:[0-5]\\d:\\d\\d"));
      assertThat(visitor.page().locator("#password input")).hasCount(0);

      visitor.button("Show them").click();
      assertThat(visitor.page().locator("#password input").first())
          .hasValue(second.address().checksummed());
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void aDeclinedOrUnfitSignatureIsExplained() {
    TestWallet wallet = world.newcomer().failNext("personal_sign", 4001);
    try (Visitor visitor = Visitor.open(world, wallet).connect()) {
      visitor.button("Sign in").click();
      assertThat(visitor.alert()).containsText("You declined the signature.");
      wallet.answerNext("personal_sign", "0x" + "ab".repeat(300));
      visitor.button("Sign in").click();
      assertThat(visitor.alert()).containsText("This wallet is a contract");
      visitor.button("Sign in").click();
      assertThat(visitor.heading("Payments")).isVisible();
      assertThat(visitor.page().locator("#devices-limit"))
          .hasText("One device at a time: another one takes the place of the oldest.");
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void thePaymentsOfTwoWalletsAreBothFoundAgain() {
    TestWallet first = world.newcomer().named("First Fox");
    TestWallet second = world.newcomer().named("Second Fox");
    try (Visitor visitor = Visitor.open(world, first, second)) {
      keepPaymentsOfManyOthers(visitor);
      connectAs(visitor, "First Fox");
      world.stopMining();
      visitor.buy("1 hour");
      visitor.assertSent();
      visitor.button("Disconnect wallet").click();
      assertThat(visitor.payment()).isHidden();
      connectAs(visitor, "Second Fox");
      visitor.buy("1 hour");
      visitor.assertSent();
      assertThat(((Number) visitor.page().evaluate(KEPT + ".length")).intValue()).isEqualTo(8);
      world.startMining();
      visitor.assertPaid();

      visitor.button("Disconnect wallet").click();
      connectAs(visitor, "First Fox");
      visitor.assertPaid();
      assertThat(visitor.payment()).containsText(first.lastTransaction());
      visitor.assertConsoleEmpty();
    } finally {
      world.startMining();
    }
  }

  private static final String KEPT =
      "Object.keys(localStorage).filter((key) => key.startsWith('hourgate.payment'))";

  private static void keepPaymentsOfManyOthers(Visitor visitor) {
    visitor
        .page()
        .evaluate(
            "() => { for (let i = 0; i < 20; i++)"
                + " localStorage.setItem(`hourgate.payment.1.0x${i}.0x1`, `{\"sentAt\":${i}}`) }");
  }

  private static void connectAs(Visitor visitor, String wallet) {
    visitor.button("Connect wallet").click();
    visitor.button(wallet).click();
    assertThat(visitor.button("Disconnect wallet")).isVisible();
  }
}
