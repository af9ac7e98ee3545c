package org.hourgate.gate;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.hourgate.credential.CredentialAuthority;
import org.hourgate.credential.DeviceId;
import org.hourgate.credential.SpentLogins;
import org.hourgate.credential.WalletAddress;
import org.hourgate.entitlement.Entitlement;
import org.hourgate.entitlement.EntitlementLedger;
import org.hourgate.entitlement.EntitlementListener;
import org.hourgate.infrastructure.net.SourceLimiter;
import org.hourgate.infrastructure.time.SerialExecutor;
import org.hourgate.infrastructure.time.TimeSource;
import org.hourgate.management.Command;
import org.hourgate.management.CommandPriority;
import org.hourgate.management.Epoch;
import org.hourgate.management.ManagementConnection;
import org.hourgate.management.Reply;
import org.hourgate.session.InstanceName;
import org.hourgate.session.SessionEvent;
import org.hourgate.session.SessionTracker;

/**
 * Lets paid wallets in, keeps strangers out, and ends each session at the second its paid time is
 * over. One gate serves several OpenVPN processes; its state is touched by one serial executor
 * alone, so that verdict, renegotiation, purchase and expiry never race. Public methods are safe
 * for any thread and return at once.
 */
public final class Gate implements GateControl, EntitlementListener {

  private static final Duration KILL_CONFIRMATION = Duration.ofSeconds(12);
  private static final Duration CLOCK_CHECK = Duration.ofSeconds(1);

  /** Logins that wait for the gate's thread; one more is told to come back. */
  private static final int MOST_WAITING_LOGINS = 20_000;

  private final SerialExecutor gateThread;
  private final GateClock clock;
  private final TimeSource time;
  private final EntitlementLedger ledger;
  private final SpentLogins spentLogins;
  private final Bans bans;
  private final RevokedDevices revokedDevices;
  private final Belts belts;
  private final ServiceRecords records;
  private final ClientTexts texts;
  private final SessionTable table = new SessionTable();
  private final GateLog log;
  private final LiveSessions sessions;
  private final Attaching attaching;
  private final WebSignIns webSignIns;
  private final Admissions admissions;
  private final Reauthorizations reauthorizations;
  private final Map<InstanceName, Daemon> daemons = new ConcurrentHashMap<>();
  private final AtomicInteger waitingLogins = new AtomicInteger();
  private volatile GateSnapshot snapshot = GateSnapshot.NOTHING;
  private volatile GateConfig config;
  private boolean closed;

  /**
   * Wires a gate; nothing runs before {@link #openInstance}.
   *
   * @param gateThread owns all state
   * @param signatureWorkers recovers signatures; may refuse when full
   * @param listener told of each step
   * @param random for the jitter of retries, the names of links, and to tell this gate's decisions
   *     from another's; a {@link java.security.SecureRandom}, outside of tests
   */
  public Gate(
      GateConfig config,
      SerialExecutor gateThread,
      Executor signatureWorkers,
      TimeSource time,
      CredentialAuthority authority,
      SpentLogins spentLogins,
      Bans bans,
      RevokedDevices revokedDevices,
      Belts belts,
      ServiceRecords records,
      EntitlementLedger ledger,
      SourceLimiter limiter,
      DaemonCheck daemonCheck,
      GateListener listener,
      RandomGenerator random) {
    this.config = config;
    this.gateThread = gateThread;
    this.time = time;
    this.ledger = ledger;
    this.spentLogins = spentLogins;
    this.bans = bans;
    this.revokedDevices = revokedDevices;
    this.belts = belts;
    this.records = records;
    log = new GateLog(listener, random);
    clock = new GateClock(time);
    texts = new ClientTexts(config.publicUrl(), random);
    WatchedWallets watched = new WatchedWallets(ledger);
    sessions =
        new LiveSessions(
            gateThread,
            clock,
            ledger,
            spentLogins,
            revokedDevices,
            watched,
            table,
            texts,
            log,
            records,
            this::daemon);
    attaching =
        new Attaching(
            gateThread,
            clock,
            ledger,
            watched,
            belts,
            () -> this.config.belt(),
            daemonCheck,
            table,
            sessions,
            texts,
            log,
            this::daemon);
    CredentialCheck credentials = new CredentialCheck(authority, signatureWorkers, gateThread);
    webSignIns = new WebSignIns(() -> this.config, gateThread, clock, credentials, texts, random);
    admissions =
        new Admissions(
            () -> this.config,
            gateThread,
            clock,
            credentials,
            limiter,
            authority,
            spentLogins,
            bans,
            revokedDevices,
            ledger,
            watched,
            table,
            webSignIns,
            texts,
            log,
            this::daemon,
            sessions);
    reauthorizations =
        new Reauthorizations(
            gateThread,
            clock,
            credentials,
            spentLogins,
            bans,
            revokedDevices,
            table,
            texts,
            log,
            this::daemon,
            sessions);
    gateThread.schedule(CLOCK_CHECK, this::checkClock);
  }

  /**
   * Takes an OpenVPN process under the gate's care.
   *
   * @param connection the way to it
   * @return what the connection has to tell
   */
  public SessionTracker openInstance(
      InstanceName name, ManagementConnection connection, AskedBy askedBy) {
    Daemon daemon = new Daemon(name, connection, askedBy);
    if (daemons.putIfAbsent(name, daemon) != null) {
      throw new IllegalArgumentException("two instances are named " + name);
    }
    SessionTracker[] tracker = new SessionTracker[1];
    tracker[0] = new SessionTracker(name, event -> received(tracker[0], daemon, event));
    return tracker[0];
  }

  /** Other policies hold for whoever comes from now on; live sessions are not touched. */
  public void reconfigure(GateConfig changed) {
    if (!changed.publicUrl().equals(config.publicUrl())) {
      throw new IllegalArgumentException("customers' texts name the public URL");
    }
    gateThread.execute(() -> config = changed);
  }

  /** Returns what can be said of each OpenVPN process. Safe for any thread. */
  public List<InstanceStatus> instances() {
    return daemons.values().stream().map(Daemon::status).toList();
  }

  @Override
  public GateSnapshot snapshot() {
    return snapshot;
  }

  @Override
  public void entitlementChanged(
      WalletAddress wallet, Entitlement entitlement, boolean afterReorganisation) {
    gateThread.execute(
        () -> {
          if (!closed) {
            attaching.told(wallet, entitlement);
            sessions.applyEntitlement(wallet, entitlement, afterReorganisation);
          }
        });
  }

  @Override
  public CompletionStage<List<SessionView>> sessions() {
    return onGateThread(() -> table.all().stream().map(this::view).toList());
  }

  private SessionView view(Session session) {
    return session.view(ledger.known(session.wallet()).map(EntitlementLedger.Answer.Known::readAt));
  }

  @Override
  public CompletionStage<KillResult> kill(KillTarget target, String reason) {
    return onGateThread(() -> killNow(target, reason)).thenCompose(r -> r);
  }

  @Override
  public WebSignInDesk webSignIns() {
    return webSignIns;
  }

  @Override
  public CompletionStage<BanResult> ban(Ban ban) {
    return onGateThread(
            () -> {
              CompletionStage<Boolean> kept = bans.put(ban);
              return cut(table.of(ban.wallet()), ReasonCode.BANNED, texts.banned(ban))
                  .thenCombineAsync(kept, BanResult::new, gateThread);
            })
        .thenCompose(r -> r);
  }

  private void endSessionsOf(Ban ban) {
    table
        .of(ban.wallet())
        .forEach(session -> sessions.cut(session, ReasonCode.BANNED, texts.banned(ban)));
  }

  @Override
  public CompletionStage<Boolean> revoke(WalletAddress wallet, DeviceId device) {
    return onGateThread(
            () -> {
              Optional<CompletionStage<Boolean>> kept =
                  revokedDevices.add(wallet, device, clock.now());
              if (kept.isPresent()) {
                table.of(wallet).forEach(this::endIfRevoked);
              }
              return kept.orElseGet(() -> CompletableFuture.completedFuture(false));
            })
        .thenCompose(r -> r);
  }

  /**
   * Of a session whose password was not written down before a restart nobody knows whether it is
   * meant, by a revocation here or on the chain: its client comes back once, with what it was let
   * in by.
   */
  private void endIfRevoked(Session session) {
    if (session.descent().isEmpty()) {
      if (revokedDevices.concern(session.wallet())
          || session.credentialsFrom().isAfter(Instant.EPOCH)) {
        sessions.askAnew(session);
      }
    } else if (revokedDevices.contains(session.wallet(), session.descent().get().device())) {
      sessions.cut(session, ReasonCode.REVOKED, texts.text(ReasonCode.REVOKED));
    }
  }

  @Override
  public boolean isRevoked(WalletAddress wallet, DeviceId device) {
    return revokedDevices.contains(wallet, device);
  }

  @Override
  public CompletionStage<UnbanResult> unban(WalletAddress wallet) {
    return onGateThread(
            () -> {
              Optional<Ban> ban = bans.of(wallet, clock.now());
              CompletionStage<Boolean> kept =
                  ban.isPresent() ? bans.remove(wallet) : CompletableFuture.completedFuture(true);
              return kept.thenApplyAsync(done -> new UnbanResult(ban, done), gateThread);
            })
        .thenCompose(r -> r);
  }

  @Override
  public List<Ban> bans() {
    return bans.all(time.wallTime());
  }

  @Override
  public Optional<Ban> banOf(WalletAddress wallet) {
    return bans.of(wallet, time.wallTime());
  }

  @Override
  public Map<String, Long> verdicts() {
    return log.verdicts();
  }

  /**
   * Tells waiting clients to come back and stops answering. Live sessions are not touched.
   *
   * @return completes when the last answers are on their way
   */
  public CompletionStage<Void> close() {
    return onGateThread(
        () -> {
          admissions.denyAll(ReasonCode.STARTING);
          keepBelts();
          records.keepAll(table.all(), clock.now());
          closed = true;
          table.all().forEach(Session::cancelTimers);
          return null;
        });
  }

  private void received(SessionTracker tracker, Daemon daemon, SessionEvent event) {
    long arrived = time.nanoTime();
    switch (event) {
      case SessionEvent.EpochStarted e -> {
        confirmEnvFilter(tracker, daemon);
        gateThread.execute(() -> epochStarted(daemon, e.epoch()));
      }
      case SessionEvent.Detached e -> gateThread.execute(() -> detached(daemon, e.reason()));
      case SessionEvent.LoginRequested e -> {
        if (waitingLogins.incrementAndGet() > MOST_WAITING_LOGINS) {
          waitingLogins.decrementAndGet();
          turnAway(daemon, e);
        } else {
          gateThread.execute(
              () -> {
                waitingLogins.decrementAndGet();
                handle(daemon, e, arrived);
              });
        }
      }
      case SessionEvent.ClientEvent e -> gateThread.execute(() -> handle(daemon, e, arrived));
    }
  }

  /**
   * Runs on the event loop, where the reply's place among the notifications is known. Where OpenVPN
   * stood still for too long it is asked again: nobody is let in before it has answered.
   */
  private static void confirmEnvFilter(SessionTracker tracker, Daemon daemon) {
    Following.run(
        "env-filter",
        daemon.send(CommandPriority.CUT, List.of(new Command.EnvFilter(0))),
        Runnable::run,
        (replies, failure) -> {
          if (failure == null
              && replies.getFirst() instanceof Reply.Success success
              && success.text().equals("env_filter_level=0")) {
            tracker.envFilterConfirmed();
          } else if (Following.isTimeout(failure)) {
            confirmEnvFilter(tracker, daemon);
          }
        });
  }

  private void turnAway(Daemon daemon, SessionEvent.LoginRequested event) {
    String text =
        texts.temporary(ReasonCode.OVERLOADED, event.login().understandsTemporaryFailure());
    var _ =
        daemon.send(
            event.session(),
            CommandPriority.CONNECT,
            List.of(
                new Command.ClientDeny(
                    event.session().client(),
                    event.key(),
                    ReasonCode.OVERLOADED.code(),
                    Optional.of(text))));
  }

  private void handle(Daemon daemon, SessionEvent.ClientEvent event, long arrivedNanos) {
    if (closed || !daemon.epoch().equals(Optional.of(event.session().epoch()))) {
      return; // Of an epoch that is over: whoever it was is gone.
    }
    if (event instanceof SessionEvent.Traffic e) {
      sessions.traffic(e.session(), e.bytesIn(), e.bytesOut());
      return;
    }
    if (daemon.isAttaching()) {
      daemon.putOff(event, () -> handle(daemon, event, arrivedNanos));
      return;
    }
    switch (event) {
      case SessionEvent.LoginRequested e -> admissions.requested(e, arrivedNanos);
      case SessionEvent.ReauthRequested e -> {
        admissions.forget(e.session()); // Up without our verdict: it is cut, and not let in again.
        reauthorizations.requested(e, arrivedNanos);
      }
      case SessionEvent.Identified e -> sessions.identified(e);
      case SessionEvent.Established e -> {
        admissions.forget(e.session()); // As above.
        sessions.established(e);
      }
      case SessionEvent.Traffic _ -> {} // Counted above.
      case SessionEvent.Ended e -> {
        admissions.forget(e.session());
        sessions.traffic(e.session(), e.bytesIn(), e.bytesOut());
        sessions.ended(e.session(), "client");
      }
    }
  }

  private void epochStarted(Daemon daemon, Epoch epoch) {
    if (!closed) {
      admissions.forget(daemon.name());
      log.epochStarted(daemon.name());
      sessions.connectionChanged(daemon.name());
      attaching.begin(daemon, epoch);
    }
  }

  private void detached(Daemon daemon, String reason) {
    daemon.detached(reason);
    sessions.outOfSight(daemon.name());
    admissions.forget(daemon.name());
    sessions.connectionChanged(daemon.name());
  }

  private CompletionStage<KillResult> killNow(KillTarget target, String reason) {
    List<Session> meant =
        switch (target) {
          case KillTarget.ByWallet byWallet -> table.of(byWallet.wallet());
          case KillTarget.ByClient byClient ->
              table.of(new InstanceName(byClient.instance())).stream()
                  .filter(s -> s.key().client().equals(byClient.client()))
                  .toList();
          case KillTarget.ByOwner byOwner ->
              table.of(byOwner.wallet()).stream()
                  .filter(s -> s.key().instance().value().equals(byOwner.instance()))
                  .filter(s -> s.key().client().equals(byOwner.client()))
                  .toList();
        };
    return cut(meant, ReasonCode.OPERATOR, texts.operator(reason));
  }

  private CompletionStage<KillResult> cut(List<Session> meant, ReasonCode reason, String text) {
    Map<Session, CompletableFuture<Instant>> ends = new LinkedHashMap<>();
    for (Session session : meant) {
      ends.put(session, session.ended().thenApply(_ -> clock.now()));
      sessions.cut(session, reason, text);
    }
    CompletableFuture<Void> all =
        CompletableFuture.allOf(ends.values().toArray(CompletableFuture<?>[]::new));
    SerialExecutor.Timer patience =
        gateThread.schedule(KILL_CONFIRMATION, () -> all.complete(null));
    return all.thenApply(
        _ -> {
          patience.cancel();
          return new KillResult(
              ends.entrySet().stream()
                  .map(e -> e.getKey().killed(Optional.ofNullable(e.getValue().getNow(null))))
                  .toList());
        });
  }

  private void checkClock() {
    if (!closed) {
      gateThread.schedule(CLOCK_CHECK, this::checkClock); // First: what fails once may work then.
      boolean doubtful = clock.isDoubtful(ledger.status());
      sessions.cutOverdue();
      bans.all(clock.now()).forEach(this::endSessionsOf); // Also those found after a restart.
      table.all().forEach(this::endIfRevoked);
      // Nothing is dropped for good by a clock that no chain confirms, as at a start with a wrong
      // one.
      Instant sure = !doubtful && ledger.status().fit() ? clock.now() : Instant.EPOCH;
      bans.forgetOver(sure);
      revokedDevices.forgetOver(sure);
      snapshot =
          GateSnapshot.of(
              table.all(),
              clock.now(),
              doubtful,
              clock.isConfirmed(),
              sessions.served(),
              admissions.waiting(),
              waitingLogins.get());
      spentLogins.forgetExpired(clock.now());
      keepBelts();
      records.keep(table.all(), clock.now());
    }
  }

  private void keepBelts() {
    belts.keep(table.all(), name -> daemon(name).pid());
  }

  private Daemon daemon(InstanceName name) {
    return Objects.requireNonNull(daemons.get(name), name::value);
  }

  private <T> CompletableFuture<T> onGateThread(Supplier<T> task) {
    return CompletableFuture.supplyAsync(task, gateThread);
  }
}
