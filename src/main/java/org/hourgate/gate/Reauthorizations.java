package org.hourgate.gate;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.hourgate.credential.InvalidWalletAddressException;
import org.hourgate.credential.SpentLogins;
import org.hourgate.credential.WalletAddress;
import org.hourgate.infrastructure.net.SourceLimiter;
import org.hourgate.management.Command;
import org.hourgate.management.CommandPriority;
import org.hourgate.management.KeyId;
import org.hourgate.management.Reply;
import org.hourgate.session.ClientLogin;
import org.hourgate.session.InstanceName;
import org.hourgate.session.SessionEvent;
import org.hourgate.session.SessionKey;

/**
 * Answers renegotiations of live sessions from memory, without a chain call: the same wallet, a
 * credential that is right, not revoked, and time ahead. That a credential is old or was used ends
 * no live session. A refusal here is a cut. Touched by the gate's thread alone.
 */
final class Reauthorizations {

  private final Executor gateThread;
  private final GateClock clock;
  private final CredentialCheck credentials;
  private final SpentLogins spentLogins;
  private final Bans bans;
  private final RevokedDevices revokedDevices;
  private final SessionTable table;
  private final ClientTexts texts;
  private final GateLog log;
  private final Function<InstanceName, Daemon> daemons;
  private final Refusal refusal;

  /** What a refused renegotiation leads to. */
  interface Refusal {
    void refused(Session session, ReasonCode reason, String text);

    /** A renegotiation of a client that we do not know as live. */
    void stranger(SessionKey key, KeyId keyId, String commonName);
  }

  Reauthorizations(
      Executor gateThread,
      GateClock clock,
      CredentialCheck credentials,
      SpentLogins spentLogins,
      Bans bans,
      RevokedDevices revokedDevices,
      SessionTable table,
      ClientTexts texts,
      GateLog log,
      Function<InstanceName, Daemon> daemons,
      Refusal refusal) {
    this.gateThread = gateThread;
    this.clock = clock;
    this.credentials = credentials;
    this.spentLogins = spentLogins;
    this.bans = bans;
    this.revokedDevices = revokedDevices;
    this.table = table;
    this.texts = texts;
    this.log = log;
    this.daemons = daemons;
    this.refusal = refusal;
  }

  /** What a live session shows, and when it did. */
  private record Question(KeyId key, ClientLogin login, String decision, long arrivedNanos) {}

  /** A live session renegotiates. */
  void requested(SessionEvent.ReauthRequested event, long arrivedNanos) {
    Optional<Session> found = table.find(event.session());
    if (found.isEmpty()) {
      refusal.stranger(event.session(), event.key(), event.login().username());
      return;
    }
    Session session = found.get();
    session.keySeen(event.key());
    Question question = new Question(event.key(), event.login(), log.nextDecision(), arrivedNanos);
    guarded(session, question, () -> judge(session, question));
  }

  /** What nobody expected ends no live session, but is answered: the client comes back. */
  private void guarded(Session session, Question question, Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      log.failed(question.decision(), session.key(), e);
      denyForNow(session, question, ReasonCode.INTERNAL);
    }
  }

  private void judge(Session session, Question question) {
    if (session.ending().isPresent()) {
      denyBehindItsCut(session, question, session.ending().get());
      return;
    }
    Instant now = clock.now();
    Optional<Ban> ban = bans.of(session.wallet(), now);
    if (ban.isPresent()) {
      told(session, question, ReasonCode.BANNED);
      refusal.refused(session, ReasonCode.BANNED, texts.banned(ban.get()));
      return;
    }
    switch (question.login().soundness()) {
      case BEFORE_ENV_FILTER -> judgeUnread(session, question, now);
      case DUPLICATE_NAMES -> refuse(session, question, ReasonCode.BAD_USERNAME);
      case SOUND -> judgeShown(session, question, now);
    }
  }

  /**
   * OpenVPN asked in the moment in which we came, and what the block says can't be believed. The
   * session is treated as one whose question was lost ({@link Attaching}): it was let in before.
   */
  private void judgeUnread(Session session, Question question, Instant now) {
    if (!session.paidUntilKnown()) {
      session.unread(question.key());
    } else if (now.isBefore(session.paidUntil())) {
      accept(session, question);
    } else {
      refuse(session, question, ReasonCode.EXPIRED);
    }
  }

  private void judgeShown(Session session, Question question, Instant now) {
    ClientLogin login = question.login();
    if (!isSameWallet(login.username(), session.wallet())) {
      refuse(session, question, ReasonCode.BAD_USERNAME);
    } else if (!now.isBefore(session.paidUntil())) {
      refuse(session, question, ReasonCode.EXPIRED);
    } else if (login.tokenSession().isPresent() && isLiveTokenSession(session, login)) {
      accept(session, question);
    } else if (session
        .lastPassword()
        .map(PasswordDigest.of(login.password())::matches)
        .orElse(false)) {
      if (isSecretOrFromWhereItWasSigned(session, login)) {
        accept(session, question);
      } else {
        refuse(session, question, ReasonCode.NOT_APPROVED);
      }
    } else {
      credentials.check(
          session.wallet(),
          login.password(),
          () -> true,
          now,
          result -> guarded(session, question, () -> checked(session, question, result)));
    }
  }

  /**
   * A client that keeps no token shows once more by what it asked for the page, which everybody
   * knows: that is good at the address that its wallet has signed for, and nowhere else
   * (docs/decisions/0007-signing-in-on-the-page.md).
   */
  private static boolean isSecretOrFromWhereItWasSigned(Session session, ClientLogin login) {
    return !login.password().equals(WebSignInDesk.PASSWORD)
        || session
            .signedFor()
            .filter(SourceLimiter.sourceOf(Admissions.source(login))::equals)
            .isPresent();
  }

  private static boolean isSameWallet(String username, WalletAddress wallet) {
    try {
      return WalletAddress.parse(username).equals(wallet);
    } catch (InvalidWalletAddressException e) {
      return false;
    }
  }

  /** OpenVPN renews its own tokens late; an expired one of the same session is no fault. */
  private static boolean isLiveTokenSession(Session session, ClientLogin login) {
    String state = login.tokenState().orElse("");
    boolean right = state.equals("Authenticated") || state.equals("Expired");
    boolean sameOrLearned =
        session.tokenSession().isEmpty()
            ? session.lastPassword().isEmpty() // After a restart of ours.
            : session.tokenSession().equals(login.tokenSession());
    return right && sameOrLearned;
  }

  private void checked(Session session, Question question, CredentialCheck.Result result) {
    if (table.find(session.key()).orElse(null) != session || session.ending().isPresent()) {
      return;
    }
    switch (result) {
      case CredentialCheck.Result.Refused refused -> turnDown(session, question, refused.reason());
      case CredentialCheck.Result.Proved proved -> {
        Descent shown = Descent.of(proved.credential());
        Optional<ReasonCode> fault = fault(session, shown, proved.life());
        if (fault.isPresent()) {
          turnDown(session, question, fault.get());
        } else {
          session.proved(shown, PasswordDigest.of(question.login().password()));
          accept(session, question);
        }
      }
    }
  }

  private void turnDown(Session session, Question question, ReasonCode reason) {
    if (reason.isTemporary()) {
      denyForNow(session, question, reason);
    } else {
      refuse(session, question, reason);
    }
  }

  /** Another credential than the session's own must be good for a new session. */
  private Optional<ReasonCode> fault(Session session, Descent shown, CredentialCheck.Life life) {
    if (!shown.issuedAt().isAfter(session.credentialsFrom())
        || revokedDevices.contains(session.wallet(), shown.device())) {
      return Optional.of(ReasonCode.REVOKED);
    }
    boolean itsOwn = session.descent().map(d -> d.device().equals(shown.device())).orElse(true);
    if (itsOwn) {
      return Optional.empty();
    }
    switch (life) {
      case AHEAD -> {
        return Optional.of(ReasonCode.CLOCK);
      }
      case OVER -> {
        return Optional.of(ReasonCode.NONCE_EXPIRED);
      }
      case NOW -> {}
    }
    if (shown.loginNonce().isPresent()) {
      if (!spentLogins.tryReserve(session.wallet(), shown.loginNonce().get(), shown.expires())) {
        return Optional.of(ReasonCode.NONCE_USED);
      }
      spentLogins.spend(session.wallet(), shown.loginNonce().get());
    }
    return Optional.empty();
  }

  private void accept(Session session, Question question) {
    log.reauthAccepted(question.decision(), session, question.key(), age(question));
    Following.run(
        "the answer to a renegotiation",
        send(session, new Command.ClientAuthNt(session.key().client(), question.key())),
        gateThread,
        (_, failure) -> {
          if (failure != null) {
            session.unheard(question.key());
          }
        });
  }

  private void refuse(Session session, Question question, ReasonCode reason) {
    told(session, question, reason);
    refusal.refused(
        session,
        reason,
        reason == ReasonCode.EXPIRED
            ? texts.timeOver(reason, session.paidUntil(), clock.now())
            : texts.text(reason));
  }

  /** The fault is ours: the client comes back by itself, as far as it understands that. */
  private void denyForNow(Session session, Question question, ReasonCode reason) {
    deny(
        session,
        question,
        reason,
        texts.temporary(reason, question.login().understandsTemporaryFailure()));
  }

  private void deny(Session session, Question question, ReasonCode reason, String text) {
    told(session, question, reason);
    var _ =
        send(
            session,
            new Command.ClientDeny(
                session.key().client(), question.key(), reason.code(), Optional.of(text)));
  }

  /**
   * A client drops what is said under its former key once it has begun to renegotiate, and so the
   * farewell of a cut that met its renegotiation: it is said again under the new one.
   */
  private void denyBehindItsCut(Session session, Question question, Session.Ending ending) {
    if (daemons.apply(session.key().instance()).askedBy() == AskedBy.MANAGEMENT) {
      var _ = send(session, Cuts.farewell(session.key(), ending.text()));
    }
    deny(session, question, ending.reason(), ending.text());
  }

  private void told(Session session, Question question, ReasonCode reason) {
    log.reauthRefused(question.decision(), session, question.key(), reason, age(question));
  }

  private Duration age(Question question) {
    return Duration.ofNanos(clock.nanoTime() - question.arrivedNanos());
  }

  private CompletionStage<List<Reply>> send(Session session, Command command) {
    return daemons
        .apply(session.key().instance())
        .send(session.key(), CommandPriority.REAUTH, List.of(command));
  }
}
