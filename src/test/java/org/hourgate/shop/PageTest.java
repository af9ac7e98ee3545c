package org.hourgate.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hourgate.shop.ShopWorld.BOB;
import static org.hourgate.shop.ShopWorld.NOW;

import java.math.BigInteger;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hourgate.chain.Offer;
import org.hourgate.chain.Product;
import org.hourgate.chain.Shelf;
import org.hourgate.infrastructure.health.HealthCheck;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The page as it is served, without a browser. */
final class PageTest {

  private static final Pattern ASSET =
      Pattern.compile("/assets/[a-z]+\\.[0-9a-f]{16}\\.(js|css|svg)");

  @TempDir private Path folder;
  private ShopWorld shop;

  @BeforeEach
  void start() throws Exception {
    Assumptions.assumeTrue(
        PageTest.class.getResource("/web/index.html") != null, "built with -DskipWeb");
    shop = new ShopWorld(folder);
  }

  @AfterEach
  void close() {
    if (shop != null) {
      shop.close();
    }
  }

  @Test
  void showsOffersAndStatusWithoutScript() throws Exception {
    shop.storefront.shelf(
        new Shelf(
            List.of(
                offer(0, "2500000000000000", Duration.ofHours(1), true),
                offer(1, "1", Duration.ofDays(400), false),
                offer(2, "1500000000000000", Duration.ofMinutes(90), true)),
            BOB.address(),
            false,
            NOW));

    String page = shop.get("/").body();

    assertThat(page)
        .contains("<h3>1 hour</h3><p class=\"price\">0.0025 ETH</p>")
        .contains("about 6.13 EUR")
        .contains("What it comes to in EUR is by the seller’s rates of 2026-11-21.")
        .contains("0.0015 ETH")
        .contains("1 hour 30 minutes")
        .doesNotContain("400 days")
        .contains("Up: you can connect now.")
        .contains("vpn.example.org:8443");
    assertThat(page.indexOf("<strong>Place:</strong> Vienna"))
        .isBetween(0, page.indexOf("0.0015 ETH"));
    assertThat(page.indexOf("Hot &amp;")).isBetween(0, page.indexOf("0.0015 ETH"));
    assertThat(page.indexOf("0.0015 ETH")).isLessThan(page.indexOf("0.0025 ETH"));
  }

  @Test
  void saysNothingOfWorthWhereTheSellerGaveNoRate() throws Exception {
    Product inUnknownToken =
        new Product(0, Optional.of(BOB.address()), BigInteger.TEN, Duration.ofHours(1), true);
    shop.storefront.shelf(
        new Shelf(List.of(new Offer(inUnknownToken, "USDX", 1)), BOB.address(), false, NOW));

    assertThat(shop.get("/").body())
        .contains("<p class=\"price\">1 USDX</p><p class=\"aside\">Offer number 0</p>");
  }

  @Test
  void saysThatItIsDownAndThatOffersAreNotKnown() throws Exception {
    shop.chain = new HealthCheck.Result.Unhealthy("chain_unavailable", "http://10.0.0.7 is down");

    assertThat(shop.get("/").body())
        .contains("The chain can&#39;t be read just now.")
        .contains("could not be read from the chain yet")
        .doesNotContain("10.0.0.7");
  }

  @Test
  void writesWhatSomebodyElseSaidAsTextOnly() throws Exception {
    assertThat(shop.get("/").body())
        .contains("Hot &amp; &lt;b&gt;fast&lt;/b&gt;")
        .doesNotContain("<b>fast");
  }

  @Test
  void allowsNoScriptOfOthersAndNoFrames() throws Exception {
    HttpResponse<String> page = shop.get("/");

    assertThat(page.headers().firstValue("content-security-policy"))
        .contains(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors"
                + " 'none'; require-trusted-types-for 'script'; trusted-types 'none'");
    assertThat(page.headers().firstValue("x-content-type-options")).contains("nosniff");
    assertThat(page.headers().firstValue("referrer-policy")).contains("no-referrer");
    assertThat(page.headers().firstValue("cross-origin-opener-policy"))
        .contains("same-origin-allow-popups");
    assertThat(page.headers().firstValue("date")).isPresent();
    assertThat(page.body()).doesNotContain("<script>", "style=", "{{", "onclick");
  }

  @Test
  void servesWhatThePageNamesForEverAndCompressed() throws Exception {
    Matcher assets = ASSET.matcher(shop.get("/").body());
    int found = 0;
    while (assets.find()) {
      HttpResponse<String> asset = shop.get(assets.group());
      assertThat(asset.statusCode()).isEqualTo(200);
      assertThat(asset.headers().firstValue("cache-control"))
          .contains("public, max-age=31536000, immutable");
      assertThat(asset.headers().firstValue("content-encoding")).isEmpty();
      HttpResponse<String> small = shop.get(assets.group(), "accept-encoding", "br, gzip");
      assertThat(small.headers().firstValue("content-encoding")).contains("gzip");
      assertThat(small.headers().firstValue("vary")).contains("accept-encoding");
      String tag = small.headers().firstValue("etag").orElseThrow();
      HttpResponse<String> again =
          shop.get(assets.group(), "accept-encoding", "gzip", "if-none-match", tag);
      assertThat(again.statusCode()).isEqualTo(304);
      assertThat(again.body()).isEmpty();
      found++;
    }
    assertThat(found).isGreaterThanOrEqualTo(3);
    assertThat(shop.get("/favicon.ico").statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/index.html",
        "/app.js",
        "/assets/",
        "/assets/app.js",
        "/web/app.js",
        "/assets/../index.html",
        "/assets/%2e%2e/index.html",
        "/assets/..%2findex.html",
        "/..;/index.html",
        "//",
        "/assets//app.js",
        "/%00",
        "/org/hourgate/app/build.properties",
        "/openvpn-conf/server.conf"
      })
  void servesNothingElse(String path) throws Exception {
    assertThat(shop.get(path).statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 18, 0",
    "1, 18, 0.000000000000000001",
    "1000000000000000000, 18, 1",
    "12300, 2, 123",
    "79228162514264337593543950335, 18, 79228162514.264337593543950335",
    "5, 0, 5"
  })
  void writesAmountsExactly(String units, int decimals, String text) {
    assertThat(Page.amount(units, decimals)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "PT1H, 1 hour",
    "PT36H, 1 day 12 hours",
    "PT20S, 20 seconds",
    "PT1H1M1S, 1 hour 1 minute 1 second"
  })
  void writesDurationsInWords(Duration duration, String text) {
    assertThat(Page.words(duration)).isEqualTo(text);
  }

  private static Offer offer(long id, String price, Duration duration, boolean active) {
    return new Offer(
        new Product(id, Optional.empty(), new BigInteger(price), duration, active), "", 18);
  }
}
