package org.hourgate.observe;

import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.hourgate.app.lab.Anvil;
import org.hourgate.app.lab.LabGateway;
import org.hourgate.app.lab.LabProcess;
import org.hourgate.app.lab.OpenVpnClient;
import org.hourgate.app.lab.PingStream;
import org.hourgate.credential.WalletKey;
import tools.jackson.databind.json.JsonMapper;

/**
 * An evening at a gate, with real clients: some stay and send packets, some are cut when their time
 * is over, some have not paid, one is sent away, one buys more, somebody looks at the page.
 */
final class Evening implements AutoCloseable {

  private static final WalletKey PAYER = Anvil.key(3);
  private static final BigInteger HOUR_PRICE = BigInteger.valueOf(2_000_000_000_000_000L);
  private static final BigInteger MOMENT_PRICE = BigInteger.valueOf(50_000_000_000_000L);
  private static final Duration MOMENT = Duration.ofSeconds(6);
  private static final Duration RENEGOTIATION = Duration.ofSeconds(8);
  private static final int TOO_MANY = 15;
  private static final int REGULARS = 4;

  private final LabGateway gateway;
  private final HttpClient http;
  private final List<OpenVpnClient> there = new ArrayList<>();
  private final List<PingStream> pings = new ArrayList<>();
  private final List<WalletKey> regulars = new ArrayList<>();
  private final long hour;
  private final long moment;
  private int wallets;

  Evening(LabGateway gateway, HttpClient http) {
    this.gateway = gateway;
    this.http = http;
    hour = gateway.contract().addProduct(LabGateway.OWNER, HOUR_PRICE, Duration.ofHours(1));
    moment = gateway.contract().addProduct(LabGateway.OWNER, MOMENT_PRICE, MOMENT);
  }

  /** Lets those come who stay. */
  void begin() throws Exception {
    for (int i = 0; i < REGULARS; i++) {
      WalletKey regular = newWallet();
      buy(regular, hour, HOUR_PRICE);
      regulars.add(regular);
      // Theirs alone: what is said to a client just while it renegotiates it may not hear.
      stay(connect(regular, "reneg-sec " + RENEGOTIATION.toSeconds()));
    }
  }

  /** Everything that can happen, once. */
  void round() throws Exception {
    WalletKey guest = newWallet();
    // As much as it takes to connect on a slow machine, and no more.
    for (int i = 0; i < 3; i++) {
      buy(guest, moment, MOMENT_PRICE);
    }
    try (OpenVpnClient client = connect(guest);
        PingStream _ = PingStream.start(client.namespace(), gateway.server().gateway())) {
      lookAtThePage();
      buy(regulars.get(wallets % REGULARS), hour, HOUR_PRICE); // And stays connected.
      refused(newWallet());
      wrongPassword();
      sentAway();
      client.output().await("[expired]", LabGateway.LONG);
      client.process().awaitExit(LabGateway.LONG);
    }
  }

  private void sentAway() throws Exception {
    WalletKey guest = newWallet();
    buy(guest, hour, HOUR_PRICE);
    try (OpenVpnClient client = connect(guest)) {
      try (LabProcess kill =
          gateway.hourgate("kill", guest.address().checksummed(), "--reason", "Closing time")) {
        client.output().await("Closing time", LabGateway.LONG);
        kill.awaitExit(LabGateway.LONG);
      }
    }
  }

  private void refused(WalletKey stranger) throws Exception {
    try (OpenVpnClient client = gateway.client(stranger, "login").start()) {
      client.output().await("AUTH_FAILED", LabGateway.LONG);
    }
  }

  private void wrongPassword() throws Exception {
    try (OpenVpnClient client =
        gateway
            .client(newWallet(), "login")
            .login(newWallet().address().checksummed(), "not-a-password")
            .start()) {
      client.output().await("AUTH_FAILED", LabGateway.LONG);
    }
  }

  private void lookAtThePage() throws Exception {
    get("/");
    get("/api/gateway");
    get("/api/offers");
    get("/nothing");
    WalletKey customer = regulars.getFirst();
    String body =
        new JsonMapper()
            .writeValueAsString(
                Map.of(
                    "username",
                    customer.address().checksummed(),
                    "password",
                    gateway.password(customer, "device")));
    http.send(
        HttpRequest.newBuilder(gateway.shop().resolve("/api/profile"))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.discarding());
    for (int i = 0; i < TOO_MANY; i++) {
      get("/api/access?wallet=" + customer.address().checksummed());
    }
  }

  private void get(String path) throws IOException, InterruptedException {
    URI uri = gateway.shop().resolve(path);
    http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.discarding());
  }

  private OpenVpnClient connect(WalletKey wallet, String... lines) throws Exception {
    OpenVpnClient.Builder builder = gateway.client(wallet, "login");
    for (String line : lines) {
      builder.line(line);
    }
    OpenVpnClient client = builder.start();
    client.awaitConnected(LabGateway.LONG);
    return client;
  }

  private void stay(OpenVpnClient client) {
    there.add(client);
    pings.add(PingStream.start(client.namespace(), gateway.server().gateway()));
  }

  private void buy(WalletKey customer, long product, BigInteger price) {
    gateway.contract().purchaseFor(PAYER, product, customer.address(), price);
  }

  private WalletKey newWallet() {
    wallets++;
    return WalletKey.parse("%064x".formatted(0x7000 + wallets));
  }

  @Override
  public void close() {
    pings.forEach(PingStream::close);
    there.forEach(OpenVpnClient::close);
  }
}
