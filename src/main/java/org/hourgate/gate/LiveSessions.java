package org.hourgate.gate;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.hourgate.credential.InvalidWalletAddressException;
import org.hourgate.credential.SpentLogins;
import org.hourgate.credential.WalletAddress;
import org.hourgate.entitlement.Entitlement;
import org.hourgate.entitlement.EntitlementLedger;
import org.hourgate.infrastructure.time.SerialExecutor;
import org.hourgate.management.Command;
import org.hourgate.management.CommandPriority;
import org.hourgate.management.KeyId;
import org.hourgate.management.Reply;
import org.hourgate.session.InstanceName;
import org.hourgate.session.SessionEvent;
import org.hourgate.session.SessionKey;

/**
 * What becomes of clients once they are admitted: up, extended, replaced, revoked, over, gone. A
 * session is in the table from its verdict to its DISCONNECT; a cut that can't be written because
 * nobody is attached stays due until the session is found again. Touched by the gate's thread
 * alone.
 */
final class LiveSessions implements Admissions.Outcome, Reauthorizations.Refusal, Expiry.Listener {

  /** A purchase that a reorganisation removed is normally included again within this. */
  private static final Duration REORGANISATION_PATIENCE = Duration.ofSeconds(60);

  /** A client that nobody knows is hardly older than a few renegotiations. */
  private static final int STRANGERS_KEYS = 4;

  private final SerialExecutor gateThread;
  private final GateClock clock;
  private final EntitlementLedger ledger;
  private final SpentLogins spentLogins;
  private final RevokedDevices revokedDevices;
  private final WatchedWallets watched;
  private final SessionTable table;
  private final ClientTexts texts;
  private final GateLog log;
  private final ServiceRecords records;
  private final Function<InstanceName, Daemon> daemons;
  private final Cuts cuts;
  private final Expiry expiry;
  private long servedNanos;

  LiveSessions(
      SerialExecutor gateThread,
      GateClock clock,
      EntitlementLedger ledger,
      SpentLogins spentLogins,
      RevokedDevices revokedDevices,
      WatchedWallets watched,
      SessionTable table,
      ClientTexts texts,
      GateLog log,
      ServiceRecords records,
      Function<InstanceName, Daemon> daemons) {
    this.gateThread = gateThread;
    this.clock = clock;
    this.ledger = ledger;
    this.spentLogins = spentLogins;
    this.revokedDevices = revokedDevices;
    this.watched = watched;
    this.table = table;
    this.texts = texts;
    this.log = log;
    this.records = records;
    this.daemons = daemons;
    cuts = new Cuts(gateThread, daemons, log, key -> ended(key, "gone"), this::isComing);
    expiry = new Expiry(gateThread, clock, ledger, this);
  }

  private boolean isComing(InstanceName instance, String name) {
    try {
      return table.of(WalletAddress.parse(name)).stream()
          .filter(session -> session.state() == SessionView.State.ADMITTED)
          .filter(session -> session.key().instance().equals(instance))
          .anyMatch(session -> session.username().equals(name));
    } catch (InvalidWalletAddressException e) {
      return false; // Nobody of that name is let in.
    }
  }

  /** OpenVPN's number for an admitted client is known; a cut by the former number met nobody. */
  void identified(SessionEvent.Identified event) {
    table
        .find(event.session())
        .ifPresent(
            session -> {
              log.identified(event.session(), event.client());
              cuts.confirmed(event.session());
              table.rekey(session, event.client());
              session.ending().ifPresent(ending -> write(session, ending));
            });
  }

  /** The tunnel is up; somebody we never admitted is cut. */
  void established(SessionEvent.Established event) {
    Optional<Session> found = table.find(event.session());
    if (found.isEmpty()) {
      cutStranger(event.session(), event.username(), Optional.empty());
      return;
    }
    event.connectedSince().ifPresent(found.get()::connectedSince);
    up(found.get(), event.realAddress(), event.tunnelAddress(), event.tunnelAddress6());
    cutOlderOfSameDevice(found.get());
  }

  /** Without {@code duplicate-cn} OpenVPN has dropped an older client of the same name by now. */
  private void cutOlderOfSameDevice(Session session) {
    List<Session> tunnels =
        table.of(session.wallet()).stream()
            .filter(s -> s.state() == SessionView.State.ESTABLISHED && s.isSameDeviceAs(session))
            .toList();
    for (Session older : tunnels.subList(0, Math.max(0, tunnels.size() - 1))) {
      cut(older, ReasonCode.REPLACED, texts.text(ReasonCode.REPLACED));
    }
  }

  /** Its tunnel is up; a login is spent by that. */
  void up(Session session, String realAddress, String tunnelAddress, String tunnelAddress6) {
    boolean first = session.state() == SessionView.State.ADMITTED;
    session.established(realAddress, tunnelAddress, tunnelAddress6);
    session.upAt(clock.nanoTime());
    if (first) {
      session
          .descent()
          .flatMap(Descent::loginNonce)
          .ifPresent(nonce -> spentLogins.spend(session.wallet(), nonce));
      log.established(session);
    }
  }

  /** OpenVPN's counts of a client; those of nobody's session are of no use. */
  void traffic(SessionKey key, long in, long out) {
    table.find(key).ifPresent(session -> traffic(session, in, out));
  }

  void traffic(Session session, long in, long out) {
    long inBefore = session.bytesIn();
    long outBefore = session.bytesOut();
    session.traffic(in, out);
    log.traffic(
        session.key().instance(), session.bytesIn() - inBefore, session.bytesOut() - outBefore);
  }

  /** How long tunnels were up, all together, as far as we saw it. */
  Duration served() {
    long now = clock.nanoTime();
    return Duration.ofNanos(
        servedNanos + table.all().stream().mapToLong(session -> session.upFor(now)).sum());
  }

  /** The client is gone, whatever the reason. */
  void ended(SessionKey key, String why) {
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
              if (session.hasBeenUp()) {
                servedNanos += session.upFor(clock.nanoTime());
                String reason = session.ending().map(e -> e.reason().code()).orElse(why);
                Instant end = session.lastSeen(clock.now());
                log.ended(session, end, reason);
                records.ended(session, end, reason);
              } else {
                log.neverUp(session);
              }
              session.close();
            });
  }

  void cut(Session session, ReasonCode reason, String text) {
    if (session.ending().isPresent()) {
      return;
    }
    session.beginEnding(new Session.Ending(reason, text));
    session.cancelTimers();
    log.cut(session, reason);
    write(session, session.ending().get());
  }

  /**
   * Writes the cut of a session. While nobody is attached it stays due, and is written when the
   * session is found again.
   */
  void write(Session session, Session.Ending ending) {
    if (daemon(session.key().instance()).epoch().equals(Optional.of(session.key().epoch()))) {
      cuts.cut(
          session.key(),
          session.username(),
          session.keysToDeny(clock.now()),
          ending.reason(),
          ending.text());
      if (session.firstCut() && ending.reason() == ReasonCode.EXPIRED) {
        log.expired(Duration.between(session.paidUntil(), clock.now()));
      }
    }
  }

  /** Cuts a client that has no session. */
  void cutStranger(SessionKey key, String commonName, Optional<KeyId> keyId) {
    List<KeyId> keys = new ArrayList<>(keyId.map(List::of).orElse(List.of()));
    for (long k = STRANGERS_KEYS; k >= 1; k--) {
      KeyId candidate = new KeyId(k);
      if (!keys.contains(candidate)) {
        keys.add(candidate);
      }
    }
    log.stranger(key);
    cuts.cut(key, commonName, keys, ReasonCode.INTERNAL, texts.text(ReasonCode.INTERNAL));
  }

  @Override
  public void timeOver(Session session) {
    cut(
        session,
        ReasonCode.EXPIRED,
        texts.timeOver(ReasonCode.EXPIRED, session.paidUntil(), clock.now()));
  }

  /** Cuts whom no timer has met yet because the clock was set forward. */
  void cutOverdue() {
    Instant now = clock.now();
    for (Session session : table.all()) {
      if (session.ending().isEmpty() && !now.isBefore(session.paidUntil())) {
        timeOver(session);
      }
    }
  }

  @Override
  public void timeFound(WalletAddress wallet, Entitlement entitlement) {
    // The newest block may still be taken back unseen: the watcher tells the end that counts.
    Instant patience = clock.now().plus(REORGANISATION_PATIENCE);
    Instant end = patience.isBefore(entitlement.paidUntil()) ? patience : entitlement.paidUntil();
    for (Session session : table.of(wallet)) {
      // A fall is the watcher's to judge: a reorganisation may undo it.
      if (session.ending().isEmpty() && end.isAfter(session.paidUntil())) {
        moveEnd(session, end, false);
      }
    }
  }

  @Override
  public void beltPassed(Session session) {
    log.beltPassed(session);
    var _ = restart(session);
  }

  /** Once, if that was written: a client that comes back shows what it goes back to. */
  void askAnew(Session session) {
    boolean attached =
        daemon(session.key().instance()).epoch().equals(Optional.of(session.key().epoch()));
    if (attached && session.ending().isEmpty() && session.firstAskedAnew()) {
      log.askedAnew(session);
      Following.run(
          "a reconnect",
          restart(session),
          gateThread,
          (_, failure) -> {
            if (failure != null) {
              session.wasNotAskedAnew();
            }
          });
    }
  }

  private CompletionStage<List<Reply>> restart(Session session) {
    return daemon(session.key().instance())
        .send(
            session.key(),
            CommandPriority.REAUTH,
            List.of(new Command.ClientKill(session.key().client(), Optional.of("RESTART,[P]"))));
  }

  @Override
  public void admitted(Session session) {
    table.add(session);
    expiry.arm(session);
    watched.renew(session.wallet());
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
  public boolean wasCut(SessionKey key) {
    return cuts.hasMet(key);
  }

  @Override
  public void cameToNothing(Session session) {
    if (table.find(session.key()).orElse(null) == session) {
      ended(session.key(), "never up");
    }
  }

  @Override
  public void refused(Session session, ReasonCode reason, String text) {
    cut(session, reason, text);
  }

  @Override
  public void stranger(SessionKey key, KeyId keyId, String commonName) {
    cutStranger(key, commonName, Optional.of(keyId));
  }

  /** The chain says something else about a wallet than before. */
  void applyEntitlement(
      WalletAddress wallet, Entitlement entitlement, boolean afterReorganisation) {
    for (Session session : table.of(wallet)) {
      if (session.ending().isEmpty()) {
        applyRevocation(session, entitlement);
      }
      if (session.ending().isEmpty()) {
        moveEnd(session, entitlement.paidUntil(), afterReorganisation);
      }
    }
  }

  /** Cuts the session if its credential was revoked. */
  void applyRevocation(Session session, Entitlement entitlement) {
    session.credentialsFrom(entitlement.credentialsFrom());
    if (!issuedAt(session).isAfter(entitlement.credentialsFrom())) {
      session
          .descent()
          .filter(descent -> descent.issuedAt().isAfter(entitlement.credentialsFrom()))
          .ifPresent(ahead -> revokeForGood(session.wallet(), ahead));
      cut(session, ReasonCode.REVOKED, texts.text(ReasonCode.REVOKED));
    }
  }

  /**
   * When its credential was issued at the latest, also if a wrong clock has dated that ahead. While
   * our own is behind, whatever it was dated by was right.
   */
  private Instant issuedAt(Session session) {
    Instant now = clock.now();
    Instant date = session.descent().map(Descent::issuedAt).orElse(session.since());
    if (!date.isAfter(now) || clock.isBehind(ledger.status())) {
      return date;
    }
    Instant up = now.minusNanos(session.upFor(clock.nanoTime()));
    return session.since().isBefore(up) ? session.since() : up;
  }

  /** By its date alone it would be good again one day. */
  private void revokeForGood(WalletAddress wallet, Descent ahead) {
    var _ = revokedDevices.add(wallet, ahead.device(), ahead.issuedAt());
  }

  private void moveEnd(Session session, Instant newEnd, boolean afterReorganisation) {
    Instant end = newEnd;
    if (afterReorganisation && newEnd.isBefore(session.paidUntil())) {
      Instant patience = clock.now().plus(REORGANISATION_PATIENCE);
      end = patience.isBefore(session.paidUntil()) ? patience : session.paidUntil();
      end = end.isBefore(newEnd) ? newEnd : end;
    }
    if (!end.equals(session.paidUntil())) {
      Instant before = session.paidUntil();
      session.paidUntil(end);
      log.moved(session, before, afterReorganisation);
      expiry.arm(session);
    }
  }

  /** Sets the session's timers by what is known now. */
  void arm(Session session) {
    expiry.arm(session);
  }

  /** Whether the tunnels of this instance are up is not known until it is there again. */
  void outOfSight(InstanceName instance) {
    table.of(instance).forEach(session -> session.outOfSight(clock.now(), clock.nanoTime()));
  }

  /** Cuts under way on this instance are void; who is still there is found again. */
  void connectionChanged(InstanceName instance) {
    cuts.forget(instance);
  }

  private Daemon daemon(InstanceName name) {
    return daemons.apply(name);
  }
}
