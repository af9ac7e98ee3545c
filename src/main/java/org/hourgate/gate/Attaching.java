package org.hourgate.gate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.hourgate.credential.InvalidWalletAddressException;
import org.hourgate.credential.WalletAddress;
import org.hourgate.entitlement.Entitlement;
import org.hourgate.entitlement.EntitlementLedger;
import org.hourgate.infrastructure.time.SerialExecutor;
import org.hourgate.management.Command;
import org.hourgate.management.CommandPriority;
import org.hourgate.management.Epoch;
import org.hourgate.management.KeyId;
import org.hourgate.management.Reply;
import org.hourgate.session.InstanceName;
import org.hourgate.session.LogCache;
import org.hourgate.session.SessionKey;
import org.hourgate.session.StatusTable;

/**
 * Takes up an OpenVPN process, at a start of either side, after a lost connection and after a soft
 * restart: asks everything at once, checks that it is safe to serve, learns who is there, and only
 * then releases the hold. What clients do meanwhile is put off until it is known who is there.
 * Touched by the gate's thread alone.
 */
final class Attaching {

  private static final Duration CHAIN_RETRY = Duration.ofSeconds(2);
  private static final Duration RETRY = Duration.ofSeconds(1);

  /** For people who look; at most a line for each client in this time. */
  private static final int BYTE_COUNT_SECONDS = 5;

  private final SerialExecutor gateThread;
  private final GateClock clock;
  private final EntitlementLedger ledger;
  private final WatchedWallets watched;
  private final Belts belts;
  private final Supplier<Optional<Duration>> beltSlack;
  private final DaemonCheck daemonCheck;
  private final SessionTable table;
  private final LiveSessions sessions;
  private final ClientTexts texts;
  private final GateLog log;
  private final Function<InstanceName, Daemon> daemons;

  /** Those of whom the chain has said nothing yet. */
  private final Map<Session, Found> untold = new HashMap<>();

  /** What OpenVPN said of a client when we came. */
  private record Found(StatusTable.Row row, LogCache logCache) {}

  Attaching(
      SerialExecutor gateThread,
      GateClock clock,
      EntitlementLedger ledger,
      WatchedWallets watched,
      Belts belts,
      Supplier<Optional<Duration>> beltSlack,
      DaemonCheck daemonCheck,
      SessionTable table,
      LiveSessions sessions,
      ClientTexts texts,
      GateLog log,
      Function<InstanceName, Daemon> daemons) {
    this.gateThread = gateThread;
    this.clock = clock;
    this.ledger = ledger;
    this.watched = watched;
    this.belts = belts;
    this.beltSlack = beltSlack;
    this.daemonCheck = daemonCheck;
    this.table = table;
    this.sessions = sessions;
    this.texts = texts;
    this.log = log;
    this.daemons = daemons;
  }

  /** Begins anew: the connection is up, or OpenVPN's context was replaced on it. */
  void begin(Daemon daemon, Epoch epoch) {
    Optional<Long> formerPid = daemon.pid();
    daemon.attaching(epoch);
    Following.run(
        daemon.send(
            CommandPriority.CONNECT,
            List.of(
                new Command.HoldOn(),
                new Command.StateOn(),
                new Command.Version(),
                new Command.Pid(),
                new Command.Status(),
                new Command.LogAll(),
                new Command.ByteCount(BYTE_COUNT_SECONDS))),
        gateThread,
        (replies, failure) -> {
          if (daemon.epoch().equals(Optional.of(epoch))) {
            if (failure == null) {
              check(daemon, formerPid, new Attachment(replies));
            } else {
              beginAgain(daemon, epoch, failure);
            }
          }
        },
        e -> beginAgain(daemon, epoch, e));
  }

  /** What clients did meanwhile is in the next status and log cache. */
  private void beginAgain(Daemon daemon, Epoch epoch, Throwable failure) {
    List<String> problems = List.of("attaching failed: " + failure.getMessage());
    log.refused(daemon.name(), problems);
    daemon.attachingFailed(problems);
    gateThread.schedule(
        RETRY,
        () -> {
          if (daemon.epoch().equals(Optional.of(epoch))) {
            begin(daemon, epoch);
          }
        });
  }

  private void check(Daemon daemon, Optional<Long> formerPid, Attachment attachment) {
    Optional<Epoch> epoch = daemon.epoch();
    var _ =
        CompletableFuture.completedStage(attachment)
            .thenCompose(a -> daemonCheck.problems(daemon.name(), a.version(), a.pid()))
            .exceptionally(e -> List.of("could not be checked: " + e.getMessage()))
            .thenAcceptAsync(
                problems -> {
                  if (!daemon.epoch().equals(epoch)) {
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
                gateThread)
            .exceptionally(
                e -> {
                  epoch.ifPresent(present -> beginAgain(daemon, present, e));
                  return null;
                });
  }

  /** The hold is not released: nobody gets in. What is live is left alone. */
  private void refuse(Daemon daemon, List<String> problems) {
    log.refused(daemon.name(), problems);
    daemon.refused(problems);
  }

  /** Where OpenVPN stood still for too long it is told again: until it hears it, nobody gets in. */
  private void release(Daemon daemon) {
    Optional<Epoch> epoch = daemon.epoch();
    Following.run(
        "the release of the hold",
        daemon.send(CommandPriority.CONNECT, List.of(new Command.HoldRelease())),
        gateThread,
        (_, failure) -> {
          if (Following.isTimeout(failure)) {
            gateThread.schedule(
                RETRY,
                () -> {
                  if (daemon.epoch().equals(epoch)) {
                    release(daemon);
                  }
                });
          }
        });
  }

  /** Brings what we remember and what is there into agreement. */
  private void reconcile(Daemon daemon, boolean sameProcess, Attachment attachment) {
    Epoch epoch = daemon.epoch().orElseThrow();
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
        sessions.ended(session.key(), "lost");
      }
    }
    rows.forEach(
        (key, row) -> {
          if (row.isLive()) {
            learn(key, row, belts.of(daemon.name(), attachment.pid(), row), attachment.log());
          } else if (row.hasShownCredential() && !daemon.hasPutOffLogin(key)) {
            comeBack(daemon, key);
          }
        });
    belts.learned(daemon.name());
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
    sessions.traffic(session, row.bytesIn(), row.bytesOut());
    sessions.up(session, row.realAddress(), row.tunnelAddress(), row.tunnelAddress6());
    session
        .ending()
        .ifPresentOrElse(
            e -> sessions.write(session, e),
            () -> {
              Found found = new Found(row, logCache);
              if (untold.replace(session, found) == null) {
                answerLostReauth(session, found);
              }
              sessions.arm(session);
            });
  }

  private void learn(
      SessionKey key, StatusTable.Row row, Optional<Belts.Kept> kept, LogCache logCache) {
    WalletAddress wallet;
    try {
      wallet = WalletAddress.parse(row.username());
    } catch (InvalidWalletAddressException e) {
      sessions.cutStranger(key, row.commonName(), Optional.empty());
      return;
    }
    Session session =
        Session.learned(
            log.nextDecision(),
            key,
            wallet,
            row.username(),
            row.connectedSince(),
            kept.flatMap(Belts.Kept::end),
            kept.flatMap(Belts.Kept::descent));
    logCache
        .lastKeys(row)
        .ifPresent(
            keys -> {
              session.keySeen(keys.first());
              session.keysGuessed(keys.last());
            });
    session.established(row.realAddress(), row.tunnelAddress(), row.tunnelAddress6());
    session.upAt(clock.nanoTime());
    session.traffic(row.bytesIn(), row.bytesOut());
    table.add(session);
    watched.acquire(wallet);
    untold.put(session, new Found(row, logCache));
    ask(session);
  }

  /** A learned session has no known end: until the chain answers, only its belt holds it. */
  private void ask(Session session) {
    if (!isUntold(session)) {
      return;
    }
    Following.run(
        ledger.entitlementOf(session.wallet()),
        gateThread,
        (answer, failure) -> {
          if (failure == null && answer instanceof EntitlementLedger.Answer.Known known) {
            told(session, known.entitlement());
          } else {
            askLater(session);
          }
        },
        e -> {
          log.failed(session, e);
          askLater(session);
        });
  }

  private void askLater(Session session) {
    gateThread.schedule(CHAIN_RETRY, () -> ask(session));
  }

  /** What the chain tells of a watched wallet may come before the answer to our question. */
  void told(WalletAddress wallet, Entitlement entitlement) {
    table.of(wallet).forEach(session -> told(session, entitlement));
  }

  /** Whether the chain has said nothing yet of a session that is still there. */
  private boolean isUntold(Session session) {
    if (table.find(session.key()).orElse(null) != session || session.ending().isPresent()) {
      untold.remove(session);
    }
    return untold.containsKey(session);
  }

  private void told(Session session, Entitlement entitlement) {
    if (!isUntold(session)) {
      return;
    }
    Found found = Objects.requireNonNull(untold.remove(session));
    session.paidUntil(entitlement.paidUntil());
    assumeBelt(session);
    sessions.applyRevocation(session, entitlement);
    log.learned(session);
    if (session.ending().isEmpty() && clock.now().isBefore(session.paidUntil())) {
      answerLostReauth(session, found);
    }
    sessions.arm(session);
    watched.renew(session.wallet());
  }

  /** Where the belt was not kept it is taken for the one of a session never extended so far. */
  private void assumeBelt(Session session) {
    if (session.beltEnd().isEmpty()) {
      beltSlack.get().ifPresent(slack -> session.beltEnd(session.paidUntil().plus(slack)));
    }
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
  private void answerLostReauth(Session session, Found found) {
    Optional<KeyId> unread = session.takeUnread();
    boolean asksUs =
        daemons.apply(session.key().instance()).askedBy() == AskedBy.MANAGEMENT; // A script waits.
    if (asksUs && (unread.isPresent() || found.logCache().awaitsVerdict(found.row()))) {
      answerUnasked(session, unread.map(List::of).orElseGet(() -> session.keysToCome(clock.now())));
    }
  }

  private void answerUnasked(Session session, List<KeyId> keys) {
    log.lostReauth(session, keys.size());
    List<Command> commands = new ArrayList<>();
    keys.forEach(k -> commands.add(new Command.ClientAuthNt(session.key().client(), k)));
    Following.run(
        "the answer to a lost renegotiation",
        daemons
            .apply(session.key().instance())
            .send(session.key(), CommandPriority.REAUTH, commands),
        gateThread,
        (replies, failure) -> {
          for (int i = 0; failure == null && i < replies.size(); i++) {
            if (replies.get(i) instanceof Reply.Success) {
              session.keySeen(keys.get(i));
            }
          }
        });
  }
}
