package org.hourgate.gate;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.hourgate.credential.Credential;
import org.hourgate.credential.CredentialAuthority;
import org.hourgate.credential.InvalidWalletAddressException;
import org.hourgate.credential.SpentLogins;
import org.hourgate.credential.WalletAddress;
import org.hourgate.entitlement.Entitlement;
import org.hourgate.entitlement.EntitlementLedger;
import org.hourgate.infrastructure.net.SourceLimiter;
import org.hourgate.infrastructure.time.SerialExecutor;
import org.hourgate.management.Command;
import org.hourgate.management.CommandPriority;
import org.hourgate.management.KeyId;
import org.hourgate.management.Reply;
import org.hourgate.session.ClientLogin;
import org.hourgate.session.InstanceName;
import org.hourgate.session.SessionEvent;
import org.hourgate.session.SessionKey;

/**
 * Answers first logins: exactly one verdict for each (epoch, CID, KID), none after the deadline.
 * The checks go from cheap to costly; whoever has not proved a wallet learns nothing about it and
 * costs no chain call. Touched by the gate's thread alone.
 */
final class Admissions {

  /** After this we no longer answer; OpenVPN itself gives up after its hand-window, 60 s. */
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  /**
   * An accept acts when OpenVPN touches the client's instance again, which may be at its next
   * packet, 1 s later: unless we see to it. Measured: docs/decisions/0003-waking-the-client.md.
   */
  private static final int WAKE_SECONDS = 60;

  /**
   * OpenVPN gives up by itself after the time that it was told, and then the client reads a bare
   * AUTH_FAILED (ssl_verify.c update_key_auth_status). It is told so much more than the last answer
   * may take that our text is there first, also where it looks for that in a file: at most 13 s
   * later.
   */
  private static final Duration FAREWELL = Duration.ofSeconds(20);

  private static final Duration ESTABLISH_TIME = Duration.ofSeconds(70);
  private static final Duration LEAST_TIME_LEFT = Duration.ofSeconds(1);
  private static final Duration TOKEN_GRACE = Duration.ofHours(24);
  private static final Duration LONGEST_TOKEN = Duration.ofDays(30);
  private static final String DAEMON_TOKEN = "SESS_ID_AT_";
  private static final int REMEMBERED_TOKEN_SESSIONS = 100_000;
  private static final InetAddress UNKNOWN_SOURCE = InetAddress.ofLiteral("0.0.0.0");

  private final Supplier<GateConfig> config;
  private final SerialExecutor gateThread;
  private final GateClock clock;
  private final CredentialCheck credentials;
  private final SourceLimiter limiter;
  private final CredentialAuthority authority;
  private final SpentLogins spentLogins;
  private final Bans bans;
  private final RevokedDevices revokedDevices;
  private final EntitlementLedger ledger;
  private final WatchedWallets watched;
  private final SessionTable table;
  private final WebSignIns webSignIns;
  private final ClientTexts texts;
  private final GateLog log;
  private final Function<InstanceName, Daemon> daemons;
  private final Outcome outcome;

  private final Map<SessionKey, Pending> pending = new HashMap<>();

  /** Sessions of OpenVPN's own tokens, by session_id: who they were admitted as. */
  private final Cache<String, TokenSession> tokenSessions =
      Caffeine.newBuilder().maximumSize(REMEMBERED_TOKEN_SESSIONS).build();

  private record TokenSession(WalletAddress wallet, Descent descent) {}

  /** What an admission causes elsewhere in the gate. */
  interface Outcome {
    void admitted(Session session);

    /** An older session has to make room. */
    void replace(Session older, Session newer);

    /** The client was admitted but did not come up. */
    void cameToNothing(Session session);

    /**
     * Whether the client, session or not, was told to go in this epoch: no accept follows a cut.
     */
    boolean wasCut(SessionKey key);
  }

  private static final class Pending {
    private final SessionKey key;
    private final KeyId keyId;
    private final ClientLogin login;
    private final String decision;

    /** Since when an answer is due. */
    private long arrivedNanos;

    private boolean clockInDoubt;

    /** Nothing was written yet, and somebody is there to read it. */
    private boolean verdictDue = true;

    private SerialExecutor.Timer deadline = () -> {};
    private Optional<WalletAddress> watchedWallet = Optional.empty();
    private Optional<WebSignIns.WebSignIn> webSignIn = Optional.empty();

    Pending(SessionKey key, KeyId keyId, ClientLogin login, String decision, long arrivedNanos) {
      this.key = key;
      this.keyId = keyId;
      this.login = login;
      this.decision = decision;
      this.arrivedNanos = arrivedNanos;
    }
  }

  Admissions(
      Supplier<GateConfig> config,
      SerialExecutor gateThread,
      GateClock clock,
      CredentialCheck credentials,
      SourceLimiter limiter,
      CredentialAuthority authority,
      SpentLogins spentLogins,
      Bans bans,
      RevokedDevices revokedDevices,
      EntitlementLedger ledger,
      WatchedWallets watched,
      SessionTable table,
      WebSignIns webSignIns,
      ClientTexts texts,
      GateLog log,
      Function<InstanceName, Daemon> daemons,
      Outcome outcome) {
    this.config = config;
    this.gateThread = gateThread;
    this.clock = clock;
    this.credentials = credentials;
    this.limiter = limiter;
    this.authority = authority;
    this.spentLogins = spentLogins;
    this.bans = bans;
    this.revokedDevices = revokedDevices;
    this.ledger = ledger;
    this.watched = watched;
    this.table = table;
    this.webSignIns = webSignIns;
    this.texts = texts;
    this.log = log;
    this.daemons = daemons;
    this.outcome = outcome;
  }

  /** A client waits for its verdict. */
  void requested(SessionEvent.LoginRequested event, long arrivedNanos) {
    // A client that begins anew from the same port before its tunnel is up asks again with a later
    // key (ssl.c tls_multi_process, move_session): the earlier key is gone, and so is its verdict.
    forget(event.session());
    Pending p =
        new Pending(event.session(), event.key(), event.login(), log.nextDecision(), arrivedNanos);
    pending.put(p.key, p);
    log.asked(p.decision, p.key, p.keyId, p.login);
    guarded(p, () -> begin(p));
  }

  /** What nobody expected is a refusal too, never silence. */
  private void guarded(Pending p, Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      failed(p, e);
    }
  }

  private void failed(Pending p, Throwable e) {
    log.failed(p.decision, p.key, e);
    if (p.verdictDue) {
      table
          .find(p.key)
          .filter(session -> session.state() == SessionView.State.ADMITTED)
          .ifPresent(outcome::cameToNothing);
      deny(p, ReasonCode.INTERNAL);
    }
  }

  private void begin(Pending p) {
    answerBefore(p, DEADLINE.minus(age(p)));
    Optional<Session> former = table.find(p.key);
    Optional<Session.Ending> ending = former.flatMap(Session::ending);
    if (ending.isPresent()) {
      answer(p, ending.get().reason(), ending.get().text());
      return;
    }
    if (outcome.wasCut(p.key)) {
      deny(p, ReasonCode.INTERNAL);
      return;
    }
    former.ifPresent(outcome::cameToNothing);
    ClientLogin login = p.login;
    switch (login.soundness()) {
      case BEFORE_ENV_FILTER -> {
        deny(p, ReasonCode.STARTING);
        return;
      }
      case DUPLICATE_NAMES -> {
        deny(p, ReasonCode.BAD_USERNAME);
        return;
      }
      case SOUND -> {}
    }
    // A login put off while we attached may have waited too long by now.
    if (!daemons.apply(p.key.instance()).isServing() || age(p).compareTo(DEADLINE) >= 0) {
      deny(p, ReasonCode.STARTING);
      return;
    }
    WalletAddress wallet;
    try {
      wallet = WalletAddress.parse(login.username());
    } catch (InvalidWalletAddressException e) {
      deny(p, ReasonCode.BAD_USERNAME);
      return;
    }
    p.clockInDoubt = clock.isDoubtful(ledger.status());
    Instant now = clock.now();
    if (login.tokenSession().isPresent() && login.password().startsWith(DAEMON_TOKEN)) {
      daemonToken(p, wallet);
      return;
    }
    if (webSignIns.isAskedFor(login)) {
      waitForSignature(p, wallet);
      return;
    }
    credentials.check(
        wallet,
        login.password(),
        () -> limiter.tryAcquire(source(login)),
        now,
        result -> {
          if (isWaiting(p)) {
            guarded(
                p,
                () -> {
                  switch (result) {
                    case CredentialCheck.Result.Refused refused -> deny(p, refused.reason());
                    case CredentialCheck.Result.Proved(
                            Credential credential,
                            CredentialCheck.Life life) -> {
                      if (life == CredentialCheck.Life.AHEAD) {
                        denyAhead(p);
                      } else {
                        proved(
                            p, wallet, Descent.of(credential), life == CredentialCheck.Life.OVER);
                      }
                    }
                  }
                });
          }
        });
  }

  /** Nobody comes in by it before its time; but while our clock is right it is of little use. */
  private void denyAhead(Pending p) {
    if (p.clockInDoubt) {
      deny(p, ReasonCode.CLOCK);
    } else {
      answer(p, ReasonCode.CLOCK, texts.signedAhead(p.login.understandsTemporaryFailure()));
    }
  }

  private void answerBefore(Pending p, Duration left) {
    p.deadline.cancel();
    p.deadline = gateThread.schedule(left, () -> denyIfWaiting(p, ReasonCode.CHAIN_UNAVAILABLE));
  }

  /** Sends the client to the page, and waits for minutes: OpenVPN shows it the address. */
  private void waitForSignature(Pending p, WalletAddress wallet) {
    InetAddress source = source(p.login);
    if (!limiter.tryAcquire(source)) {
      deny(p, ReasonCode.RATE_LIMITED);
      return;
    }
    Optional<WebSignIns.WebSignIn> opened =
        webSignIns.open(
            wallet,
            p.key.instance(),
            source,
            p.login,
            approval -> {
              if (isWaiting(p)) {
                p.arrivedNanos = clock.nanoTime();
                answerBefore(p, DEADLINE);
                p.clockInDoubt = clock.isDoubtful(ledger.status()); // Minutes have passed.
                log.webSignIn(GateListener.WebSignIn.APPROVED);
                guarded(p, () -> proved(p, wallet, Descent.of(approval), false));
              }
            },
            () -> notApproved(p, GateListener.WebSignIn.REFUSED, ReasonCode.NOT_APPROVED),
            () -> notApproved(p, GateListener.WebSignIn.CROWDED_OUT, ReasonCode.OVERLOADED));
    if (opened.isEmpty()) {
      deny(p, ReasonCode.OVERLOADED);
      return;
    }
    p.webSignIn = opened;
    p.deadline.cancel();
    p.deadline =
        gateThread.schedule(
            webSignIns.patience(),
            () -> notApproved(p, GateListener.WebSignIn.TIMEOUT, ReasonCode.NOT_APPROVED));
    log.waitsForSignature(p.decision, p.key, p.keyId);
    Following.run(
        "a page",
        daemons
            .apply(p.key.instance())
            .send(
                p.key,
                CommandPriority.CONNECT,
                List.of(
                    new Command.ClientPendingAuth(
                        p.key.client(),
                        p.keyId,
                        "WEB_AUTH::" + webSignIns.page(opened.get()),
                        (int) webSignIns.patience().plus(DEADLINE).plus(FAREWELL).toSeconds()))),
        gateThread,
        (replies, failure) -> {
          // The client is gone, or OpenVPN can't send it there.
          if (failure == null && replies.getFirst() instanceof Reply.Failure) {
            denyIfWaiting(p, ReasonCode.BAD_PASSWORD);
          }
        });
  }

  /** The minutes that a person took are none of ours: the time begins anew. */
  private void notApproved(Pending p, GateListener.WebSignIn outcome, ReasonCode reason) {
    if (isWaiting(p)) {
      p.arrivedNanos = clock.nanoTime();
      log.webSignIn(outcome);
      deny(p, reason);
    }
  }

  /** Whoever has no address that can be read shares one. */
  static InetAddress source(ClientLogin login) {
    try {
      return InetAddress.ofLiteral(login.sourceAddress());
    } catch (IllegalArgumentException e) {
      return UNKNOWN_SOURCE;
    }
  }

  /** A token that OpenVPN itself made and judged (auth-gen-token … external-auth). */
  private void daemonToken(Pending p, WalletAddress wallet) {
    Optional<TokenSession> known = p.login.tokenSession().map(tokenSessions::getIfPresent);
    String state = p.login.tokenState().orElse("");
    if (known.isEmpty() || !known.get().wallet().equals(wallet)) {
      deny(p, ReasonCode.NONCE_FORGED);
    } else if (!state.equals("Authenticated")) {
      deny(p, state.equals("Expired") ? ReasonCode.NONCE_EXPIRED : ReasonCode.NONCE_FORGED);
    } else {
      proved(p, wallet, known.get().descent().asToken(), false);
    }
  }

  /** The wallet is who it says; now whether it may come in. */
  private void proved(Pending p, WalletAddress wallet, Descent descent, boolean tooOld) {
    if (isBanned(p, wallet)) {
      return; // The chain is not asked.
    }
    watched.acquire(wallet);
    p.watchedWallet = Optional.of(wallet);
    CompletableFuture<EntitlementLedger.Answer> answer =
        ledger.entitlementOf(wallet).toCompletableFuture();
    if (answer.isDone()) {
      entitled(p, wallet, descent, tooOld, answer.join());
    } else {
      Following.run(
          answer,
          gateThread,
          (a, failure) -> {
            if (isWaiting(p)) {
              if (failure == null) {
                entitled(p, wallet, descent, tooOld, a);
              } else {
                failed(p, failure);
              }
            }
          },
          e -> failed(p, e));
    }
  }

  private void entitled(
      Pending p,
      WalletAddress wallet,
      Descent descent,
      boolean tooOld,
      EntitlementLedger.Answer answer) {
    switch (answer) {
      case EntitlementLedger.Answer.Unavailable _ ->
          deny(p, p.clockInDoubt ? ReasonCode.CLOCK : ReasonCode.CHAIN_UNAVAILABLE);
      case EntitlementLedger.Answer.Known known ->
          judge(p, wallet, descent, tooOld, known.entitlement());
    }
  }

  /** Whoever is banned is told so, and is answered by that. */
  private boolean isBanned(Pending p, WalletAddress wallet) {
    Optional<Ban> ban = bans.of(wallet, clock.now());
    ban.ifPresent(b -> answer(p, ReasonCode.BANNED, texts.banned(b)));
    return ban.isPresent();
  }

  private void judge(
      Pending p, WalletAddress wallet, Descent descent, boolean tooOld, Entitlement entitlement) {
    if (isBanned(p, wallet)) {
      return;
    }
    // The answer came in time, and this thread did not come to it.
    if (age(p).compareTo(DEADLINE) >= 0) {
      deny(p, ReasonCode.OVERLOADED);
      return;
    }
    if (p.clockInDoubt) {
      deny(p, ReasonCode.CLOCK);
      return;
    }
    Instant now = clock.now();
    if (!descent.issuedAt().isAfter(entitlement.credentialsFrom())
        || revokedDevices.contains(wallet, descent.device())) {
      deny(p, ReasonCode.REVOKED);
      return;
    }
    if (entitlement.paidUntil().isBefore(now.plus(LEAST_TIME_LEFT))) {
      answer(
          p, ReasonCode.NO_TIME, texts.timeOver(ReasonCode.NO_TIME, entitlement.paidUntil(), now));
      return;
    }
    if (tooOld || isFromBeforeOurMemory(descent)) {
      deny(p, ReasonCode.NONCE_EXPIRED);
      return;
    }
    if (descent.loginNonce().isPresent()
        && spentLogins.isSpent(wallet, descent.loginNonce().get())) {
      deny(p, ReasonCode.NONCE_USED);
      return;
    }
    List<Session> inTheWay = inTheWay(p.key, wallet, descent);
    if (config.get().whenFull() == GateConfig.WhenFull.REFUSE
        && inTheWay.stream().anyMatch(s -> isAnotherDevice(s, descent))) {
      deny(p, ReasonCode.SESSION_LIMIT);
      return;
    }
    if (descent.loginNonce().isPresent()
        && !spentLogins.tryReserve(wallet, descent.loginNonce().get(), descent.expires())) {
      deny(p, ReasonCode.NONCE_USED);
      return;
    }
    accept(p, wallet, descent, entitlement, now, inTheWay);
  }

  private boolean isFromBeforeOurMemory(Descent descent) {
    return descent.loginNonce().isPresent()
        && descent.issuedAt().isBefore(spentLogins.refuseIssuedBefore());
  }

  private static boolean isSameDevice(Session session, Descent descent) {
    return session.descent().map(d -> d.device().equals(descent.device())).orElse(false);
  }

  /** Of a session from before a restart of ours the device is not known: it may be this one. */
  private static boolean isAnotherDevice(Session session, Descent descent) {
    return session.descent().isPresent() && !isSameDevice(session, descent);
  }

  /** Sessions of the wallet that must go for this one: the same device's, and the oldest. */
  private List<Session> inTheWay(SessionKey key, WalletAddress wallet, Descent descent) {
    List<Session> known = table.of(wallet);
    if (known.isEmpty()) {
      return known; // As nearly always.
    }
    List<Session> living =
        known.stream()
            .filter(s -> s.ending().isEmpty() && !s.key().equals(key))
            .sorted(Comparator.comparing(Session::since))
            .toList();
    List<Session> going =
        new ArrayList<>(living.stream().filter(s -> isSameDevice(s, descent)).toList());
    List<Session> others = living.stream().filter(s -> !isSameDevice(s, descent)).toList();
    int tooMany = others.size() - (config.get().sessionsPerWallet() - 1);
    if (tooMany > 0) {
      going.addAll(others.subList(0, tooMany));
    }
    return going;
  }

  private void accept(
      Pending p,
      WalletAddress wallet,
      Descent descent,
      Entitlement entitlement,
      Instant now,
      List<Session> inTheWay) {
    Instant paidUntil = entitlement.paidUntil();
    Optional<Long> belt =
        config.get().belt().map(slack -> ClientAuthBlock.beltSeconds(now, paidUntil, slack));
    Optional<String> token =
        p.login.tokenSession().isPresent()
            ? Optional.empty()
            : Optional.of(token(wallet, descent, paidUntil, now));
    Session session =
        Session.admitted(
            p.decision,
            p.key,
            p.keyId,
            wallet,
            p.login.username(),
            now,
            paidUntil,
            belt.map(now::plusSeconds),
            descent);
    session.credentialsFrom(entitlement.credentialsFrom());
    session.lastPassword(PasswordDigest.of(p.login.password()));
    session.tokenSession(p.login.tokenSession());
    if (descent.kind() == SessionView.Kind.WEB) {
      session.signedFor(SourceLimiter.sourceOf(source(p.login)));
    }
    p.login
        .tokenSession()
        .ifPresent(id -> tokenSessions.put(id, new TokenSession(wallet, descent)));

    List<Command> commands =
        List.of(
            new Command.ClientAuth(
                p.key.client(), p.keyId, ClientAuthBlock.directives(belt, token)),
            new Command.ClientPendingAuth(p.key.client(), p.keyId, "", WAKE_SECONDS));
    p.watchedWallet = Optional.empty(); // The session goes on watching.
    settle(p, new WebSignInDesk.Admitted());
    log.accepted(p.decision, session, p.keyId, age(p));
    inTheWay.forEach(older -> outcome.replace(older, session));
    outcome.admitted(session);
    session.establishTimer(
        gateThread.schedule(
            ESTABLISH_TIME,
            () -> {
              if (session.state() == SessionView.State.ADMITTED) {
                outcome.cameToNothing(session);
              }
            }));
    p.verdictDue = false;
    Following.run(
        "an accept",
        daemons.apply(p.key.instance()).send(p.key, CommandPriority.CONNECT, commands),
        gateThread,
        (replies, failure) -> {
          // Without a reply nobody knows: DISCONNECT, attaching anew or the timer tell.
          boolean unknown = failure == null && replies.getFirst() instanceof Reply.Failure;
          if (unknown && session.state() == SessionView.State.ADMITTED) {
            outcome.cameToNothing(session);
          }
        });
  }

  /**
   * Good until the later of the shown credential's end and the paid time, plus a day. What descends
   * from a token does not get that day again, or it would never end.
   */
  private String token(WalletAddress wallet, Descent descent, Instant paidUntil, Instant now) {
    Instant end = later(descent.expires(), paidUntil).plus(TOKEN_GRACE);
    if (descent.kind() == SessionView.Kind.TOKEN) {
      end = later(descent.expires(), paidUntil.plus(TOKEN_GRACE));
    }
    if (end.isAfter(now.plus(LONGEST_TOKEN))) {
      end = now.plus(LONGEST_TOKEN);
    }
    Duration lifetime = Duration.between(descent.issuedAt(), end);
    if (lifetime.compareTo(Credential.MAX_LIFETIME) > 0) {
      lifetime = Credential.MAX_LIFETIME;
    }
    return authority.mintToken(wallet, descent.issuedAt(), lifetime, descent.device());
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }

  /** The client is gone before its verdict. */
  void forget(SessionKey key) {
    Pending p = pending.get(key);
    if (p != null) {
      abandon(p);
    }
  }

  /** Every verdict of this instance under way belongs to an epoch that is over. */
  void forget(InstanceName instance) {
    List.copyOf(pending.values()).stream()
        .filter(p -> p.key.instance().equals(instance))
        .forEach(this::abandon);
  }

  private void abandon(Pending p) {
    log.abandoned(p.decision, p.key);
    p.verdictDue = false;
    settle(p, new WebSignInDesk.Gone());
  }

  /** How many wait for their verdict. */
  int waiting() {
    return pending.size();
  }

  /** Tells everybody who waits to come back: we are ending. */
  void denyAll(ReasonCode reason) {
    List.copyOf(pending.values()).forEach(p -> deny(p, reason));
  }

  private boolean isWaiting(Pending p) {
    return pending.get(p.key) == p;
  }

  private void denyIfWaiting(Pending p, ReasonCode reason) {
    if (isWaiting(p)) {
      deny(p, reason);
    }
  }

  private void deny(Pending p, ReasonCode reason) {
    answer(
        p,
        reason,
        reason.isTemporary()
            ? texts.temporary(reason, p.login.understandsTemporaryFailure())
            : texts.text(reason));
  }

  private void answer(Pending p, ReasonCode reason, String text) {
    settle(p, new WebSignInDesk.TurnedAway(reason, text, true));
    p.verdictDue = false;
    log.denied(p.decision, p.key, p.keyId, p.login, reason, age(p));
    var _ =
        daemons
            .apply(p.key.instance())
            .send(
                p.key,
                CommandPriority.CONNECT,
                List.of(
                    new Command.ClientDeny(
                        p.key.client(), p.keyId, reason.code(), Optional.of(text))));
  }

  private void settle(Pending p, WebSignInDesk.Answer answer) {
    pending.remove(p.key, p);
    p.webSignIn.ifPresent(signIn -> webSignIns.close(signIn, answer));
    p.deadline.cancel();
    p.watchedWallet.ifPresent(watched::release);
    p.watchedWallet = Optional.empty();
  }

  private Duration age(Pending p) {
    return Duration.ofNanos(clock.nanoTime() - p.arrivedNanos);
  }
}
