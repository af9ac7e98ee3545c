package org.hourgate.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.PlaywrightException;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** Somebody who looks at the page in a fresh browser. Used by one thread. */
final class Visitor implements AutoCloseable {

  static final BigInteger PRICE = BigInteger.TEN.pow(15);

  private static final Path AXE = Path.of("src/main/web/node_modules/axe-core/axe.min.js");
  private static final double PATIENCE = 60_000;
  private static final Pattern GONE = Pattern.compile("has been closed|disposed");

  private final BrowserContext context;
  private final Page page;
  private final List<String> console = new ArrayList<>();

  private Visitor(
      PageWorld world, UnaryOperator<Browser.NewContextOptions> options, TestWallet... wallets) {
    PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE);
    context =
        world
            .browser()
            .newContext(
                options.apply(
                    new Browser.NewContextOptions()
                        .setBaseURL(world.gateway().shop().toString())
                        .setViewportSize(1100, 900)
                        .setColorScheme(ColorScheme.LIGHT)
                        .setReducedMotion(ReducedMotion.REDUCE)
                        .setLocale("en-GB")
                        .setTimezoneId("Europe/Berlin")));
    context.setDefaultTimeout(PATIENCE);
    context.exposeFunction(
        "__wallet", said -> wallets[((Number) said[0]).intValue()].answer((String) said[1]));
    for (int i = 0; i < wallets.length; i++) {
      context.addInitScript(wallets[i].script(i));
    }
    context.addInitScript(AXE);
    page = context.newPage();
    page.onConsoleMessage(message -> console.add(message.type() + ": " + message.text()));
    page.onPageError(error -> console.add("error: " + error));
    page.navigate("/");
  }

  static Visitor open(PageWorld world, TestWallet... wallets) {
    return new Visitor(world, options -> options, wallets);
  }

  static Visitor open(
      PageWorld world, UnaryOperator<Browser.NewContextOptions> options, TestWallet... wallets) {
    return new Visitor(world, options, wallets);
  }

  Page page() {
    return page;
  }

  Visitor connect() {
    button("Connect wallet").click();
    assertThat(button("Disconnect wallet")).isVisible();
    return this;
  }

  Locator button(String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  Locator heading(String name) {
    return page.getByRole(
        AriaRole.HEADING, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  /** The offer of this length: its card. */
  Locator offer(String title) {
    return page.locator(".offer")
        .filter(
            new Locator.FilterOptions()
                .setHas(
                    page.getByRole(
                        AriaRole.HEADING,
                        new Page.GetByRoleOptions().setName(title).setExact(true))));
  }

  /** Presses the button on the offer's card, whatever it says. */
  void buy(String title) {
    offer(title).getByRole(AriaRole.BUTTON).click();
  }

  Locator payment() {
    return page.locator("#payment");
  }

  Locator alert() {
    return page.locator("#alert");
  }

  /** The wallet with this number tells the page something of its own accord. */
  void emit(int wallet, String event, Object value) {
    page.evaluate("([n, event, value]) => __emit[n](event, value)", List.of(wallet, event, value));
  }

  /** The wallet has sent the payment, whatever has become of it by the time one looks. */
  void assertSent() {
    assertThat(payment())
        .containsText(
            Pattern.compile("Waiting for a block|Confirmed|The gate has seen your payment"));
  }

  void assertPaid() {
    assertThat(heading("Paid")).isVisible();
  }

  void assertRefused(String words) {
    assertThat(alert()).containsText(words);
    assertThat(payment()).isHidden();
  }

  /** Axe finds nothing in anybody's way. */
  void assertAccessible() {
    assertThat(
            (List<?>)
                page.evaluate(
                    "async () => (await axe.run()).violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.html + ' ' + n.failureSummary).join('; '))"))
        .isEqualTo(List.of());
  }

  void screenshot(String name) {
    page.screenshot(
        new Page.ScreenshotOptions()
            .setPath(Path.of("target", "page", name + ".png"))
            .setFullPage(true));
  }

  /** Opens the page anew, with a clock that the test can turn on. */
  void stopTheClock() {
    page.clock().install();
    page.reload();
  }

  /** From now on the page does not learn from the gate that the test turns its clock on. */
  void hideTheGatesTime() {
    page.route(
        Pattern.compile("/api/(gateway|offers|access|me)\\b"),
        route -> {
          APIResponse answer = route.fetch();
          Map<String, String> headers = new HashMap<>(answer.headers());
          headers.remove("date");
          route.fulfill(new Route.FulfillOptions().setResponse(answer).setHeaders(headers));
        });
  }

  /** From now on the page hears of the gateway by this alone, and by no event. */
  void hearAs(UnaryOperator<String> changed) {
    page.route("**/api/events*", Route::abort);
    page.route(
        "**/api/gateway",
        route -> {
          APIResponse answer = route.fetch();
          route.fulfill(
              new Route.FulfillOptions().setResponse(answer).setBody(changed.apply(answer.text())));
        });
  }

  /** What is in the window when one is at the top. */
  void view(String name) {
    page.evaluate("scrollTo(0, 0)");
    page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target", "page", name + ".png")));
  }

  /** Nothing stands on the console, and nothing will be looked at there any more. */
  void assertConsoleEmpty() {
    assertThat(console).isEmpty();
  }

  List<String> console() {
    return List.copyOf(console);
  }

  @Override
  public void close() {
    try {
      context.close();
    } catch (PlaywrightException e) {
      // The page was just asking its wallet or the gate something: it will not hear the answer.
      if (!GONE.matcher(String.valueOf(e.getMessage())).find()) {
        throw e;
      }
    }
  }
}
