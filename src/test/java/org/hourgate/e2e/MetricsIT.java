package org.hourgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hourgate.app.lab.LabGateway;
import org.hourgate.app.lab.OpenVpnClient;
import org.hourgate.chain.Currency;
import org.hourgate.credential.WalletKey;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is counted and logged against what happened, with real clients. */
@TestMethodOrder(OrderAnnotation.class)
final class MetricsIT {

  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `([a-z0-9_]+)` \\| (gauge|counter|histogram)[^|]*\\|([^|]*)\\|.*$");
  private static final Pattern LABEL = Pattern.compile("`(\\w+)`(?:: ((?:`[^`]+` ?)+))?(.*)");
  private static final Pattern CELLS = Pattern.compile("[;,](?= `)");
  private static final Pattern BLANKS = Pattern.compile("\\s+");
  private static final Duration MONTH = Duration.ofDays(30);
  private static final int MOST_SERIES = 1_500;

  @RegisterExtension static final Lab lab = Lab.standard();

  private static Scrape scrape() throws Exception {
    return Scrape.of(lab.gateway());
  }

  /** The label values that docs/metrics.md says a label has; empty if it says no closed list. */
  private static Set<String> closedValues(String page, String label, Optional<String> inCell) {
    Matcher said =
        Pattern.compile("(?s)`" + label + "` is one of ((?:`[^`]+`\\s*)+)").matcher(page);
    String list = inCell.orElseGet(() -> said.find() ? said.group(1) : "");
    return new TreeSet<>(
        BLANKS.splitAsStream(list.replace("`", "")).filter(v -> !v.isEmpty()).toList());
  }

  @Test
  @Order(1)
  void areThoseOfTheListFromTheStartAndNoOthers() throws Exception {
    String page = Files.readString(Path.of("docs/metrics.md"));
    Scrape scrape = scrape();
    Map<String, String> listed = new TreeMap<>();
    Matcher row = ROW.matcher(page);
    while (row.find()) {
      String name = row.group(1);
      listed.put(name, row.group(2));
      if (row.group(2).equals("histogram")) {
        listed.put(name + "_max", "gauge");
      }
      Map<String, Set<String>> labels = scrape.labels(name);
      Set<String> names = new TreeSet<>();
      for (String cell : CELLS.splitAsStream(row.group(3)).toList()) {
        Matcher label = LABEL.matcher(cell.strip());
        if (!label.matches()) {
          continue;
        }
        names.add(label.group(1));
        boolean closed = label.group(3).isBlank();
        Set<String> values =
            closedValues(page, label.group(1), Optional.ofNullable(label.group(2)));
        if (closed && !values.isEmpty()) {
          assertThat(labels.get(label.group(1)))
              .as("%s, %s", name, label.group(1))
              .isEqualTo(values);
        }
      }
      assertThat(labels.keySet()).as("labels of %s", name).isEqualTo(names);
    }
    Map<String, String> there = scrape.types();
    there.keySet().removeIf(name -> name.matches("(jvm|process|system)_.*"));

    assertThat(there).isEqualTo(listed);
    assertThat(scrape.series()).isLessThan(MOST_SERIES);
    assertThat(scrape.value("hourgate_ready{check=\"openvpn-udp\"}")).isEqualTo(1);
    assertThat(scrape.value("openvpn_up{status_path=\"udp\"}")).isEqualTo(1);
  }

  @Test
  @Order(2)
  void areWhatHappened() throws Exception {
    List<String> secrets = new ArrayList<>();
    WalletKey alice = LabGateway.ALICE;
    WalletKey bob = Lab.newWallet();
    lab.grant(bob, MONTH);
    try (OpenVpnClient stranger = client(Lab.newWallet(), secrets).start();
        OpenVpnClient forger = forger(secrets).start();
        Visit killed = lab.connect(client(bob, secrets))) {
      stranger.output().await("[no_time]", Lab.LONG);
      forger.output().await("[nonce_forged]", Lab.LONG);
      String out = "hourgate_traffic_bytes_total{direction=\"out\",openvpn=\"udp\"}";
      await().atMost(Lab.LONG).untilAsserted(() -> assertThat(scrape().value(out)).isPositive());
      // Her time is short: all else has been waited for.
      OpenVpnClient.Builder alices = client(alice, secrets);
      Instant end = lab.gateway().buy(alice, Lab.TIME_TO_CONNECT.plusSeconds(10));
      Visit expired = lab.connect(alices);
      await()
          .atMost(Lab.LONG)
          .untilAsserted(
              () -> {
                Scrape now = scrape();
                assertThat(now.value("hourgate_sessions{openvpn=\"udp\",state=\"active\"}"))
                    .isEqualTo(2);
                assertThat(now.value("openvpn_server_connected_clients{status_path=\"udp\"}"))
                    .isEqualTo(2);
                assertThat(now.value("hourgate_paid_customers")).isEqualTo(2);
                assertThat(now.value("hourgate_purchases_total{offer=\"0\"}")).isEqualTo(1);
                assertThat(now.series()).isLessThan(MOST_SERIES);
              });
      lab.kill(bob, "try");
      killed.assertEnded("[operator]");
      expired.assertCutAt(end, "[expired]");
      expired.close();
    }
    await()
        .atMost(Lab.LONG)
        .until(() -> scrape().value(lives("expired")) + scrape().value(lives("operator")) == 2);

    Scrape after = scrape();
    String denied = "hourgate_auth_denied_total{kind=\"connect\",reason=\"%s\"}";
    assertThat(after.value(denied.formatted("no_time"))).isEqualTo(1);
    assertThat(after.value(denied.formatted("nonce_forged"))).isEqualTo(1);
    assertThat(after.value(denied.formatted("bad_signature"))).isZero();
    String verdicts =
        "hourgate_auth_decision_duration_seconds_count{kind=\"connect\",result=\"%s\"}";
    assertThat(after.value(verdicts.formatted("allowed"))).isEqualTo(2);
    assertThat(after.value(verdicts.formatted("denied"))).isEqualTo(2);
    assertThat(after.value(verdicts.formatted("error"))).isZero();
    assertThat(after.value("hourgate_kills_total{reason=\"expired\"}")).isEqualTo(1);
    assertThat(after.value("hourgate_kills_total{reason=\"operator\"}")).isEqualTo(1);
    assertThat(after.value("hourgate_expiry_lag_seconds_bucket{le=\"1.0\"}")).isEqualTo(1);
    assertThat(after.value("hourgate_sold_seconds_total{offer=\"0\"}"))
        .isEqualTo((double) Lab.TIME_TO_CONNECT.plusSeconds(10).toSeconds());
    assertThat(after.value("hourgate_served_seconds_total")).isPositive();
    assertThat(after.value("hourgate_nonces_issued_total")).isEqualTo(4);
    assertThat(after.value("hourgate_established_without_verdict_total")).isZero();
    assertThat(after.value("hourgate_management_epochs_total{openvpn=\"udp\"}")).isPositive();
    assertNothingIsToldOf(secrets, after.page());
    // The gate writes them down a moment later.
    await().atMost(Lab.LONG).untilAsserted(() -> assertAreInTheBooks(alice, bob));
  }

  private static void assertAreInTheBooks(WalletKey alice, WalletKey bob) throws Exception {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    Cli.Result accounts =
        Cli.run(
            "accounts",
            "--from",
            now.minus(Duration.ofDays(1)).toString(),
            "--to",
            now.plus(Duration.ofDays(1)).toString(),
            "--json",
            "--config",
            lab.gateway().configuration().toString());
    assertThat(accounts.exitCode()).as(accounts.err()).isZero();
    JsonNode books = JsonMapper.shared().readTree(accounts.out());
    assertThat(books.get("earned").get(0).get("amount").asString())
        .isEqualTo(Currency.ETHER.number(LabGateway.PRICE));
    assertThat(books.get("entries").findValuesAsString("kind"))
        .containsExactlyInAnyOrder("purchase", "grant");
    assertThat(books.get("sessions").findValuesAsString("account"))
        .containsExactlyInAnyOrder(alice.address().checksummed(), bob.address().checksummed());
    assertThat(books.get("sessions").findValuesAsString("reason"))
        .containsExactlyInAnyOrder("expired", "operator");
    assertThat(books.get("secondsServed").asLong()).isPositive();
  }

  private static String lives(String end) {
    return "hourgate_session_duration_seconds_count{end=\"%s\"}".formatted(end);
  }

  private static OpenVpnClient.Builder client(WalletKey wallet, List<String> secrets)
      throws Exception {
    String password = lab.gateway().password(wallet, "login");
    secrets.add(password);
    return lab.client(lab.server(), wallet, password);
  }

  /** Somebody who shows another wallet's password. */
  private static OpenVpnClient.Builder forger(List<String> secrets) throws Exception {
    String password = lab.gateway().password(Lab.newWallet(), "login");
    secrets.add(password);
    return lab.client(lab.server(), Lab.newWallet(), password);
  }

  /** A canary: not a password, not a part of one, no key; and no name of a customer in numbers. */
  private static void assertNothingIsToldOf(List<String> secrets, String page) throws Exception {
    Path folder = lab.gateway().configuration().resolveSibling("gateway.key");
    Files.readAllLines(folder).forEach(secrets::add);
    String output = String.join("\n", lab.gateOutput());
    assertThat(output).contains("verdict", "no_time", "established", "expired");
    for (String secret : secrets) {
      assertThat(secret.length()).isGreaterThan(50);
      for (int i = 8; i + 16 <= secret.length(); i += 8) {
        assertThat(output).doesNotContain(secret.substring(i, i + 16));
        assertThat(page).doesNotContain(secret.substring(i, i + 16));
      }
    }
    assertThat(page).doesNotContainPattern("0x[0-9a-fA-F]{8}");
  }
}
