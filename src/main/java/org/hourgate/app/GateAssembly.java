package org.hourgate.app;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.hourgate.app.cli.CommandException;
import org.hourgate.app.cli.ExitCode;
import org.hourgate.app.config.HourgateConfig;
import org.hourgate.chain.ChainConfig;
import org.hourgate.chain.ChainLedger;
import org.hourgate.credential.CredentialAuthority;
import org.hourgate.credential.GatewayIdentity;
import org.hourgate.credential.GatewayKeys;
import org.hourgate.credential.SignatureRecovery;
import org.hourgate.credential.SpentLogins;
import org.hourgate.entitlement.ChainStatus;
import org.hourgate.gate.AskedBy;
import org.hourgate.gate.Bans;
import org.hourgate.gate.Belts;
import org.hourgate.gate.Gate;
import org.hourgate.gate.GateConfig;
import org.hourgate.gate.GateSnapshot;
import org.hourgate.gate.RevokedDevices;
import org.hourgate.gate.ServiceRecords;
import org.hourgate.gate.SessionView;
import org.hourgate.gate.script.ScriptFolder;
import org.hourgate.gate.script.ScriptedDaemon;
import org.hourgate.infrastructure.net.SourceLimiter;
import org.hourgate.infrastructure.time.ThreadSerialExecutor;
import org.hourgate.infrastructure.time.TimeSource;
import org.hourgate.management.ManagementListener;
import org.hourgate.management.client.ManagementAddress;
import org.hourgate.management.client.ManagementClient;
import org.hourgate.management.client.ManagementClientConfig;
import org.hourgate.management.client.ManagementPassword;
import org.hourgate.metrics.GateMeters;
import org.hourgate.metrics.Metrics;
import org.hourgate.operator.SharedDaemon;
import org.hourgate.session.InstanceName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything between OpenVPN and the chain, wired: connections, gate, credentials, ledger. Neither
 * an OpenVPN nor a chain that is away keeps it from starting. Closing it leaves sessions alone.
 */
final class GateAssembly implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(GateAssembly.class);
  private static final int MOST_WAITING_SIGNATURES = 20_000;
  private static final Duration CLOSING = Duration.ofMillis(500);

  private final GatewayIdentity identity;
  private final CredentialAuthority authority;
  private final ChainLedger ledger;
  private final SpentLogins spentLogins;
  private final AttachCheck attachCheck;
  private final SourceLimiter connects;
  private final Gate gate;
  private final ThreadSerialExecutor gateThread;
  private final ThreadPoolExecutor signatureWorkers;
  private final Belts belts;
  private final ServiceRecords records;
  private final ExecutorService stateWriter;
  private final Map<ManagementClient, SharedDaemon> instances = new LinkedHashMap<>();
  private final List<ScriptedDaemon> scripted = new ArrayList<>();

  GateAssembly(HourgateConfig config, TimeSource time, Metrics metrics) {
    SecureRandom random = new SecureRandom();
    HourgateConfig.Gateway gateway = config.gateway();
    createStateFolder(gateway.stateDir());
    identity =
        new GatewayIdentity(
            gateway.publicUrl(), config.chain().id(), config.chain().contracts().getFirst());
    SignatureRecovery recovery = SignatureRecovery.best();
    authority =
        new CredentialAuthority(identity, GatewayKeys.load(gateway.key()), recovery, random);
    gateThread = new ThreadSerialExecutor("gate", e -> LOG.error("a step of the gate failed", e));
    signatureWorkers = signatureWorkers();
    stateWriter = Executors.newSingleThreadExecutor(daemonThreads("state"));
    spentLogins =
        SpentLogins.open(gateway.stateDir().resolve("spent-logins"), time.wallTime(), stateWriter);
    Bans bans = Bans.open(gateway.stateDir().resolve("bans"), stateWriter);
    RevokedDevices revokedDevices =
        RevokedDevices.open(gateway.stateDir().resolve("revoked-devices"), stateWriter);
    belts = Belts.open(gateway.stateDir().resolve("belts"), stateWriter);
    records = new ServiceRecords(accounts(config), stateWriter);
    ledger = new ChainLedger(chainConfig(config.chain()), time, metrics.registry());
    attachCheck = new AttachCheck(config.credential().sessionsPerWallet(), scriptFolders(config));
    connects =
        new SourceLimiter(config.limits().connectsPerSource(), config.limits().exempt(), time);
    List<String> names = config.openvpn().stream().map(HourgateConfig.OpenVpn::name).toList();
    GateMeters gateMeters = metrics.gate(names);
    gate =
        new Gate(
            policies(config),
            gateThread,
            signatureWorkers,
            time,
            authority,
            spentLogins,
            bans,
            revokedDevices,
            belts,
            records,
            ledger,
            connects,
            attachCheck,
            gateMeters,
            random);
    gateMeters.show(gate::snapshot);
    metrics.signatureRecovery(recovery.name());
    metrics.queue("signatures", () -> signatureWorkers.getQueue().size());
    metrics.lagOf(gateThread, time);
    Map<String, ManagementClient> clients = new LinkedHashMap<>();
    for (HourgateConfig.OpenVpn openvpn : config.openvpn()) {
      ManagementClient client = new ManagementClient(clientConfig(openvpn), random);
      ManagementListener listener =
          openvpn
              .script()
              .map(script -> askedByScript(openvpn.name(), client, script))
              .orElseGet(
                  () ->
                      gate.openInstance(
                          new InstanceName(openvpn.name()), client, AskedBy.MANAGEMENT));
      instances.put(client, new SharedDaemon(openvpn.name(), client, listener, time));
      clients.put(openvpn.name(), client);
      metrics.addressPool(openvpn.name(), () -> free(openvpn.name()));
    }
    metrics.management(clients, time);
  }

  /** Where it is written down who was served. */
  static Path accounts(HourgateConfig config) {
    return config.gateway().stateDir().resolve("accounts");
  }

  /** Addresses left; -1 if that is not known. */
  private int free(String instance) {
    GateSnapshot now = gate.snapshot();
    int taken =
        Arrays.stream(SessionView.State.values())
            .mapToInt(state -> now.sessions(instance, state))
            .sum();
    return capacity(instance).map(room -> Math.max(0, room - taken)).orElse(-1);
  }

  private static GateConfig policies(HourgateConfig config) {
    return new GateConfig(
        config.gateway().publicUrl(),
        config.credential().sessionsPerWallet(),
        switch (config.credential().whenFull()) {
          case NEWEST_WINS -> GateConfig.WhenFull.NEWEST_WINS;
          case REFUSE -> GateConfig.WhenFull.REFUSE;
        },
        config.expiry().belt(),
        switch (config.credential().webSignIn()) {
          case SAME_ADDRESS -> GateConfig.WebSignIn.SAME_ADDRESS;
          case ANYWHERE -> GateConfig.WebSignIn.ANYWHERE;
          case OFF -> GateConfig.WebSignIn.OFF;
        },
        config.credential().webSignInTime());
  }

  /** Goes by another configuration from now on, as far as it can change. Blocks. */
  void change(HourgateConfig config) {
    gate.reconfigure(policies(config));
    ledger.change(config.chain().rpc());
    connects.change(config.limits().connectsPerSource(), config.limits().exempt());
  }

  private ManagementListener askedByScript(
      String name, ManagementClient client, HourgateConfig.Script script) {
    ThreadSerialExecutor thread =
        new ThreadSerialExecutor(
            "script-" + name, e -> LOG.error("a step for the scripts failed", e));
    ScriptedDaemon daemon = new ScriptedDaemon(client, scriptFolder(script), thread);
    daemon.tell(gate.openInstance(new InstanceName(name), daemon, AskedBy.SCRIPT));
    scripted.add(daemon);
    return daemon;
  }

  private static ScriptFolder scriptFolder(HourgateConfig.Script script) {
    try {
      return ScriptFolder.prepare(script.folder(), script.group());
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.CONFIGURATION,
          "script-folder %s can't be used: %s".formatted(script.folder(), e.getMessage()));
    }
  }

  private static Map<String, Path> scriptFolders(HourgateConfig config) {
    Map<String, Path> folders = new HashMap<>();
    for (HourgateConfig.OpenVpn openvpn : config.openvpn()) {
      openvpn.script().ifPresent(script -> folders.put(openvpn.name(), script.folder()));
    }
    return folders;
  }

  private static void createStateFolder(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.CONFIGURATION,
          "gateway.state-dir %s can't be made: %s".formatted(folder, reason(e)));
    }
  }

  private static String reason(IOException e) {
    return switch (e) {
      case FileAlreadyExistsException there -> there.getFile() + " is no folder";
      case AccessDeniedException there -> "not allowed to make " + there.getFile();
      default -> e.toString();
    };
  }

  static ChainConfig chainConfig(HourgateConfig.Chain chain) {
    return ChainConfig.of(chain.id(), chain.rpc(), chain.contracts())
        .withQuorum(chain.quorum())
        .withConfirmations(chain.confirmations())
        .withPoll(chain.poll())
        .withMaxHeadAge(chain.maxHeadAge());
  }

  private static ManagementClientConfig clientConfig(HourgateConfig.OpenVpn openvpn) {
    ManagementClientConfig config =
        ManagementClientConfig.of(ManagementAddress.parse(openvpn.management()));
    return openvpn
        .managementPassword()
        .map(file -> config.withPassword(ManagementPassword.fromFile(file)))
        .orElse(config);
  }

  private static ThreadPoolExecutor signatureWorkers() {
    int threads = Math.max(1, Runtime.getRuntime().availableProcessors() - 1);
    ThreadPoolExecutor workers =
        new ThreadPoolExecutor(
            threads,
            threads,
            1,
            TimeUnit.MINUTES,
            new LinkedBlockingQueue<>(MOST_WAITING_SIGNATURES),
            daemonThreads("signatures"));
    workers.allowCoreThreadTimeOut(true);
    return workers;
  }

  private static ThreadFactory daemonThreads(String name) {
    return Thread.ofPlatform().name(name + "-", 0).daemon().factory();
  }

  /** Begins to read the chain and to attach; returns at once. */
  void start() {
    ledger.start(gate);
    instances.forEach(ManagementClient::start);
  }

  /** What has to turn for verdicts and cuts. */
  List<Executor> loops() {
    List<Executor> loops = new ArrayList<>(List.of(gateThread));
    instances.keySet().forEach(client -> loops.add(client.loop()));
    return loops;
  }

  /** What operators share, in the order of the configuration. */
  List<SharedDaemon> daemons() {
    return List.copyOf(instances.values());
  }

  Gate gate() {
    return gate;
  }

  GatewayIdentity identity() {
    return identity;
  }

  CredentialAuthority authority() {
    return authority;
  }

  /** How many clients an instance has room for, as far as that was seen. */
  Optional<Integer> capacity(String instance) {
    return attachCheck.capacity(instance);
  }

  ChainLedger ledger() {
    return ledger;
  }

  ChainStatus chainStatus() {
    return ledger.status();
  }

  /** Tells clients that wait to come back, then leaves OpenVPN; its sessions go on. */
  @Override
  public void close() {
    try {
      gate.close()
          .toCompletableFuture()
          .orTimeout(CLOSING.toMillis(), TimeUnit.MILLISECONDS)
          .join();
    } catch (CompletionException | CancellationException e) {
      LOG.warn("the gate did not close in time", e);
    }
    scripted.forEach(ScriptedDaemon::close); // What was decided is in the files then.
    List<Thread> closing = new ArrayList<>();
    instances.keySet().forEach(client -> closing.add(Thread.ofVirtual().start(client::close)));
    closing.add(Thread.ofVirtual().start(ledger::close));
    closing.forEach(GateAssembly::join);
    gateThread.close();
    signatureWorkers.shutdownNow();
    stateWriter.shutdown();
    spentLogins.close();
    belts.close();
    records.close();
  }

  private static void join(Thread thread) {
    try {
      thread.join(Duration.ofSeconds(1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
