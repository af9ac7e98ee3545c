package org.hourgate.gate;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
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
import org.hourgate.credential.InvalidWalletAddressException;
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
import org.hourgate.management.KeyId;
import org.hourgate.management.ManagementConnection;
import org.hourgate.management.ManagementListener;
import org.hourgate.management.Reply;
import org.hourgate.session.InstanceName;
import org.hourgate.session.LogCache;
import org.hourgate.session.SessionEvent;
import org.hourgate.session.SessionKey;
import org.hourgate.session.SessionTracker;
import org.hourgate.session.StatusTable;

/**
 * Lets paid wallets in, keeps strangers out, and ends each session at the second its paid time is
 * over. One gate serves several OpenVPN processes; its state is touched by one serial executor
 * alone, so that verdict, renegotiation, purchase and expiry never race. Public methods are safe
 * for any thread and return at once.
 */
public final class Gate implements GateControl, EntitlementListener {

  /** A purchase that a reorganisation removed is normally included again within this. */
  private static final Duration REORGANISATION_PATIENCE = Duration.ofSeconds(60);

  private static final Duration KILL_CONFIRMATION = Duration.ofSeconds(12);
  private static final Duration CHAIN_RETRY = Duration.ofSeconds(2);
  private static final Duration CLOCK_CHECK = Duration.ofSeconds(1);
  private static final int KEYS_AFTER_THE_LAST = 4;

  /** Logins that wait for the gate's thread; one more is told to come back. */
  private static final int MOST_WAITING_LOGINS = 20_000;

  private final SerialExecutor gateThread;
  private final GateClock clock;
  private final TimeSource time;
  private final EntitlementLedger ledger;
  private final SpentLogins spentLogins;
  private final DaemonCheck daemonCheck;
  private final ClientTexts texts;
  private final WatchedWallets watched;
  private final SessionTable table = new SessionTable();
  private final GateLog log = new GateLog();
  private final Cuts cuts;
  private final Expiry expiry;
  private final Admissions admissions;
  private final Reauthorizations reauthorizations;
  private final Map<InstanceName, Daemon> daemons = new ConcurrentHashMap<>();
  private final AtomicInteger waitingLogins = new AtomicInteger();
  private boolean closed;

  /**
   * Wires a gate; nothing runs before {@link #openInstance}.
   *
   * @param gateThread owns all state
   * @param signatureWorkers recovers signatures; may refuse when full
   * @param random for the jitter of retries
   */
  public Gate(
      GateConfig config,
      SerialExecutor gateThread,
      Executor signatureWorkers,
      TimeSource time,
      CredentialAuthority authority,
      SpentLogins spentLogins,
      EntitlementLedger ledger,
      SourceLimiter limiter,
      DaemonCheck daemonCheck,
      RandomGenerator random) {
    this.gateThread = gateThread;
    this.time = time;
    this.ledger = ledger;
    this.spentLogins = spentLogins;
    this.daemonCheck = daemonCheck;
    clock = new GateClock(time);
    texts = new ClientTexts(config.publicUrl(), random);
    watched = new WatchedWallets(ledger);
    cuts = new Cuts(gateThread, this::daemon, this::goneUnheard);
    expiry = new Expiry(gateThread, clock, ledger, new EndOfTime());
    CredentialCheck credentials = new CredentialCheck(authority, signatureWorkers, gateThread);
    admissions =
        new Admissions(
            config,
            gateThread,
            clock,
            credentials,
            limiter,
            authority,
            spentLogins,
            ledger,
            watched,
            table,
            texts,
            log,
            this::daemon,
            new Admitted());
    reauthorizations =
        new Reauthorizations(
            clock, credentials, spentLogins, table, texts, log, this::daemon, new ReauthRefused());
    gateThread.schedule(CLOCK_CHECK, this::checkClock);
  }

  /**
   * Takes an OpenVPN process under the gate's care.
   *
   * @param connection the way to it
   * @return what the connection has to tell
   */
  public ManagementListener openInstance(InstanceName name, ManagementConnection connection) {
    Daemon daemon = new Daemon(name, connection);
    if (daemons.putIfAbsent(name, daemon) != null) {
      throw new IllegalArgumentException("two instances are named " + name);
    }
    SessionTracker[] tracker = new SessionTracker[1];
    tracker[0] = new SessionTracker(name, event -> received(tracker[0], daemon, event));
    return tracker[0];
  }

  /** Returns what can be said of each OpenVPN process. Safe for any thread. */
  public List<InstanceStatus> instances() {
    return daemons.values().stream().map(Daemon::status).toList();
  }

  @Override
  public void entitlementChanged(
      WalletAddress wallet, Entitlement entitlement, boolean afterReorganisation) {
    gateThread.execute(() -> applyEntitlement(wallet, entitlement, afterReorganisation));
  }

  @Override
  public CompletionStage<List<SessionView>> sessions() {
    return onGateThread(() -> table.all().stream().map(Session::view).toList());
  }

  @Override
  public CompletionStage<KillResult> kill(KillTarget target, String reason) {
    return onGateThread(() -> killNow(target, reason)).thenCompose(r -> r);
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
          closed = true;
          table.all().forEach(Session::cancelTimers);
          return null;
        });
  }

  // ---------------------------------------------------------------- events, from event loops

  private void received(SessionTracker tracker, Daemon daemon, SessionEvent event) {
    long arrived = time.nanoTime();
    switch (event) {
      case SessionEvent.EpochStarted e -> {
        confirmEnvFilter(tracker, daemon);
        gateThread.execute(() -> epochStarted(daemon, e));
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

  /** Runs on the event loop, where the reply's place among the notifications is known. */
  private static void confirmEnvFilter(SessionTracker tracker, Daemon daemon) {
    var _ =
        daemon
            .send(CommandPriority.CUT, List.of(new Command.EnvFilter(0)))
            .thenAccept(
                replies -> {
                  if (replies.getFirst() instanceof Reply.Success success
                      && success.text().equals("env_filter_level=0")) {
                    tracker.envFilterConfirmed();
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
    if (daemon.isAttaching()) {
      daemon.putOff(event, () -> handle(daemon, event, arrivedNanos));
      return;
    }
    switch (event) {
      case SessionEvent.LoginRequested e -> admissions.requested(e, arrivedNanos);
      case SessionEvent.ReauthRequested e -> reauthorizations.requested(e);
      case SessionEvent.Established e -> established(e);
      case SessionEvent.Ended e -> {
        admissions.forget(e.session());
        table.find(e.session()).ifPresent(s -> s.traffic(e.bytesIn(), e.bytesOut()));
        ended(e.session(), "client");
      }
    }
  }

  // ---------------------------------------------------------------- attaching

  private void epochStarted(Daemon daemon, SessionEvent.EpochStarted event) {
    if (closed) {
      return;
    }
    Optional<Long> formerPid = daemon.pid();
    admissions.forget(daemon.name());
    cuts.forget(daemon.name());
    daemon.attaching(event.epoch());
    var _ =
        daemon
            .send(
                CommandPriority.CONNECT,
                List.of(
                    new Command.HoldOn(),
                    new Command.StateOn(),
                    new Command.Version(),
                    new Command.Pid(),
                    new Command.Status(),
                    new Command.LogAll()))
            .whenCompleteAsync(
                (replies, failure) -> {
                  if (daemon.epoch().equals(Optional.of(event.epoch())) && !closed) {
                    if (failure == null) {
                      check(daemon, formerPid, new Attachment(replies));
                    } else {
                      refuse(daemon, List.of("attaching failed: " + failure.getMessage()));
                    }
                  }
                },
                gateThread);
  }

  private void check(Daemon daemon, Optional<Long> formerPid, Attachment attachment) {
    var epoch = daemon.epoch();
    var _ =
        daemonCheck
            .problems(daemon.name(), attachment.version(), attachment.pid())
            .exceptionally(e -> List.of("could not be checked: " + e.getMessage()))
            .thenAcceptAsync(
                problems -> {
                  if (!daemon.epoch().equals(epoch) || closed) {
                    return;
                  }
                  boolean sameProcess = formerPid.isPresent() && formerPid.equals(attachment.pid());
                  daemon.pid(attachment.pid());
                  // Whoever is live is looked after, whatever is wrong with the daemon.
                  reconcile(daemon, sameProcess, attachment);
                  if (problems.isEmpty()) {
                    daemon.serving();
                    release(daemon);
                  } else {
                    refuse(daemon, problems);
                  }
                },
                gateThread);
  }

  /** The hold is not released: nobody gets in. What is live is left alone. */
  private void refuse(Daemon daemon, List<String> problems) {
    log.refused(daemon.name(), problems);
    daemon.refused(problems);
  }

  private void release(Daemon daemon) {
    var _ = daemon.send(CommandPriority.CONNECT, List.of(new Command.HoldRelease()));
  }

  /** Brings what we remember and what is there into agreement. */
  private void reconcile(Daemon daemon, boolean sameProcess, Attachment attachment) {
    var epoch = daemon.epoch().orElseThrow();
    Map<SessionKey, StatusTable.Row> rows = new HashMap<>();
    for (StatusTable.Row row : attachment.status().rows()) {
      rows.put(new SessionKey(daemon.name(), epoch, row.client()), row);
    }
    for (Session session : table.of(daemon.name())) {
      SessionKey newKey = new SessionKey(daemon.name(), epoch, session.key().client());
      StatusTable.Row row = rows.get(newKey);
      if (session.key().epoch().equals(epoch)) {
        rows.remove(newKey); // Admitted while we were asking.
      } else if (sameProcess && row != null && isSame(session, row)) {
        rows.remove(newKey);
        foundAgain(session, newKey, row, attachment.log());
      } else {
        ended(session.key(), "lost");
      }
    }
    rows.forEach(
        (key, row) -> {
          if (row.isLive()) {
            learn(key, row, attachment.log());
          } else if (row.hasShownCredential() && !daemon.hasPutOffLogin(key)) {
            comeBack(daemon, key);
          }
        });
  }

  /** A CID is not used twice in one context; in another the client came later. */
  private static boolean isSame(Session session, StatusTable.Row row) {
    return row.isLive()
        && row.username().equals(session.username())
        && !row.connectedSince().isAfter(session.since().plusSeconds(2));
  }

  private void foundAgain(
      Session session, SessionKey newKey, StatusTable.Row row, LogCache logCache) {
    table.rekey(session, newKey);
    up(session, row.realAddress(), row.tunnelAddress());
    session
        .ending()
        .ifPresentOrElse(
            e -> write(session, e),
            () -> {
              answerLostReauth(session, row, logCache);
              expiry.arm(session);
            });
  }

  private void learn(SessionKey key, StatusTable.Row row, LogCache logCache) {
    WalletAddress wallet;
    try {
      wallet = WalletAddress.parse(row.username());
    } catch (InvalidWalletAddressException e) {
      cutStranger(key, row.commonName(), Optional.empty());
      return;
    }
    Session session = Session.learned(key, wallet, row.username(), row.connectedSince());
    logCache.lastVerdict(row.client()).ifPresent(session::keySeen);
    session.established(row.realAddress(), row.tunnelAddress());
    session.traffic(row.bytesIn(), row.bytesOut());
    table.add(session);
    watched.acquire(wallet);
    ask(session, row, logCache);
  }

  /** A learned session has no known end: until the chain answers, only its belt holds it. */
  private void ask(Session session, StatusTable.Row row, LogCache logCache) {
    var _ =
        ledger
            .entitlementOf(session.wallet())
            .thenAcceptAsync(
                answer -> {
                  if (table.find(session.key()).orElse(null) != session
                      || session.ending().isPresent()
                      || closed) {
                    return;
                  }
                  switch (answer) {
                    case EntitlementLedger.Answer.Known known -> {
                      session.paidUntil(known.entitlement().paidUntil());
                      applyRevocation(session, known.entitlement());
                      log.learned(session);
                      if (clock.now().isBefore(session.paidUntil())) {
                        answerLostReauth(session, row, logCache);
                      }
                      expiry.arm(session);
                    }
                    case EntitlementLedger.Answer.Unavailable _ ->
                        gateThread.schedule(CHAIN_RETRY, () -> ask(session, row, logCache));
                  }
                },
                gateThread);
  }

  /** Its password is gone with the one who was attached before: a new CONNECT is needed. */
  private void comeBack(Daemon daemon, SessionKey key) {
    var _ =
        daemon.send(
            key,
            CommandPriority.CONNECT,
            List.of(
                new Command.ClientKill(
                    key.client(),
                    Optional.of("AUTH_FAILED," + texts.temporary(ReasonCode.STARTING, true)))));
  }

  /**
   * A renegotiation that nobody heard is answered for the next KIDs: unanswered it would end the
   * session after the hand-window. Only for admitted clients; a wrong KID gives an ERROR.
   */
  private void answerLostReauth(Session session, StatusTable.Row row, LogCache logCache) {
    if (!logCache.awaitsVerdict(row)) {
      return;
    }
    long first = session.newestKey().map(k -> k.value() + 1).orElse(2L);
    List<KeyId> keys = new ArrayList<>();
    if (session.newestKey().isPresent()) {
      for (long k = first; k < first + KEYS_AFTER_THE_LAST; k++) {
        keys.add(new KeyId(k));
      }
    } else {
      keys.addAll(session.keysToDeny(clock.now()).reversed());
      keys.removeIf(k -> k.value() < first);
    }
    log.lostReauth(session, keys.size());
    List<Command> commands = new ArrayList<>();
    keys.forEach(k -> commands.add(new Command.ClientAuthNt(session.key().client(), k)));
    var _ =
        daemon(session.key().instance())
            .send(session.key(), CommandPriority.REAUTH, commands)
            .thenAcceptAsync(
                replies -> {
                  for (int i = 0; i < replies.size(); i++) {
                    if (replies.get(i) instanceof Reply.Success) {
                      session.keySeen(keys.get(i));
                    }
                  }
                },
                gateThread);
  }

  private void detached(Daemon daemon, String reason) {
    daemon.detached(reason);
    admissions.forget(daemon.name());
    cuts.forget(daemon.name());
  }

  // ---------------------------------------------------------------- sessions

  private void established(SessionEvent.Established event) {
    Optional<Session> found = table.find(event.session());
    if (found.isEmpty()) {
      log.stranger(event.session());
      cutStranger(event.session(), event.username(), Optional.empty());
      return;
    }
    up(found.get(), event.realAddress(), event.tunnelAddress());
  }

  private void up(Session session, String realAddress, String tunnelAddress) {
    boolean first = session.state() == SessionView.State.ADMITTED;
    session.established(realAddress, tunnelAddress);
    if (first) {
      session
          .descent()
          .flatMap(Descent::loginNonce)
          .ifPresent(nonce -> spentLogins.spend(session.wallet(), nonce));
      log.established(session);
    }
  }

  private void ended(SessionKey key, String why) {
    cuts.confirmed(key);
    table
        .remove(key)
        .ifPresent(
            session -> {
              if (session.state() == SessionView.State.ADMITTED) {
                session
                    .descent()
                    .flatMap(Descent::loginNonce)
                    .ifPresent(nonce -> spentLogins.release(session.wallet(), nonce));
              }
              watched.release(session.wallet());
              log.ended(session, why);
              session.close();
            });
  }

  private void goneUnheard(SessionKey key) {
    ended(key, "gone");
  }

  private void cut(Session session, ReasonCode reason, String text) {
    if (session.ending().isPresent()) {
      return;
    }
    session.beginEnding(new Session.Ending(reason, text));
    session.cancelTimers();
    log.cut(session, reason);
    write(session, session.ending().get());
  }

  /** While nobody is attached it stays due, and is written when the session is found again. */
  private void write(Session session, Session.Ending ending) {
    if (daemon(session.key().instance()).epoch().equals(Optional.of(session.key().epoch()))) {
      cuts.cut(
          session.key(),
          session.username(),
          session.keysToDeny(clock.now()),
          ending.reason(),
          ending.text());
    }
  }

  private void cutStranger(SessionKey key, String commonName, Optional<KeyId> keyId) {
    List<KeyId> keys = new ArrayList<>(keyId.map(List::of).orElse(List.of()));
    for (long k = KEYS_AFTER_THE_LAST; k >= 1; k--) {
      KeyId candidate = new KeyId(k);
      if (!keys.contains(candidate)) {
        keys.add(candidate);
      }
    }
    cuts.cut(key, commonName, keys, ReasonCode.INTERNAL, texts.text(ReasonCode.INTERNAL));
  }

  private CompletionStage<KillResult> killNow(KillTarget target, String reason) {
    List<Session> meant =
        switch (target) {
          case KillTarget.ByWallet byWallet -> table.of(byWallet.wallet());
          case KillTarget.ByClient byClient ->
              table.of(new InstanceName(byClient.instance())).stream()
                  .filter(s -> s.key().client().equals(byClient.client()))
                  .toList();
        };
    meant.forEach(s -> cut(s, ReasonCode.OPERATOR, texts.operator(reason)));
    CompletableFuture<Void> all =
        CompletableFuture.allOf(
            meant.stream().map(Session::ended).toArray(CompletableFuture<?>[]::new));
    SerialExecutor.Timer patience =
        gateThread.schedule(KILL_CONFIRMATION, () -> all.complete(null));
    return all.thenApply(
        _ -> {
          patience.cancel();
          return new KillResult(
              meant.size(), (int) meant.stream().filter(s -> s.ended().isDone()).count());
        });
  }

  /** What the timers of {@link Expiry} lead to. */
  private final class EndOfTime implements Expiry.Listener {
    @Override
    public void timeOver(Session session) {
      cut(
          session,
          ReasonCode.EXPIRED,
          texts.timeOver(ReasonCode.EXPIRED, session.paidUntil(), clock.now()));
    }

    @Override
    public void timeFound(WalletAddress wallet, Entitlement entitlement) {
      for (Session session : table.of(wallet)) {
        // A fall is the watcher's to judge: a reorganisation may undo it.
        if (session.ending().isEmpty() && entitlement.paidUntil().isAfter(session.paidUntil())) {
          moveEnd(session, entitlement.paidUntil(), false);
        }
      }
    }

    @Override
    public void beltPassed(Session session) {
      log.reconnected(session);
      var _ =
          daemon(session.key().instance())
              .send(
                  session.key(),
                  CommandPriority.REAUTH,
                  List.of(
                      new Command.ClientKill(session.key().client(), Optional.of("RESTART,[P]"))));
    }
  }

  /** What a verdict leads to. */
  private final class Admitted implements Admissions.Outcome {
    @Override
    public void admitted(Session session) {
      table.add(session);
      expiry.arm(session);
    }

    @Override
    public void replace(Session older, Session newer) {
      // OpenVPN itself drops an older client of the same name when the newer one is up.
      boolean byOpenVpn =
          older.key().instance().equals(newer.key().instance())
              && older.username().equals(newer.username());
      if (!older.isSameDeviceAs(newer) || !byOpenVpn) {
        cut(older, ReasonCode.REPLACED, texts.text(ReasonCode.REPLACED));
      }
    }

    @Override
    public void cameToNothing(Session session) {
      ended(session.key(), "never up");
    }
  }

  /** What a refused renegotiation leads to. */
  private final class ReauthRefused implements Reauthorizations.Refusal {
    @Override
    public void refused(Session session, ReasonCode reason, String text) {
      cut(session, reason, text);
    }

    @Override
    public void stranger(SessionKey key, KeyId keyId, String commonName) {
      log.stranger(key);
      cutStranger(key, commonName, Optional.of(keyId));
    }
  }

  // ---------------------------------------------------------------- entitlements

  private void applyEntitlement(
      WalletAddress wallet, Entitlement entitlement, boolean afterReorganisation) {
    if (closed) {
      return;
    }
    for (Session session : table.of(wallet)) {
      if (session.ending().isEmpty()) {
        applyRevocation(session, entitlement);
      }
      if (session.ending().isEmpty()) {
        moveEnd(session, entitlement.paidUntil(), afterReorganisation);
      }
    }
  }

  private void applyRevocation(Session session, Entitlement entitlement) {
    session.credentialsFrom(entitlement.credentialsFrom());
    // Of a learned session only the latest possible issue time is known.
    Instant issuedAt = session.descent().map(Descent::issuedAt).orElse(session.since());
    if (!issuedAt.isAfter(entitlement.credentialsFrom())) {
      cut(session, ReasonCode.REVOKED, texts.text(ReasonCode.REVOKED));
    }
  }

  private void moveEnd(Session session, Instant newEnd, boolean afterReorganisation) {
    Instant end = newEnd;
    if (afterReorganisation && newEnd.isBefore(session.paidUntil())) {
      Instant patience = clock.now().plus(REORGANISATION_PATIENCE);
      end = patience.isBefore(session.paidUntil()) ? patience : session.paidUntil();
      end = end.isBefore(newEnd) ? newEnd : end;
    }
    if (!end.equals(session.paidUntil())) {
      session.paidUntil(end);
      log.moved(session, afterReorganisation ? "reorganisation" : "chain");
      expiry.arm(session);
    }
  }

  // ---------------------------------------------------------------- the rest

  private void checkClock() {
    if (!closed) {
      clock.isDoubtful(ledger.status());
      spentLogins.forgetExpired(clock.now());
      gateThread.schedule(CLOCK_CHECK, this::checkClock);
    }
  }

  private Daemon daemon(InstanceName name) {
    return Objects.requireNonNull(daemons.get(name), name::value);
  }

  private <T> CompletableFuture<T> onGateThread(Supplier<T> task) {
    return CompletableFuture.supplyAsync(task, gateThread);
  }
}
