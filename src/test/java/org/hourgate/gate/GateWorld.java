package org.hourgate.gate;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.hourgate.credential.CredentialAuthority;
import org.hourgate.credential.CredentialKind;
import org.hourgate.credential.GatewayIdentity;
import org.hourgate.credential.GatewayKeys;
import org.hourgate.credential.IssuedNonce;
import org.hourgate.credential.SignatureRecovery;
import org.hourgate.credential.SpentLogins;
import org.hourgate.credential.WalletAddress;
import org.hourgate.credential.WalletKey;
import org.hourgate.infrastructure.net.Rate;
import org.hourgate.infrastructure.net.SourceLimiter;
import org.hourgate.management.ClientEnvironment;
import org.hourgate.management.ClientId;
import org.hourgate.management.Command;
import org.hourgate.management.Epoch;
import org.hourgate.management.KeyId;
import org.hourgate.management.Notification;
import org.hourgate.session.InstanceName;
import org.hourgate.session.SessionTracker;
import org.hourgate.testing.ManualTime;
import org.hourgate.testing.RecordingConnection;
import org.hourgate.testing.StubLedger;

/** A gate with one OpenVPN process that a test plays by hand, and time that it moves. */
final class GateWorld {

  static final Instant START = Instant.parse("2026-11-21T18:00:00Z");
  static final WalletKey ALICE =
      WalletKey.parse("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");
  static final WalletKey BOB =
      WalletKey.parse("59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d");
  private static final WalletAddress CONTRACT =
      WalletAddress.parse("0x5fbdb2315678afecb367f032d93f642f64180aa3");

  final ManualTime time = new ManualTime(START);
  final RecordedSteps steps = new RecordedSteps();
  final StubLedger ledger = new StubLedger();
  final RecordingConnection daemon = new RecordingConnection();
  final CredentialAuthority authority;
  final SpentLogins spentLogins;
  final Bans bans;
  final RevokedDevices revokedDevices;
  final Gate gate;
  final SessionTracker listener;
  static final int CONNECTS_PER_SOURCE = 20;
  List<String> daemonProblems = List.of();
  CompletableFuture<Void> checkDone = CompletableFuture.completedFuture(null);
  Executor signatureWorkers = Runnable::run;
  private Epoch epoch = new Epoch(0);

  GateWorld(Path folder) {
    this(folder, AskedBy.MANAGEMENT);
  }

  GateWorld(Path folder, AskedBy askedBy) {
    this(
        folder,
        new GateConfig(
            URI.create("https://vpn.example.org:8443"),
            1,
            GateConfig.WhenFull.NEWEST_WINS,
            Optional.of(Duration.ofSeconds(60)),
            GateConfig.WebSignIn.SAME_ADDRESS),
        askedBy);
  }

  GateWorld(Path folder, GateConfig config) {
    this(folder, config, AskedBy.MANAGEMENT);
  }

  private GateWorld(Path folder, GateConfig config, AskedBy askedBy) {
    authority =
        new CredentialAuthority(
            new GatewayIdentity(config.publicUrl(), 31337, CONTRACT),
            GatewayKeys.load(folder.resolve("gateway.key")),
            SignatureRecovery.best(),
            new Random(1));
    spentLogins = SpentLogins.open(folder.resolve("spent"), START.minusSeconds(1), Runnable::run);
    bans = Bans.open(folder.resolve("bans"), Runnable::run);
    revokedDevices = RevokedDevices.open(folder.resolve("revoked-devices"), Runnable::run);
    gate =
        new Gate(
            config,
            time,
            task -> signatureWorkers.execute(task),
            time,
            authority,
            spentLogins,
            bans,
            revokedDevices,
            Belts.open(folder.resolve("belts"), Runnable::run),
            new ServiceRecords(folder.resolve("accounts"), Runnable::run),
            ledger,
            new SourceLimiter(
                Optional.of(new Rate(CONNECTS_PER_SOURCE, Duration.ofSeconds(10))),
                List.of(),
                time),
            (_, _, _) -> checkDone.thenApply(_ -> daemonProblems),
            steps,
            new Random(2));
    listener = gate.openInstance(new InstanceName("udp"), daemon, askedBy);
  }

  /** The management connection comes up; returns what was sent on it. */
  List<Command> attach() {
    nextEpoch();
    listener.attached(epoch);
    time.settle();
    return daemon.takeCommands();
  }

  /** OpenVPN's context is replaced on the same connection. */
  List<Command> softRestart() {
    nextEpoch();
    listener.epochStarted(epoch);
    time.settle();
    return daemon.takeCommands();
  }

  void detach() {
    listener.detached("lost");
    time.settle();
  }

  private void nextEpoch() {
    epoch = new Epoch(epoch.number() + 1);
    daemon.epoch(epoch);
  }

  /** A password as a wallet makes it from a nonce of this gateway. */
  String password(WalletKey wallet, CredentialKind kind, Duration lifetime) {
    return password(wallet, kind, lifetime, time.wallTime());
  }

  String password(WalletKey wallet, CredentialKind kind, Duration lifetime, Instant issuedAt) {
    IssuedNonce nonce = authority.issue(wallet.address(), kind, issuedAt, lifetime);
    return nonce.passwordPrefix() + signature(wallet, nonce.message());
  }

  static String signature(WalletKey wallet, String message) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(wallet.signPersonal(message));
  }

  String login(WalletKey wallet) {
    return password(wallet, CredentialKind.LOGIN, Duration.ofMinutes(5));
  }

  String devicePass(WalletKey wallet) {
    return password(wallet, CredentialKind.DEVICE, Duration.ofDays(30));
  }

  static String name(WalletKey wallet) {
    return wallet.address().checksummed();
  }

  List<Command> connect(long cid, String username, String password) {
    return connect(cid, environment(username, password));
  }

  List<Command> connect(long cid, Map<String, String> environment) {
    return connect(cid, 1, environment);
  }

  List<Command> connect(long cid, long kid, Map<String, String> environment) {
    notify(
        new Notification.ClientConnect(
            new ClientId(cid), new KeyId(kid), new ClientEnvironment(environment, false)));
    return daemon.takeCommands();
  }

  /** A CONNECT that the gate's thread has not come to yet. */
  void knock(long cid, String username, String password) {
    listener.notified(
        epoch,
        new Notification.ClientConnect(
            new ClientId(cid),
            new KeyId(1),
            new ClientEnvironment(environment(username, password), false)));
  }

  List<Command> reauth(long cid, long kid, String username, String password) {
    notify(
        new Notification.ClientReauth(
            new ClientId(cid),
            new KeyId(kid),
            new ClientEnvironment(environment(username, password), false)));
    return daemon.takeCommands();
  }

  List<Command> established(long cid, String username) {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("username", username);
    environment.put("trusted_ip", "10.99.0.2");
    environment.put("trusted_port", "4242");
    environment.put("ifconfig_pool_remote_ip", "10.88.0." + (2 + cid));
    notify(
        new Notification.ClientEstablished(
            new ClientId(cid), new ClientEnvironment(environment, false)));
    return daemon.takeCommands();
  }

  /** The login of a script turns out to be this client. */
  List<Command> identified(long attempt, long client) {
    listener.identified(epoch, new ClientId(attempt), new ClientId(client));
    time.settle();
    return daemon.takeCommands();
  }

  /** Connects a wallet that has paid, and brings its tunnel up. */
  void live(long cid, WalletKey wallet) {
    connect(cid, name(wallet), login(wallet));
    established(cid, name(wallet));
    daemon.take();
  }

  void disconnect(long cid) {
    notify(
        new Notification.ClientDisconnect(
            new ClientId(cid),
            new ClientEnvironment(Map.of("bytes_received", "10", "bytes_sent", "20"), false)));
  }

  void notify(Notification notification) {
    listener.notified(epoch, notification);
    time.settle();
  }

  static Map<String, String> environment(String username, String password) {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("password", password);
    environment.put("untrusted_ip", "10.99.0.2");
    environment.put("username", username);
    environment.put("IV_PROTO", "990");
    return environment;
  }

  List<Command> after(Duration duration) {
    time.advance(duration);
    return daemon.takeCommands();
  }

  List<SessionView> sessions() {
    CompletableFuture<List<SessionView>> sessions = gate.sessions().toCompletableFuture();
    time.settle();
    return sessions.join();
  }

  static String row(long cid, WalletKey wallet, String tunnelAddress, Instant since) {
    String name = name(wallet);
    return String.join(
        "\t",
        "CLIENT_LIST",
        name,
        "10.99.0.2:4242",
        tunnelAddress,
        "",
        "1000",
        "2000",
        "text",
        Long.toString(since.getEpochSecond()),
        name,
        Long.toString(cid),
        "0",
        "AES-256-GCM");
  }

  /** The first quoted word of the only client-deny among these commands. */
  static String denyReason(List<Command> commands) {
    List<String> reasons = new ArrayList<>();
    for (Command command : commands) {
      if (command instanceof Command.ClientDeny deny) {
        reasons.add(deny.reason());
      }
    }
    if (reasons.size() != 1 || commands.size() != 1) {
      throw new AssertionError("not one client-deny: " + commands);
    }
    return reasons.getFirst();
  }

  static String denyText(List<Command> commands) {
    return ((Command.ClientDeny) commands.getFirst()).clientText().orElseThrow();
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The token in a client-auth block. */
  static String pushedToken(List<Command> commands) {
    return ((Command.ClientAuth) commands.getFirst())
        .directives().stream()
            .filter(d -> d.startsWith("push \"auth-token "))
            .map(d -> d.substring("push \"auth-token ".length(), d.length() - 1))
            .findFirst()
            .orElseThrow();
  }
}
