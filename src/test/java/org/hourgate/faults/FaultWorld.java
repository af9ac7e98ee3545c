package org.hourgate.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.hourgate.app.lab.Anvil;
import org.hourgate.chain.ChainConfig;
import org.hourgate.chain.ChainLedger;
import org.hourgate.chain.HourgateContract;
import org.hourgate.credential.CredentialAuthority;
import org.hourgate.credential.CredentialKind;
import org.hourgate.credential.GatewayIdentity;
import org.hourgate.credential.GatewayKeys;
import org.hourgate.credential.IssuedNonce;
import org.hourgate.credential.SignatureRecovery;
import org.hourgate.credential.SpentLogins;
import org.hourgate.credential.WalletKey;
import org.hourgate.gate.AskedBy;
import org.hourgate.gate.Bans;
import org.hourgate.gate.Belts;
import org.hourgate.gate.Gate;
import org.hourgate.gate.GateConfig;
import org.hourgate.gate.GateListener;
import org.hourgate.gate.RevokedDevices;
import org.hourgate.gate.ServiceRecords;
import org.hourgate.gate.SessionView;
import org.hourgate.infrastructure.net.SourceLimiter;
import org.hourgate.management.KeyId;
import org.hourgate.management.client.ManagementClient;
import org.hourgate.management.client.ManagementClientConfig;
import org.hourgate.management.fake.FakeOpenVpn;
import org.hourgate.management.fake.FakeVpnClient;
import org.hourgate.session.InstanceName;
import org.hourgate.testing.FaultyRpc;
import org.hourgate.testing.LeapingTime;

/**
 * The gate and the ledger as the service wires them, between a stand-in for OpenVPN and a real
 * chain, with a {@link FaultyRpc} before each of its nodes, and clocks that a test can move.
 */
final class FaultWorld implements AutoCloseable {

  static final Duration PATIENCE = Duration.ofMinutes(1);
  static final Duration HOUR = Duration.ofHours(1);
  static final String ACCEPTED = "accepted";
  static final String CHAIN_UNAVAILABLE = "TEMP chain_unavailable";

  private static final URI PUBLIC_URL = URI.create("https://vpn.example.org:8443");

  static final WalletKey OWNER = Anvil.key(0);
  private static final Pattern CODE = Pattern.compile("\\[([a-z_]+)]$");
  private static final SecureRandom RANDOM = new SecureRandom();

  final LeapingTime time = new LeapingTime();
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final Anvil anvil;
  final HourgateContract contract;
  final List<FaultyRpc> nodes;
  final ChainLedger ledger;
  final Gate gate;
  final FakeOpenVpn openVpn;
  final CredentialAuthority authority;
  private final Deque<Runnable> toClose = new ArrayDeque<>();

  /** With one node. */
  FaultWorld(Path folder) {
    this(folder, 1, UnaryOperator.identity());
  }

  FaultWorld(Path folder, int numberOfNodes, UnaryOperator<ChainConfig> settings) {
    this(folder, numberOfNodes, Anvil.Options.standard(), settings);
  }

  FaultWorld(
      Path folder, int numberOfNodes, Anvil.Options chain, UnaryOperator<ChainConfig> settings) {
    toClose.push(time::close);
    anvil = Anvil.start(chain);
    toClose.push(anvil::close);
    contract = HourgateContract.deploy(anvil.rpc(), Anvil.CHAIN_ID, OWNER, OWNER.address());
    toClose.push(contract::close);
    assertThat(contract.addProduct(OWNER, BigInteger.valueOf(1_000), HOUR)).isZero();
    nodes = Stream.generate(() -> FaultyRpc.before(anvil.rpc())).limit(numberOfNodes).toList();
    nodes.forEach(node -> toClose.push(node::close));
    ledger =
        new ChainLedger(
            settings.apply(
                ChainConfig.of(
                        Anvil.CHAIN_ID,
                        nodes.stream().map(FaultyRpc::uri).toList(),
                        List.of(contract.address()))
                    .withPoll(Duration.ofMillis(100))
                    .withMaxHeadAge(Optional.empty())),
            time,
            meters);
    toClose.push(ledger::close);
    authority =
        new CredentialAuthority(
            new GatewayIdentity(PUBLIC_URL, Anvil.CHAIN_ID, contract.address()),
            GatewayKeys.load(folder.resolve("gateway.key")),
            SignatureRecovery.best(),
            RANDOM);
    ExecutorService signatureWorkers = Executors.newFixedThreadPool(2);
    toClose.push(signatureWorkers::shutdownNow);
    gate =
        new Gate(
            new GateConfig(
                PUBLIC_URL,
                1,
                GateConfig.WhenFull.NEWEST_WINS,
                Optional.of(Duration.ofSeconds(60)),
                GateConfig.WebSignIn.SAME_ADDRESS),
            time,
            signatureWorkers,
            time,
            authority,
            SpentLogins.open(
                folder.resolve("spent"), time.wallTime().minusSeconds(5), Runnable::run),
            Bans.open(folder.resolve("bans"), Runnable::run),
            RevokedDevices.open(folder.resolve("revoked-devices"), Runnable::run),
            Belts.open(folder.resolve("belts"), Runnable::run),
            new ServiceRecords(folder.resolve("accounts"), Runnable::run),
            ledger,
            new SourceLimiter(Optional.empty(), List.of(), time),
            (_, _, _) -> CompletableFuture.completedStage(List.of()),
            GateListener.none(),
            RANDOM);
    openVpn =
        FakeOpenVpn.builder().disconnectDelay(Duration.ofMillis(50)).clock(time::wallTime).start();
    toClose.push(openVpn::close);
    ManagementClient client =
        new ManagementClient(ManagementClientConfig.of(openVpn.address()), RANDOM);
    toClose.push(client::close);
    ledger.start(gate);
    awaitAllFit();
    client.start(gate.openInstance(new InstanceName("udp"), client, AskedBy.MANAGEMENT));
    await().atMost(PATIENCE).until(() -> gate.instances().getFirst().serving());
  }

  /** The first node's address. */
  FaultyRpc node() {
    return nodes.getFirst();
  }

  // The chain

  static WalletKey newWallet() {
    byte[] key = new byte[32];
    RANDOM.nextBytes(key);
    key[0] = 1;
    return WalletKey.parse(HexFormat.of().formatHex(key));
  }

  /** A wallet with an hour from now on. */
  WalletKey paidWallet() {
    WalletKey wallet = newWallet();
    grant(wallet, HOUR);
    return wallet;
  }

  /** Returns the transaction's hash. */
  @CanIgnoreReturnValue
  String grant(WalletKey wallet, Duration duration) {
    keepTime();
    return contract.grant(OWNER, wallet.address(), duration).transaction();
  }

  /** The owner takes the rest of the wallet's time back. */
  void refund(WalletKey wallet) {
    keepTime();
    var _ = contract.refund(OWNER, wallet.address(), wallet.address(), BigInteger.ZERO);
  }

  /** The wallet revokes its credentials of until now. */
  void revoke(WalletKey wallet) {
    anvil.call("anvil_setBalance", wallet.address().lowerCase(), "0xde0b6b3a7640000");
    keepTime();
    var _ = contract.revokeCredentials(wallet);
  }

  /** Puts other blocks in the place of the newest ones, with none of their transactions. */
  void reorganise(int depth) {
    anvil.reorg(depth);
  }

  /** The same, but for one signed transaction, which the first of the new blocks has. */
  void reorganise(int depth, byte[] signed) {
    anvil.reorg(depth, signed, 0);
  }

  /** A transaction as it was signed. */
  byte[] signed(String hash) {
    String raw = anvil.call("eth_getRawTransactionByHash", hash).asString();
    return HexFormat.of().parseHex(raw, 2, raw.length());
  }

  /** Adds blocks and waits until the gate has seen the last of them. */
  void bury(int blocks) {
    anvil.mine(blocks);
    awaitFollowed();
  }

  void awaitFollowed() {
    long head = anvil.blockNumber();
    await()
        .atMost(PATIENCE)
        .until(
            () -> meters.get("hourgate.chain.block").tag("kind", "latest").gauge().value() == head);
  }

  Instant paidUntil(WalletKey wallet) {
    return contract.entitlementOf(wallet.address()).paidUntil();
  }

  /** A block of now. */
  void mine() {
    keepTime();
    anvil.mine(1);
  }

  /** A block of that time, which must be after the last one's. */
  void mineAt(Instant blockTime) {
    anvil.setNextBlockTimestamp(blockTime);
    anvil.mine(1);
  }

  /** The next block's time is that of our clock, if the chain is behind it. */
  private void keepTime() {
    Instant now = time.wallTime();
    if (now.getEpochSecond() > anvil.headTime().getEpochSecond()) {
      anvil.setNextBlockTimestamp(now);
    }
  }

  /** Waits until every node has passed its check. */
  void awaitAllFit() {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                meters.find("hourgate.chain.endpoint.up").gauges().stream()
                    .allMatch(up -> up.value() == 1));
    awaitFit();
  }

  void awaitFit() {
    await().atMost(PATIENCE).until(() -> ledger.status().fit());
  }

  void awaitUnfit() {
    await().atMost(PATIENCE).until(() -> !ledger.status().fit());
  }

  // Clients

  /** The wallet's client asks to come in, with a device pass signed now. */
  FakeVpnClient connect(WalletKey wallet) {
    return connect(wallet, devicePass(wallet));
  }

  FakeVpnClient connect(WalletKey wallet, String password) {
    return openVpn.connect(wallet.address().checksummed(), password);
  }

  String devicePass(WalletKey wallet) {
    return devicePass(wallet, time.wallTime());
  }

  String devicePass(WalletKey wallet, Instant issuedAt) {
    IssuedNonce nonce =
        authority.issue(wallet.address(), CredentialKind.DEVICE, issuedAt, Duration.ofDays(30));
    String signature =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(wallet.signPersonal(nonce.message()));
    return nonce.passwordPrefix() + signature;
  }

  /** What becomes of it: {@link #ACCEPTED}, or the reason code, behind TEMP if it may come back. */
  String verdict(FakeVpnClient client) {
    return await()
        .atMost(PATIENCE)
        .until(() -> verdictSoFar(client), Optional::isPresent)
        .orElseThrow();
  }

  private static Optional<String> verdictSoFar(FakeVpnClient client) {
    if (client.virtualAddress().isPresent() && client.state() != FakeVpnClient.State.ADMITTED) {
      return Optional.of(ACCEPTED);
    }
    return client.denyText().map(FaultWorld::reason);
  }

  /** The reason in a client's text. */
  static String reason(String text) {
    Matcher code = CODE.matcher(text);
    assertThat(code.find()).as(text).isTrue();
    return (text.startsWith("AUTH_FAILED,TEMP[") ? "TEMP " : "") + code.group(1);
  }

  String verdict(WalletKey wallet) {
    return verdict(connect(wallet));
  }

  /** A client with a tunnel. */
  FakeVpnClient live(WalletKey wallet) {
    FakeVpnClient client = connect(wallet);
    assertThat(verdict(client)).isEqualTo(ACCEPTED);
    return client;
  }

  /**
   * A client comes and goes, so that the gate has read the wallet, and goes by it: the block that
   * has the purchase makes it forget what it has read before.
   */
  void visit(WalletKey wallet) {
    awaitFollowed();
    FakeVpnClient client = live(wallet);
    client.vanish();
    await().atMost(PATIENCE).until(() -> sessions(wallet).isEmpty());
  }

  /** The wallet's session as the gate has it. */
  SessionView sessionOf(WalletKey wallet) {
    List<SessionView> sessions = sessions(wallet);
    assertThat(sessions).hasSize(1);
    return sessions.getFirst();
  }

  private List<SessionView> sessions(WalletKey wallet) {
    return gate.sessions().toCompletableFuture().join().stream()
        .filter(s -> s.wallet().equals(wallet.address().checksummed()))
        .toList();
  }

  /** Renegotiates; returns whether that was accepted. */
  boolean reauthenticates(FakeVpnClient client) {
    KeyId key = client.renegotiate();
    return await()
        .atMost(PATIENCE)
        .until(() -> client.verdict(key), Optional::isPresent)
        .orElseThrow();
  }

  /** Lets time pass until shortly before the end, when it is still up, and then until the cut. */
  void assertEndsAt(FakeVpnClient client, Instant end) {
    time.leap(Duration.between(time.wallTime(), end.minusSeconds(5)));
    assertThat(client.passesTraffic()).isTrue();
    time.leap(Duration.ofSeconds(6));
    assertThat(cut(client)).isEqualTo("expired");
  }

  /** Waits until the client is cut; returns the reason it reads, which comes after the kill. */
  static String cut(FakeVpnClient client) {
    await().atMost(PATIENCE).until(() -> !client.passesTraffic() && client.denyText().isPresent());
    return reason(client.denyText().orElseThrow());
  }

  @Override
  public void close() {
    toClose.forEach(Runnable::run);
    assertThat(time.failures()).isEmpty();
  }
}
