package org.hourgate.bench;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.hourgate.app.lab.Anvil;
import org.hourgate.chain.ChainConfig;
import org.hourgate.chain.ChainLedger;
import org.hourgate.credential.CredentialAuthority;
import org.hourgate.credential.GatewayIdentity;
import org.hourgate.credential.GatewayKeys;
import org.hourgate.credential.SignatureRecovery;
import org.hourgate.credential.SpentLogins;
import org.hourgate.credential.WalletAddress;
import org.hourgate.entitlement.EntitlementLedger;
import org.hourgate.gate.AskedBy;
import org.hourgate.gate.Bans;
import org.hourgate.gate.Belts;
import org.hourgate.gate.Gate;
import org.hourgate.gate.GateConfig;
import org.hourgate.gate.GateListener;
import org.hourgate.gate.RevokedDevices;
import org.hourgate.gate.ServiceRecords;
import org.hourgate.gate.script.ScriptFolder;
import org.hourgate.gate.script.ScriptedDaemon;
import org.hourgate.infrastructure.net.SourceLimiter;
import org.hourgate.infrastructure.netty.EventLoops;
import org.hourgate.infrastructure.time.ThreadSerialExecutor;
import org.hourgate.infrastructure.time.TimeSource;
import org.hourgate.management.ManagementListener;
import org.hourgate.management.client.ManagementAddress;
import org.hourgate.management.client.ManagementClient;
import org.hourgate.management.client.ManagementClientConfig;
import org.hourgate.operator.GuestRole;
import org.hourgate.operator.OperatorSocket;
import org.hourgate.operator.SharedDaemon;
import org.hourgate.session.InstanceName;

/**
 * A gate on a management socket, wired as the service wires it, but with a ledger of choice and no
 * limit for the one address that all clients of the fake share.
 */
final class GateRig implements AutoCloseable {

  private static final URI PUBLIC_URL = URI.create("https://vpn.example.org:8443");
  private static final WalletAddress CONTRACT =
      WalletAddress.parse("0x5fbdb2315678afecb367f032d93f642f64180aa3");
  private static final int MOST_WAITING_SIGNATURES = 20_000;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final ThreadSerialExecutor gateThread;
  private final ExecutorService signatureWorkers;
  private final ExecutorService spentLoginWriter = Executors.newSingleThreadExecutor();
  private final SpentLogins spentLogins;
  private final ManagementClient client;
  private final Gate gate;
  private final SharedDaemon daemon;
  private final EventLoops loops = new EventLoops("listener", 2);
  private final OperatorSocket guests;
  private final Runnable closeLedger;
  private Runnable closeScripts = () -> {};

  private GateRig(
      Path key,
      String socket,
      Path spentLoginFile,
      Optional<Path> scriptFolder,
      EntitlementLedger ledger,
      Runnable closeLedger) {
    this.closeLedger = closeLedger;
    TimeSource time = TimeSource.system();
    SecureRandom random = new SecureRandom();
    gateThread =
        new ThreadSerialExecutor(
            "gate",
            failure -> {
              throw new IllegalStateException("a step of the gate failed", failure);
            });
    int workers = Math.max(1, Runtime.getRuntime().availableProcessors() - 1);
    signatureWorkers =
        new ThreadPoolExecutor(
            workers,
            workers,
            1,
            TimeUnit.MINUTES,
            new LinkedBlockingQueue<>(MOST_WAITING_SIGNATURES),
            Thread.ofPlatform().name("signatures-", 0).daemon().factory());
    spentLogins = SpentLogins.open(spentLoginFile, time.wallTime(), spentLoginWriter);
    gate =
        new Gate(
            new GateConfig(
                PUBLIC_URL,
                1,
                GateConfig.WhenFull.NEWEST_WINS,
                Optional.of(Duration.ofSeconds(60)),
                GateConfig.WebSignIn.SAME_ADDRESS),
            gateThread,
            signatureWorkers,
            time,
            authority(key),
            spentLogins,
            Bans.open(spentLoginFile.resolveSibling("bans"), spentLoginWriter),
            RevokedDevices.open(spentLoginFile.resolveSibling("revoked-devices"), spentLoginWriter),
            Belts.open(spentLoginFile.resolveSibling("belts"), spentLoginWriter),
            new ServiceRecords(spentLoginFile.resolveSibling("accounts"), spentLoginWriter),
            ledger,
            new SourceLimiter(Optional.empty(), List.of(), time),
            (_, _, _) -> CompletableFuture.completedStage(List.of()),
            GateListener.none(),
            random);
    client =
        new ManagementClient(
            ManagementClientConfig.of(new ManagementAddress.Unix(Path.of(socket))), random);
    InstanceName name = new InstanceName("bench");
    try {
      daemon = new SharedDaemon(name.value(), client, listener(name, scriptFolder), time);
      guests =
          OperatorSocket.start(
              loops, shared(Path.of(socket)), Optional.empty(), GuestRole.KILL, daemon, gate);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ManagementListener listener(InstanceName name, Optional<Path> scriptFolder)
      throws IOException {
    if (scriptFolder.isEmpty()) {
      return gate.openInstance(name, client, AskedBy.MANAGEMENT);
    }
    ScriptedDaemon scripted =
        new ScriptedDaemon(
            client,
            ScriptFolder.prepare(scriptFolder.get(), Optional.of("nogroup")),
            new ThreadSerialExecutor(
                "script",
                failure -> {
                  throw new IllegalStateException("a step for the scripts failed", failure);
                }));
    scripted.tell(gate.openInstance(name, scripted, AskedBy.SCRIPT));
    closeScripts = scripted::close;
    return scripted;
  }

  /** Where guests of this management socket come in. */
  static Path shared(Path socket) {
    return socket.resolveSibling(socket.getFileName() + ".shared");
  }

  /** A gate for which everybody has paid. */
  static GateRig onStub(Path key, String socket, Path spentLogins, Optional<Path> scriptFolder) {
    GateRig rig =
        new GateRig(
            key,
            socket,
            spentLogins,
            scriptFolder,
            new EverybodyPaid(Instant.now().plus(Duration.ofHours(1))),
            () -> {});
    rig.serve();
    return rig;
  }

  /** A gate that asks a node, and remembers nothing from before. */
  static GateRig onChain(
      Path key,
      String socket,
      Path spentLogins,
      Optional<Path> scriptFolder,
      URI rpc,
      String contract) {
    ChainLedger ledger =
        new ChainLedger(
            ChainConfig.of(Anvil.CHAIN_ID, List.of(rpc), List.of(WalletAddress.parse(contract))),
            TimeSource.system(),
            new SimpleMeterRegistry());
    GateRig rig = new GateRig(key, socket, spentLogins, scriptFolder, ledger, ledger::close);
    ledger.start(rig.gate);
    await(() -> ledger.status().fit());
    rig.serve();
    return rig;
  }

  /** What makes and checks credentials here and, with the same key, in another process. */
  static CredentialAuthority authority(Path key) {
    return new CredentialAuthority(
        new GatewayIdentity(PUBLIC_URL, Anvil.CHAIN_ID, CONTRACT),
        GatewayKeys.load(key),
        SignatureRecovery.best(),
        new SecureRandom());
  }

  private void serve() {
    client.start(daemon);
    await(() -> gate.instances().getFirst().serving());
  }

  static void await(BooleanSupplier condition) {
    await(condition, PATIENCE);
  }

  static void await(BooleanSupplier condition, Duration patience) {
    Instant end = Instant.now().plus(patience);
    while (!condition.getAsBoolean()) {
      if (Instant.now().isAfter(end)) {
        throw new IllegalStateException("not ready within " + patience);
      }
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Override
  public void close() {
    closeScripts.run();
    guests.close();
    loops.close();
    client.close();
    gate.close().toCompletableFuture().join();
    gateThread.close();
    signatureWorkers.shutdownNow();
    spentLoginWriter.shutdown();
    spentLogins.close();
    closeLedger.run();
  }
}
