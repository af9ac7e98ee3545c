package org.hourgate.chaos;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.hourgate.app.lab.Anvil;
import org.hourgate.app.lab.LabGateway;
import org.hourgate.app.lab.LabProcess;
import org.hourgate.app.lab.Namespace;
import org.hourgate.chain.HourgateContract;
import org.hourgate.credential.Credential;
import org.hourgate.credential.CredentialAuthority;
import org.hourgate.credential.CredentialKind;
import org.hourgate.credential.GatewayIdentity;
import org.hourgate.credential.GatewayKeys;
import org.hourgate.credential.IssuedNonce;
import org.hourgate.credential.PasswordDecoder;
import org.hourgate.credential.SignatureRecovery;
import org.hourgate.credential.WalletKey;
import org.hourgate.testing.FaultyRpc;
import org.hourgate.testing.NamespaceRelay;
import org.hourgate.testing.SetClock;

/**
 * A seller's house that can be harmed: the gate runs where OpenVPN does, with a {@link Tap} before
 * OpenVPN's management socket, and reads the chain over a network of which packets can be lost. For
 * one driver, but for {@link #password} and {@link #contract}.
 */
final class House implements AutoCloseable {

  static final Duration BELT = Duration.ofSeconds(10);

  /** What a clock that runs wrong gains or loses of the time that passes. */
  static final double PACE = 0.1;

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final SecureRandom RANDOM = new SecureRandom();

  private final LabGateway lab;
  private final FaultyRpc node;
  private final NamespaceRelay wayToNode;
  private final NamespaceRelay wayToAdmin;
  private final NamespaceRelay wayToShop;
  private final Tap tap;
  private final SetClock clock = new SetClock();
  private final HttpClient http = HttpClient.newHttpClient();
  private final CredentialAuthority authority;
  private final int confirmations;
  private final Instant genesis;
  private Anvil anvil;
  private LabProcess gate;
  private Thread pace = new Thread();

  House(Chronicle chronicle, int confirmations) throws IOException {
    this.confirmations = confirmations;
    lab =
        LabGateway.create(
            server ->
                server
                    .launchedBy(clock.command())
                    .handWindow(Duration.ofSeconds(30))
                    .line("keepalive 2 8"));
    anvil = lab.anvil();
    genesis =
        Instant.ofEpochSecond(
            Long.decode(
                anvil.call("eth_getBlockByNumber", "0x0", false).get("timestamp").asString()));
    Namespace server = lab.network().server();
    node = FaultyRpc.before(anvil.rpc());
    wayToNode = NamespaceRelay.outOf(server, node.uri().getPort());
    wayToAdmin = NamespaceRelay.into(server, lab.admin().getPort());
    wayToShop = NamespaceRelay.into(server, lab.shop().getPort());
    tap = new Tap(tapSocket(), lab.server().managementSocket(), chronicle);
    chronicle.add(new Fact.Setup(chronicle.now(), confirmations, BELT.toSeconds()));
    gate = launchGate();
    gate.output().await(0, "the line ready", "ready"::equals, PATIENCE);
    authority =
        new CredentialAuthority(
            new GatewayIdentity(lab.shop(), Anvil.CHAIN_ID, lab.contract().address()),
            GatewayKeys.load(lab.configuration().resolveSibling("gateway.key")),
            SignatureRecovery.best(),
            RANDOM);
  }

  private Path tapSocket() {
    return lab.configuration().resolveSibling("tap.sock");
  }

  private LabProcess launchGate() {
    List<String> command = new ArrayList<>(clock.command());
    command.addAll(
        lab.commandLine(
            "serve",
            "--set",
            "openvpn[0].management=unix:" + tapSocket(),
            "--set",
            "chain.rpc=" + node.uri(),
            "--set",
            "chain.confirmations=" + confirmations,
            "--set",
            "expiry.belt=" + BELT.toSeconds() + "s",
            "--set",
            "limits.connects-per-source=off"));
    return LabProcess.start("hourgate serve", lab.network().server().command(command));
  }

  LabGateway lab() {
    return lab;
  }

  Tap tap() {
    return tap;
  }

  /** The gate's way to the chain. */
  FaultyRpc node() {
    return node;
  }

  Anvil anvil() {
    return anvil;
  }

  HourgateContract contract() {
    return lab.contract();
  }

  Path adminSocket() {
    return lab.configuration().resolveSibling("admin.sock");
  }

  /** A device pass; it needs no gate. */
  String password(WalletKey claimed, WalletKey signer, Instant issuedAt) {
    IssuedNonce nonce =
        authority.issue(claimed.address(), CredentialKind.DEVICE, issuedAt, Duration.ofDays(30));
    return nonce.passwordPrefix()
        + Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(signer.signPersonal(nonce.message()));
  }

  void harm(Harm harm) {
    switch (harm) {
      case GATE_KILLED -> gate.kill();
      case GATE_STOPPED -> gate.signal("STOP");
      case LINK_LOST -> tap.breakDown();
      case OPENVPN_KILLED -> lab.server().kill();
      case OPENVPN_STOPPED -> lab.server().signal("STOP");
      case OPENVPN_RESTARTED -> lab.server().signal("USR1");
      case NODE_KILLED -> {
        save(anvil.call("anvil_dumpState").asString());
        node.refuse();
        anvil.kill();
      }
      case NODE_STOPPED -> anvil.freeze();
      case NODE_CUT_OFF ->
          nft(
              "add table inet chaos; add chain inet chaos out { type filter hook output priority 0; };"
                  + " add rule inet chaos out tcp dport "
                  + node.uri().getPort()
                  + " drop");
      case CLOCK_AHEAD -> clock.wrongBy(Duration.ofHours(2));
      case CLOCK_BACK -> clock.wrongBy(Duration.ofMinutes(-15));
      case CLOCK_FAST -> runWrong(PACE);
      case CLOCK_SLOW -> runWrong(-PACE);
    }
  }

  void repair(Harm harm) {
    switch (harm) {
      case GATE_KILLED -> gate = launchGate();
      case GATE_STOPPED -> gate.signal("CONT");
      case LINK_LOST -> tap.mend();
      case OPENVPN_KILLED -> lab.server().start();
      case OPENVPN_STOPPED -> lab.server().signal("CONT");
      case OPENVPN_RESTARTED -> {} // It does so by itself.
      case NODE_KILLED -> {
        anvil = Anvil.start(anvil.sameAgain().withGenesisTime(genesis).withStateFile(savedChain()));
        // Its clock begins at the first block's time, and the first block must be the same.
        anvil.setNextBlockTimestamp(Instant.now());
        node.accept();
      }
      case NODE_STOPPED -> anvil.thaw();
      case NODE_CUT_OFF -> nft("delete table inet chaos");
      case CLOCK_AHEAD, CLOCK_BACK -> clock.right();
      case CLOCK_FAST, CLOCK_SLOW -> {
        pace.interrupt();
        join(pace);
        clock.right();
      }
    }
  }

  /** From now on the clock gains so much of the time that passes. */
  private void runWrong(double gain) {
    long begin = System.nanoTime();
    pace =
        Thread.ofPlatform()
            .daemon()
            .name("pace")
            .start(
                () -> {
                  try {
                    while (true) {
                      long passed = System.nanoTime() - begin;
                      clock.wrongBy(Duration.ofNanos((long) (passed * gain)));
                      TimeUnit.MILLISECONDS.sleep(100);
                    }
                  } catch (InterruptedException e) {
                    // Enough.
                  }
                });
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * The wallet revokes the profile with this password on the page, where it is signed in by another
   * one; returns whether the gate has said that it did.
   */
  boolean revokeProfile(WalletKey wallet, String password) {
    try {
      Credential.Signed lost = (Credential.Signed) PasswordDecoder.decode(password).orElseThrow();
      HttpResponse<String> signedIn =
          post(
              "/api/session",
              "",
              "{\"username\":\"%s\",\"password\":\"%s\"}"
                  .formatted(
                      wallet.address().checksummed(), password(wallet, wallet, Instant.now())));
      String cookie = signedIn.headers().firstValue("set-cookie").orElse("").split(";", 2)[0];
      return post("/api/me/revoke", cookie, "{\"device\":\"%s\"}".formatted(lost.deviceId()))
              .statusCode()
          == 204;
    } catch (IOException e) {
      return false; // Whether it is revoked is what nobody knows.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private HttpResponse<String> post(String path, String cookie, String body)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(lab.shop().resolve(path))
            .timeout(Duration.ofSeconds(10))
            .header("content-type", "application/json")
            .header("cookie", cookie)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private Path savedChain() {
    return lab.configuration().resolveSibling("chain.json");
  }

  /** Keeps what a node would have on its disk. */
  private void save(String dump) {
    byte[] compressed = HexFormat.of().parseHex(dump, 2, dump.length());
    try (var in = new GZIPInputStream(new ByteArrayInputStream(compressed))) {
      Files.write(savedChain(), in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void nft(String rules) {
    LabProcess nft =
        LabProcess.start("nft", lab.network().server().command(List.of("/usr/sbin/nft", rules)));
    if (nft.awaitExit(PATIENCE) != 0) {
      throw new IllegalStateException("nft " + rules + ":\n" + nft.output().tail());
    }
  }

  /** Waits until the gate says that it can let customers in. */
  void awaitReady() throws InterruptedException {
    URI readiness = lab.admin().resolve("/readyz");
    String last = "nothing";
    long begin = System.nanoTime();
    while (System.nanoTime() - begin < PATIENCE.toNanos()) {
      if (!gate.isAlive()) {
        throw new IllegalStateException("the gate has ended by itself:\n" + gate.output().tail());
      }
      try {
        HttpResponse<String> answer =
            http.send(
                HttpRequest.newBuilder(readiness).timeout(Duration.ofSeconds(2)).build(),
                HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() == 200) {
          return;
        }
        last = answer.body();
      } catch (IOException e) {
        last = e.toString(); // Not yet.
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    throw new IllegalStateException(
        "the gate is not ready again: " + last + "\n" + gate.output().tail());
  }

  @Override
  public void close() throws IOException {
    gate.close();
    tap.close();
    wayToShop.close();
    wayToAdmin.close();
    wayToNode.close();
    node.close();
    http.shutdownNow();
    if (!anvil.equals(lab.anvil())) {
      anvil.close();
    }
    lab.close();
    clock.close();
  }
}
