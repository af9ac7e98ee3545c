package org.hourgate.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.hourgate.app.lab.Anvil;
import org.hourgate.app.lab.Output;
import org.hourgate.credential.WalletKey;
import org.hourgate.infrastructure.json.Json;
import org.hourgate.management.fake.FakeVpnClient;
import org.hourgate.testing.RawClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import tools.jackson.databind.JsonNode;

/**
 * The whole program in a virtual machine of its own, its page attacked from hundreds of addresses
 * in every way at once, inside TLS and before it. Customers connect meanwhile, and none of them
 * notices.
 */
@Isolated("It leaves little of the machine to others")
final class UnderAttackIT {

  private static final BigInteger PRICE = BigInteger.valueOf(1_000);
  private static final Duration ATTACK = Duration.ofSeconds(15);
  private static final String GATEWAY = "GET /api/gateway HTTP/1.1\r\nhost: x\r\n\r\n";

  @TempDir private Path folder;
  private final ExecutorService attackers = Executors.newVirtualThreadPerTaskExecutor();
  private final LongAdder strikes = new LongAdder();
  private volatile boolean attacking = true;
  private LoneGate gate;

  @BeforeEach
  void start() throws IOException {
    gate = new LoneGate(folder);
  }

  @AfterEach
  void close() {
    attacking = false;
    attackers.shutdownNow();
    gate.close();
  }

  @Test
  void letsPaidCustomersInWhileItsPageIsAttacked() throws Exception {
    List<Customer> customers = new ArrayList<>();
    long hour = gate.contract().addProduct(LoneGate.OWNER, PRICE, Duration.ofHours(1));
    for (int i = 1; i <= 4; i++) {
      WalletKey key = Anvil.key(i);
      gate.contract().purchaseProduct(key, hour, PRICE);
      customers.add(new Customer(key, password(key)));
    }
    customers.forEach(this::connect);

    attack();
    long end = System.nanoTime() + ATTACK.toNanos();
    List<Duration> waits = new ArrayList<>();
    while (System.nanoTime() < end) {
      customers.forEach(customer -> waits.add(connect(customer)));
      // The operator's listener stands next to the one that is attacked.
      try (RawClient operator = RawClient.connect(gate.admin())) {
        assertThat(operator.send("GET /readyz HTTP/1.1\r\nhost: x\r\n\r\n").answer())
            .startsWith("HTTP/1.1 200");
      }
    }
    attacking = false;

    System.out.printf(
        "%d logins during %d strikes; the slowest took %d ms%n",
        waits.size(),
        strikes.sum(),
        waits.stream().mapToLong(Duration::toMillis).max().orElseThrow());
    assertThat(strikes.sum()).isGreaterThan(1_000);
    assertThat(gate.openVpn().isAttached()).isTrue();
    assertThat(gate.process().isAlive()).isTrue();
    assertThat(gate.process().output().lines().stream().map(Output.Line::text))
        .noneMatch(line -> line.contains("ERROR") || line.contains("OutOfMemory"))
        .noneMatch(line -> line.contains("unfit"))
        .noneMatch(line -> line.contains("force-closing")); // Strangers write no log.
    // Who comes afterwards finds the page as before.
    await()
        .atMost(LoneGate.PATIENCE)
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(() -> ask("127.0.0.1", GATEWAY).contains("\"ready\":true"));
  }

  private record Customer(WalletKey key, String password) {}

  /** Returns how long it took until the customer was in. */
  private Duration connect(Customer customer) {
    long start = System.nanoTime();
    FakeVpnClient client =
        gate.openVpn().connect(customer.key().address().checksummed(), customer.password());
    await()
        .atMost(LoneGate.PATIENCE)
        .pollInterval(Duration.ofMillis(2))
        .until(() -> client.passesTraffic() || client.denyText().isPresent());
    assertThat(client.denyText()).isEmpty();
    return Duration.ofNanos(System.nanoTime() - start);
  }

  private String password(WalletKey key) throws Exception {
    String question =
        request(
            "POST",
            "/api/nonce",
            "{\"wallet\":\"%s\",\"kind\":\"device\"}".formatted(key.address().checksummed()));
    String answer = ask("127.0.0.1", question);
    JsonNode nonce = Json.readTree(answer.substring(answer.indexOf("\r\n\r\n") + 4));
    return nonce.get("passwordPrefix").asString()
        + Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(key.signPersonal(nonce.get("message").asString()));
  }

  private void attack() {
    for (int i = 0; i < 300; i++) {
      strike(from -> drip(from, "GET /api/gateway HTTP/1.1\r\nx: "));
      strike(
          from ->
              drip(from, "POST /api/session HTTP/1.1\r\nhost: x\r\ncontent-length: 9999\r\n\r\n"));
      strike(this::hoardEvents);
      strike(from -> bare(from, "", "\u0016\u0003\u0001\u0002")); // a hello that never comes whole
    }
    for (int i = 0; i < 6; i++) {
      strike(this::pipeline);
      strike(
          from ->
              ask(
                  from,
                  request(
                      "POST",
                      "/api/nonce",
                      "{\"wallet\":\"" + someWallet() + "\",\"kind\":\"login\"}")));
      strike(
          from ->
              ask(
                  from,
                  request(
                      "POST",
                      "/api/session",
                      "{\"username\":\"" + someWallet() + "\",\"password\":\"x\"}")));
      strike(
          from ->
              ask(from, "GET /api/access?wallet=" + someWallet() + " HTTP/1.1\r\nhost: x\r\n\r\n"));
      strike(
          from ->
              ask(
                  from,
                  "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"));
      strike(from -> ask(from, "GET /" + "a".repeat(5_000) + " HTTP/1.1\r\nhost: x\r\n\r\n"));
      strike(from -> ask(from, request("POST", "/api/profile", "x".repeat(20_000))));
      strike(from -> ask(from, "\u0016\u0003\u0001 nonsense\r\n\r\n"));
      strike(this::shakeHandsAndLeave);
      strike(this::shakeHandsAgain);
      strike(from -> bare(from, "\u0016\u0003\u0003P\u0000" + "a".repeat(20_000), "a"));
      strike(from -> bare(from, GATEWAY, "a"));
    }
  }

  private interface Strike {
    void from(String address) throws IOException;
  }

  /** Again and again until it is over; what the server does to an attacker is its own affair. */
  private void strike(Strike strike) {
    var _ =
        attackers.submit(
            () -> {
              while (attacking) {
                try {
                  strikes.increment();
                  strike.from("127.0.%d.%d".formatted(random(1, 4), random(1, 250)));
                } catch (IOException | AssertionError e) {
                  TimeUnit.MILLISECONDS.sleep(50);
                }
              }
              return null;
            });
  }

  private String ask(String from, String request) throws IOException {
    try (RawClient client = visit(from)) {
      return client.send(request).answer();
    }
  }

  private void drip(String from, String beginning) throws IOException {
    try (RawClient client = visit(from)) {
      client.send(beginning);
      while (attacking && client.takes("a")) {
        pause(500);
      }
    }
  }

  /** Speaks no TLS, or none that is right. */
  private void bare(String from, String beginning, String more) throws IOException {
    try (RawClient client = RawClient.connect(gate.shop(), from)) {
      client.send(beginning);
      while (attacking && client.takes(more)) {
        pause(500);
      }
    }
  }

  private void shakeHandsAndLeave(String from) throws IOException {
    try (RawClient client = visit(from)) {
      client.shakeHands();
    }
  }

  private void shakeHandsAgain(String from) throws IOException {
    try (RawClient client = RawClient.connect(gate.shop(), from).overTls("TLSv1.2")) {
      while (attacking) {
        client.shakeHands().send(GATEWAY).answer();
      }
    }
  }

  private RawClient visit(String from) throws IOException {
    return RawClient.connect(gate.shop(), from).overTls();
  }

  private void hoardEvents(String from) throws IOException {
    try (RawClient client = visit(from)) {
      client.send("GET /api/events?wallet=" + someWallet() + " HTTP/1.1\r\nhost: x\r\n\r\n");
      if (client.head().contains("event-stream")) {
        pause(5_000); // and reads nothing
      }
    }
  }

  private void pipeline(String from) throws IOException {
    try (RawClient client = visit(from)) {
      client.send(GATEWAY.repeat(500));
      pause(1_000);
    }
  }

  private static void pause(long millis) throws IOException {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private static String request(String method, String path, String body) {
    return "%s %s HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n%s"
        .formatted(method, path, body.length(), body);
  }

  private static String someWallet() {
    return "0x%040x".formatted(ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE));
  }

  private static int random(int from, int to) {
    return ThreadLocalRandom.current().nextInt(from, to);
  }
}
