package org.hourgate.operator;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.hourgate.credential.InvalidWalletAddressException;
import org.hourgate.credential.WalletAddress;
import org.hourgate.gate.Ban;
import org.hourgate.gate.GateControl;
import org.hourgate.gate.KillReason;
import org.hourgate.gate.KillResult;
import org.hourgate.gate.KillTarget;
import org.hourgate.gate.SessionView;
import org.hourgate.infrastructure.json.InvalidJsonException;
import org.hourgate.infrastructure.json.Json;
import org.hourgate.management.ClientId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Understands requests, asks the gate, and writes down who changed what: a line when it begins and
 * one with the result. May block; safe for any thread but an event loop.
 */
final class AdminCommands {

  private static final Logger AUDIT = LoggerFactory.getLogger("org.hourgate.audit");
  private static final Logger LOG = LoggerFactory.getLogger(AdminCommands.class);
  private static final Duration LONGEST_BAN = Duration.ofDays(36_525);

  private final AdminParts parts;
  private final GateControl gate;
  private final Object reloading = new Object();

  AdminCommands(AdminParts parts) {
    this.parts = parts;
    gate = parts.gate();
  }

  /** What was asked for can't be done, and why. */
  private static final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Refusal(String message) {
      super(message, null, false, false);
    }
  }

  /** What a line asks for. */
  sealed interface Answer {

    /** One line; never completes exceptionally. */
    record Once(CompletionStage<AdminReply> reply) implements Answer {}

    /** A line a second. */
    record EverySecond() implements Answer {}
  }

  /** Answers one line. */
  Answer answer(byte[] line, Peer peer) {
    peer.awaitNames();
    try {
      AdminRequest request = Json.read(line, AdminRequest.class);
      return "watch".equals(request.command())
          ? new Answer.EverySecond()
          : new Answer.Once(run(request, peer).exceptionally(this::failed));
    } catch (InvalidJsonException e) {
      return refused("a request is one line with one JSON object");
    } catch (Refusal | InvalidWalletAddressException e) {
      return refused(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      return new Answer.Once(CompletableFuture.completedFuture(failed(e)));
    }
  }

  private CompletionStage<AdminReply> run(AdminRequest request, Peer peer) {
    return switch (request.command()) {
      case "sessions" -> gate.sessions().thenApply(AdminReply::sessions);
      case "bans" -> CompletableFuture.completedFuture(AdminReply.bans(gate.bans()));
      case "kill" -> isBan(request) ? killAndBan(request, peer) : kill(request, peer);
      case "ban" -> ban(wallet(request), request, peer);
      case "unban" -> unban(wallet(request), request, peer);
      case "reload" -> CompletableFuture.completedFuture(reload(request, peer));
      case null, default ->
          throw new Refusal(
              "known commands are sessions, watch, kill, ban, unban, bans and reload");
    };
  }

  /** One line of {@code watch}. */
  CompletionStage<AdminReply> snapshot() {
    return gate.sessions()
        .thenApply(sessions -> AdminReply.now(AdminReply.Snapshot.of(parts, sessions)))
        .exceptionally(this::failed);
  }

  private CompletionStage<AdminReply> kill(AdminRequest request, Peer peer) {
    String reason = reason(request);
    KillTarget target = target(request);
    String who = who(request, peer);
    AUDIT.info(
        "kill begun {} target={} reason={}", who, describe(target), KillReason.quoted(reason));
    return gate.kill(target, reason)
        .thenApply(
            result -> {
              AUDIT.info("kill done {} target={} {}", who, describe(target), describe(result));
              return AdminReply.killed(result);
            });
  }

  /** The ban comes first: nobody slips in between. */
  private CompletionStage<AdminReply> killAndBan(AdminRequest request, Peer peer) {
    return switch (target(request)) {
      case KillTarget.ByWallet(WalletAddress wallet) -> ban(wallet, request, peer);
      case KillTarget.ByClient(String instance, ClientId client) -> {
        reason(request);
        end(request, now());
        yield gate.sessions()
            .thenCompose(
                sessions ->
                    sessions.stream()
                        .filter(session -> session.instance().equals(instance))
                        .filter(session -> session.client().equals(client))
                        .map(SessionView::wallet)
                        .findFirst()
                        .map(owner -> ban(WalletAddress.parse(owner), request, peer))
                        .orElseGet(() -> nobodyThere(request, peer)));
      }
      case KillTarget.ByOwner _ -> throw new IllegalStateException("nobody asks like that");
    };
  }

  private CompletionStage<AdminReply> nobodyThere(AdminRequest request, Peer peer) {
    KillResult nobody = new KillResult(List.of());
    AUDIT.info(
        "ban failed {} target={} reason={} {}",
        who(request, peer),
        describe(target(request)),
        KillReason.quoted(reason(request)),
        describe(nobody));
    return CompletableFuture.completedFuture(AdminReply.killed(nobody));
  }

  private CompletionStage<AdminReply> ban(WalletAddress wallet, AdminRequest request, Peer peer) {
    String who = who(request, peer);
    Instant now = now();
    Ban ban =
        new Ban(
            wallet,
            now,
            end(request, now),
            reason(request),
            peer.name(Optional.ofNullable(request.sudoUser())));
    String until = ban.until().map(Instant::toString).orElse("forever");
    AUDIT.info(
        "ban begun {} target={} until={} reason={}",
        who,
        wallet.shortened(),
        until,
        KillReason.quoted(ban.reason()));
    return gate.ban(ban)
        .thenApply(
            result -> {
              AUDIT.info(
                  "ban done {} target={} until={} kept={} {}",
                  who,
                  wallet.shortened(),
                  until,
                  result.kept(),
                  describe(result.ended()));
              return AdminReply.banned(ban, result);
            });
  }

  private CompletionStage<AdminReply> unban(WalletAddress wallet, AdminRequest request, Peer peer) {
    String who = who(request, peer);
    return gate.unban(wallet)
        .thenApply(
            result -> {
              AUDIT.info(
                  "unban done {} target={} lifted={} kept={}",
                  who,
                  wallet.shortened(),
                  result.lifted().isPresent(),
                  result.kept());
              return AdminReply.unbanned(result);
            });
  }

  private AdminReply reload(AdminRequest request, Peer peer) {
    String who = who(request, peer);
    ReloadOutcome outcome;
    synchronized (reloading) {
      AUDIT.info("reload begun {}", who);
      outcome = parts.reload().get();
    }
    AUDIT.info(
        "reload done {} problems={} applied={} needs-restart={}",
        who,
        outcome.problems().size(),
        outcome.applied(),
        outcome.needsRestart());
    return AdminReply.reloaded(outcome);
  }

  private static String who(AdminRequest request, Peer peer) {
    return peer.described(Optional.ofNullable(request.sudoUser()));
  }

  private static boolean isBan(AdminRequest request) {
    return request.seconds() != null
        || request.until() != null
        || Boolean.TRUE.equals(request.forever());
  }

  private static String reason(AdminRequest request) {
    String reason = request.reason();
    if (reason == null || !KillReason.isFit(reason)) {
      throw new Refusal(
          "a "
              + request.command()
              + " needs a reason, one line of at most "
              + KillReason.MAX_LENGTH
              + " characters");
    }
    return reason;
  }

  private static KillTarget target(AdminRequest request) {
    if (request.wallet() != null && request.instance() == null && request.cid() == null) {
      return new KillTarget.ByWallet(WalletAddress.parse(request.wallet()));
    }
    if (request.wallet() == null && request.instance() != null && request.cid() != null) {
      try {
        return new KillTarget.ByClient(request.instance(), new ClientId(request.cid()));
      } catch (IllegalArgumentException e) {
        throw new Refusal("not a client id");
      }
    }
    throw new Refusal("a kill needs a wallet, or an instance and a cid");
  }

  private static WalletAddress wallet(AdminRequest request) {
    if (request.wallet() == null || request.instance() != null || request.cid() != null) {
      throw new Refusal("bans are of wallets");
    }
    return WalletAddress.parse(request.wallet());
  }

  private Instant now() {
    return parts.time().wallTime().truncatedTo(ChronoUnit.SECONDS);
  }

  private static Optional<Instant> end(AdminRequest request, Instant now) {
    long written =
        Stream.of(request.seconds(), request.until(), request.forever())
            .filter(value -> value != null && !Boolean.FALSE.equals(value))
            .count();
    if (written != 1) {
      throw new Refusal("a ban needs one of seconds, until and forever");
    }
    if (Boolean.TRUE.equals(request.forever())) {
      return Optional.empty();
    }
    try {
      Instant end =
          request.until() != null
              ? Instant.ofEpochSecond(request.until())
              : now.plusSeconds(request.seconds() == null ? 0 : request.seconds());
      if (end.isAfter(now) && end.isBefore(now.plus(LONGEST_BAN))) {
        return Optional.of(end);
      }
    } catch (DateTimeException | ArithmeticException e) {
      // told below
    }
    throw new Refusal("a ban ends in the future, and within a hundred years");
  }

  private static String describe(KillResult result) {
    return "cut=" + result.cut() + " confirmed=" + result.confirmed();
  }

  private static String describe(KillTarget target) {
    return switch (target) {
      case KillTarget.ByWallet(WalletAddress wallet) -> wallet.shortened();
      case KillTarget.ByClient(String instance, ClientId client) ->
          instance.replaceAll("[^a-z0-9_-]", "?") + "/" + client;
      case KillTarget.ByOwner(WalletAddress wallet, String instance, ClientId client) ->
          wallet.shortened() + " " + instance.replaceAll("[^a-z0-9_-]", "?") + "/" + client;
    };
  }

  private static Answer refused(String detail) {
    return new Answer.Once(
        CompletableFuture.completedFuture(AdminReply.refused("bad_request", detail)));
  }

  private AdminReply failed(Throwable failure) {
    LOG.warn("an admin request failed", failure);
    return AdminReply.refused("internal", "the gate did not answer; see the log");
  }
}
