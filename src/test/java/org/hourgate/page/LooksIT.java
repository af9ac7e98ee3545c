package org.hourgate.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Locale;
import org.hourgate.app.lab.LabGateway;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The page can be used by everybody: by eye and ear, by keyboard, on a phone, without script. */
@Execution(CONCURRENT)
@ResourceLock("LooksIT")
final class LooksIT {

  @RegisterExtension
  static final PageWorld world =
      PageWorld.named("Home gateway")
          .selling(
              "place: \"Vienna, Austria\", speed: \"100 Mbit/s down, 20 up\", notes: [\"No mail servers.\"],"
                  + " fiat: { currency: EUR, as-of: 2026-11-21, per-ether: 2450.50 }");

  @BeforeAll
  static void offers() {
    world.sell(Duration.ofHours(1));
    world.sell(Duration.ofHours(6), Visitor.PRICE.multiply(BigInteger.valueOf(5)));
    world.sell(Duration.ofDays(1), Visitor.PRICE.multiply(BigInteger.valueOf(12)));
    // The chain knows of an offer a moment before the gate; without script it is read only once.
    try (Visitor visitor = Visitor.open(world)) {
      assertThat(visitor.offer("1 day")).isVisible();
    }
  }

  enum Look {
    LIGHT,
    DARK,
    NARROW;

    NewContextOptions apply(NewContextOptions options) {
      return switch (this) {
        case LIGHT -> options;
        case DARK -> options.setColorScheme(ColorScheme.DARK);
        case NARROW -> options.setViewportSize(390, 844);
      };
    }
  }

  @ParameterizedTest
  @EnumSource
  void nothingStandsInAnybodysWay(Look look) {
    TestWallet wallet = world.newcomer();
    String name = look.name().toLowerCase(Locale.ROOT);
    try (Visitor visitor = Visitor.open(world, look::apply, wallet)) {
      Page page = visitor.page();
      assertThat(visitor.offer("1 hour").getByText("Buy")).isEnabled();
      page.getByText("Pay for another wallet").click();
      assertTellsWhatIsBoughtBeforeItIsPaid(visitor);
      visitor.assertAccessible();
      visitor.screenshot("start-" + name);
      page.getByText("Pay for another wallet").click();
      visitor.view("view-start-" + name);

      wallet.failNext("eth_sendTransaction", 4001);
      visitor.buy("1 hour");
      visitor.assertRefused("You declined.");
      visitor.assertAccessible();
      visitor.screenshot("refused-" + name);

      world.stopMining();
      visitor.buy("1 hour");
      assertThat(visitor.payment()).containsText("Waiting for a block");
      visitor.assertAccessible();
      visitor.screenshot("pending-" + name);
      world.startMining();
      visitor.assertPaid();
      page.getByText("User name and password, to paste").click();
      visitor.button("Show them").click();
      page.getByText("A phone or another device").click();
      visitor.button("Show the code").click();
      assertThat(page.locator(".qr")).isVisible();
      assertThat(page.locator("#history li")).hasCount(1);
      assertThat(page.locator("#profiles li")).hasCount(1);
      visitor.assertAccessible();
      visitor.screenshot("paid-" + name);

      visitor.button("Revoke all profiles").click();
      assertThat(visitor.heading("Revoke all profiles?")).isVisible();
      visitor.assertAccessible();
      visitor.view("view-revoke-" + name);
      visitor.button("Keep them").click();
      page.getByText("User name and password, to paste").click();
      page.getByText("A phone or another device").click();
      visitor.button("Close").first().click();
      assertThat(visitor.payment()).isHidden();
      visitor.view("view-customer-" + name);
      assertThat((Number) page.evaluate("document.documentElement.scrollWidth - innerWidth"))
          .isEqualTo(0);
      visitor.assertConsoleEmpty();
    }
  }

  private static void assertTellsWhatIsBoughtBeforeItIsPaid(Visitor visitor) {
    assertThat(visitor.offer("1 hour")).containsText("about 2.45 EUR");
    assertThat(visitor.page().locator("#fiat")).containsText("by the seller’s rates of 2026-11-21");
    Locator seller = visitor.page().locator("#seller");
    assertThat(seller).containsText("Place: Vienna, Austria");
    assertThat(seller).containsText("Speed: 100 Mbit/s down, 20 up");
    assertThat(seller).containsText("No mail servers.");
    assertThat(seller.boundingBox().y).isLessThan(visitor.offer("1 hour").boundingBox().y);
  }

  @Test
  void isReadWithoutScript() {
    try (Visitor visitor = Visitor.open(world, options -> options.setJavaScriptEnabled(false))) {
      assertThat(visitor.page().locator("#status-text")).hasText("Up: you can connect now.");
      assertThat(visitor.offer("1 hour")).containsText("0.001 ETH");
      assertTellsWhatIsBoughtBeforeItIsPaid(visitor);
      assertThat(visitor.page().locator("#how"))
          .containsText("it runs from the payment on, connected or not.");
      assertThat(visitor.page().locator("footer"))
          .containsText(world.gateway().contract().address().checksummed());
      assertThat(visitor.page().getByText("Paying on this page needs JavaScript.")).isVisible();
      visitor.screenshot("without-script");
    }
  }

  @Test
  void isBoughtFromWithTheKeyboardAlone() {
    TestWallet wallet = world.newcomer();
    world.gateway().contract().grant(LabGateway.OWNER, wallet.key().address(), Duration.ofHours(1));
    try (Visitor visitor = Visitor.open(world, wallet).connect()) {
      Page page = visitor.page();
      assertThat(page.getByRole(AriaRole.TAB).first()).isVisible();
      page.locator("#systems [aria-selected=true]").focus();
      page.keyboard().press("ArrowRight");
      assertThat(page.locator("#system")).containsText("OpenVPN for Windows");
      page.keyboard().press("End");
      page.keyboard().press("Tab");
      page.keyboard().press("Tab");
      page.keyboard().press("Tab");
      assertThat(visitor.button("Make a link")).isFocused();

      visitor.offer("6 hours").getByText("Extend").focus();
      page.keyboard().press("Enter");
      visitor.assertPaid();
      assertThat(visitor.heading("Connect a device")).isFocused();
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void letsNoScriptInThatIsNotItsOwn() {
    try (Visitor visitor = Visitor.open(world)) {
      Object refused =
          visitor
              .page()
              .evaluate(
                  "() => { try { document.body.innerHTML = '<b>x</b>'; return 'taken' }"
                      + " catch (e) { return e.name } }");
      assertThat(refused).isEqualTo("TypeError");
    }
  }
}
