package org.hourgate.shop;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hourgate.chain.Purchase;
import org.hourgate.chain.Storefront;
import org.hourgate.credential.DeviceId;
import org.hourgate.credential.WalletAddress;
import org.hourgate.gate.Ban;
import org.hourgate.gate.GateControl;
import org.hourgate.gate.KillTarget;
import org.hourgate.gate.ReasonCode;
import org.hourgate.gate.SessionView;
import org.hourgate.infrastructure.http.ProblemException;
import org.hourgate.infrastructure.http.Request;
import org.hourgate.infrastructure.http.Response;
import org.hourgate.infrastructure.json.InvalidJsonException;
import org.hourgate.infrastructure.json.Json;
import org.hourgate.management.ClientId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code /api/me}: what belongs to whoever is signed in, and to nobody else. Never blocks. */
final class OwnAccount {

  private static final Logger LOG = LoggerFactory.getLogger(OwnAccount.class);
  private static final Pattern SESSION = Pattern.compile("([a-z0-9_-]{1,32})/([0-9]{1,18})");
  private static final String GOODBYE = "You ended this connection on the page";

  private final Visitors visitors;
  private final GateControl gate;
  private final Storefront storefront;
  private final int limit;
  private final LongSupplier historyFrom;

  OwnAccount(
      Visitors visitors,
      GateControl gate,
      Storefront storefront,
      int limit,
      LongSupplier historyFrom) {
    this.visitors = visitors;
    this.gate = gate;
    this.storefront = storefront;
    this.limit = limit;
    this.historyFrom = historyFrom;
  }

  /** {@code GET /api/me}. */
  CompletionStage<Response> me(Request request) {
    return visitors
        .signedIn(request)
        .thenCombine(
            gate.sessions(),
            (access, sessions) ->
                Response.json(
                    200,
                    new Me(
                        access.wallet().checksummed(),
                        access.newestPaidUntil().getEpochSecond(),
                        access.gatePaidUntil().getEpochSecond(),
                        access.credentialsFrom().getEpochSecond(),
                        access.readAt().getEpochSecond(),
                        limit,
                        gate.banOf(access.wallet()).map(OwnAccount::json).orElse(null),
                        of(access.wallet(), sessions))));
  }

  static List<OwnSession> of(WalletAddress wallet, List<SessionView> sessions) {
    String owner = wallet.checksummed();
    return sessions.stream()
        .filter(session -> session.wallet().equals(owner))
        .map(OwnSession::of)
        .toList();
  }

  /** {@code POST /api/me/disconnect}. The answer does not wait until the client is gone. */
  CompletionStage<Response> disconnect(Request request) {
    return visitors
        .signedIn(request)
        .thenCombine(
            gate.sessions(),
            (access, sessions) -> {
              String id = sessionId(request);
              boolean own = of(access.wallet(), sessions).stream().anyMatch(s -> s.id().equals(id));
              Matcher matcher = SESSION.matcher(id);
              if (!own || !matcher.matches()) {
                throw new ProblemException(404, "not_found", "You have no such connection.");
              }
              var _ =
                  gate.kill(
                      new KillTarget.ByOwner(
                          access.wallet(),
                          matcher.group(1),
                          new ClientId(Long.parseLong(matcher.group(2)))),
                      GOODBYE);
              return Response.empty(204);
            });
  }

  /** {@code POST /api/me/revoke}: one profile alone, and whatever descends from it. */
  CompletionStage<Response> revoke(Request request) {
    return visitors
        .signedIn(request)
        .thenCompose(
            access -> {
              // Wallets are free: what strangers have us keep would have no end.
              if (!access.newestPaidUntil().isAfter(Instant.EPOCH)) {
                throw Problems.of(
                    402, ReasonCode.NO_TIME, "No time was ever paid for this wallet.");
              }
              return gate.revoke(access.wallet(), device(request));
            })
        .thenApply(
            kept -> {
              if (!kept) {
                throw new ProblemException(
                    503,
                    "internal",
                    "This can't be kept at the moment. Revoke all profiles, which the contract keeps.");
              }
              return Response.empty(204);
            });
  }

  private static DeviceId device(Request request) {
    try {
      String id = Json.read(request.body(), Lost.class).device();
      if (id != null) {
        return new DeviceId(id);
      }
    } catch (InvalidJsonException | IllegalArgumentException e) {
      // told below
    }
    throw Problems.badRequest("Send a JSON object with device, the 16 digits of a profile.");
  }

  private static String sessionId(Request request) {
    try {
      return Optional.ofNullable(Json.read(request.body(), Which.class).session())
          .orElseThrow(OwnAccount::whichOne);
    } catch (InvalidJsonException e) {
      throw whichOne();
    }
  }

  private static ProblemException whichOne() {
    return Problems.badRequest("Send a JSON object with session, as in \"udp/12\".");
  }

  /** {@code GET /api/me/history}. */
  CompletionStage<Response> history(Request request) {
    return visitors
        .signedIn(request)
        .thenCompose(access -> purchases(access.wallet()))
        .thenApply(
            purchases -> Response.json(200, purchases.stream().map(OwnAccount::json).toList()));
  }

  private CompletionStage<List<Purchase>> purchases(WalletAddress wallet) {
    return storefront
        .purchases(wallet, historyFrom.getAsLong())
        .exceptionally(
            failure -> {
              LOG.warn("a history can't be read: {}", failure.toString());
              throw Problems.chainUnavailable();
            });
  }

  private static Banned json(Ban ban) {
    return new Banned(ban.until().map(Instant::getEpochSecond).orElse(null), ban.reason());
  }

  private static Bought json(Purchase purchase) {
    return new Bought(
        purchase.transaction(),
        purchase.block(),
        purchase.time().getEpochSecond(),
        purchase.product(),
        purchase.account().checksummed(),
        purchase.payer().checksummed(),
        purchase.price().toString(),
        purchase.token().map(WalletAddress::checksummed).orElse(null),
        purchase.paidUntil().getEpochSecond());
  }

  private record Which(@Nullable String session) {}

  private record Lost(@Nullable String device) {}

  private record Me(
      String wallet,
      long paidUntil,
      long gatePaidUntil,
      long credentialsFrom,
      long readAt,
      int limit,
      @Nullable Banned banned,
      List<OwnSession> sessions) {}

  /** {@code until} is absent if it has no end. */
  private record Banned(@Nullable Long until, String reason) {}

  private record Bought(
      String transaction,
      long block,
      long time,
      long product,
      String account,
      String payer,
      String price,
      @Nullable String token,
      long paidUntil) {}
}
