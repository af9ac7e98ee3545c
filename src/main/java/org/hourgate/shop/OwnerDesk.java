package org.hourgate.shop;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.hourgate.chain.Storefront;
import org.hourgate.chain.Takings;
import org.hourgate.credential.DeviceId;
import org.hourgate.credential.InvalidWalletAddressException;
import org.hourgate.credential.WalletAddress;
import org.hourgate.gate.GateControl;
import org.hourgate.gate.KillReason;
import org.hourgate.gate.KillTarget;
import org.hourgate.gate.SessionView;
import org.hourgate.infrastructure.http.ProblemException;
import org.hourgate.infrastructure.http.Request;
import org.hourgate.infrastructure.http.Response;
import org.hourgate.infrastructure.json.InvalidJsonException;
import org.hourgate.infrastructure.json.Json;
import org.hourgate.infrastructure.time.Seldom;
import org.hourgate.infrastructure.time.TimeSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /api/owner}: the business, for the contract's owner alone. Whose the contract is, is asked
 * of the chain for each request, and nothing is told or done while that is not known. Each change
 * is written down when it begins and when it is done. Never blocks.
 */
final class OwnerDesk {

  private static final Logger AUDIT = LoggerFactory.getLogger("org.hourgate.audit");
  private static final Logger LOG = LoggerFactory.getLogger(OwnerDesk.class);

  /** An open page asks every few seconds, and whoever is signed in as often as he likes. */
  private static final Duration WARN_EVERY = Duration.ofMinutes(1);

  private final Visitors visitors;
  private final GateControl gate;
  private final Storefront storefront;
  private final LongSupplier historyFrom;
  private final Supplier<String> currency;
  private final Seldom ownerUnread;
  private final Seldom takingsUnread;

  OwnerDesk(
      Visitors visitors,
      GateControl gate,
      Storefront storefront,
      LongSupplier historyFrom,
      Supplier<String> currency,
      TimeSource time) {
    this.visitors = visitors;
    this.gate = gate;
    this.storefront = storefront;
    this.historyFrom = historyFrom;
    this.currency = currency;
    ownerUnread = new Seldom(WARN_EVERY, time);
    takingsUnread = new Seldom(WARN_EVERY, time);
  }

  /** {@code GET /api/owner}. */
  CompletionStage<Response> view(Request request) {
    return owner(request)
        .thenCompose(
            owner ->
                takings()
                    .thenCombine(
                        gate.sessions(),
                        (takings, sessions) ->
                            Response.json(
                                200,
                                new Business(
                                    owner.checksummed(),
                                    takings.map(this::json).orElse(null),
                                    sessions.stream().map(OwnerDesk::json).toList()))));
  }

  /** Sessions can be looked after while the books can't be read. */
  private CompletionStage<Optional<Takings>> takings() {
    return storefront
        .takings(historyFrom.getAsLong())
        .thenApply(Optional::of)
        .exceptionally(
            failure -> {
              if (takingsUnread.isTime()) {
                LOG.warn("the takings can't be read: {}", failure.toString());
              }
              return Optional.empty();
            });
  }

  /** {@code POST /api/owner/disconnect}. The answer does not wait until the client is gone. */
  CompletionStage<Response> disconnect(Request request) {
    return owner(request)
        .thenCombine(
            gate.sessions(),
            (owner, sessions) -> {
              Ended ended = read(request, Ended.class);
              WalletAddress wallet = wallet(ended.wallet());
              String reason = reason(ended.reason());
              KillTarget.ByOwner target =
                  sessions.stream()
                      .filter(session -> session.wallet().equals(wallet.checksummed()))
                      .filter(session -> id(session).equals(ended.session()))
                      .findFirst()
                      .map(s -> new KillTarget.ByOwner(wallet, s.instance(), s.client()))
                      .orElseThrow(OwnerDesk::gone);
              String what =
                  "owner=%s from=%s target=%s %s"
                      .formatted(
                          owner.shortened(),
                          request.source().getHostAddress(),
                          wallet.shortened(),
                          OwnSession.id(target.instance(), target.client()));
              AUDIT.info("kill begun {} reason={}", what, KillReason.quoted(reason));
              var _ =
                  gate.kill(target, reason)
                      .whenComplete(
                          (result, failure) -> {
                            if (failure == null) {
                              AUDIT.info(
                                  "kill done {} cut={} confirmed={}",
                                  what,
                                  result.cut(),
                                  result.confirmed());
                            } else {
                              AUDIT.warn("kill failed {}", what);
                            }
                          });
              return Response.empty(204);
            });
  }

  /** {@code POST /api/owner/revoke}: one profile of a customer, and whatever descends from it. */
  CompletionStage<Response> revoke(Request request) {
    return owner(request)
        .thenCompose(
            owner -> {
              Lost lost = read(request, Lost.class);
              WalletAddress wallet = wallet(lost.wallet());
              DeviceId device = device(lost.device());
              String what =
                  "owner=%s from=%s target=%s device=%s"
                      .formatted(
                          owner.shortened(),
                          request.source().getHostAddress(),
                          wallet.shortened(),
                          device.hex());
              AUDIT.info("revoke begun {}", what);
              return gate.revoke(wallet, device)
                  .thenApply(
                      kept -> {
                        AUDIT.info("revoke done {} kept={}", what, kept);
                        if (!kept) {
                          throw new ProblemException(
                              503,
                              "internal",
                              "This can't be kept at the moment. Ban the wallet instead: hourgate ban.");
                        }
                        return Response.empty(204);
                      });
            });
  }

  /** Who is signed in, if the contract is his now. */
  private CompletionStage<WalletAddress> owner(Request request) {
    return visitors
        .signedIn(request)
        .thenCombine(
            ownerNow(),
            (access, owner) -> {
              if (!access.wallet().equals(owner)) {
                throw new ProblemException(
                    403, "not_owner", "This is for the owner of the contract alone.");
              }
              return owner;
            });
  }

  private CompletionStage<WalletAddress> ownerNow() {
    return storefront
        .owner()
        .exceptionally(
            failure -> {
              if (ownerUnread.isTime()) {
                LOG.warn("the contract's owner can't be read: {}", failure.toString());
              }
              throw Problems.chainUnavailable();
            });
  }

  private static <T> T read(Request request, Class<T> type) {
    try {
      return Json.read(request.body(), type);
    } catch (InvalidJsonException e) {
      throw Problems.badRequest("Send a JSON object, as docs/http.md has it.");
    }
  }

  private static WalletAddress wallet(@Nullable String text) {
    try {
      return WalletAddress.parse(text == null ? "" : text);
    } catch (InvalidWalletAddressException e) {
      throw Problems.badRequest("wallet must be an address: 0x and 40 digits.");
    }
  }

  private static DeviceId device(@Nullable String text) {
    try {
      return new DeviceId(text == null ? "" : text);
    } catch (IllegalArgumentException e) {
      throw Problems.badRequest("device must be the 16 digits of a profile.");
    }
  }

  private static String reason(@Nullable String reason) {
    if (reason == null || !KillReason.isFit(reason)) {
      throw Problems.badRequest(
          "Say why, in one line of at most "
              + KillReason.MAX_LENGTH
              + " characters: the customer reads it.");
    }
    return reason.strip();
  }

  private static ProblemException gone() {
    return new ProblemException(404, "not_found", "There is no such connection any more.");
  }

  private static String id(SessionView session) {
    return OwnSession.id(session.instance(), session.client());
  }

  private Books json(Takings takings) {
    return new Books(
        takings.holdings().stream()
            .map(
                holding ->
                    new Held(
                        holding.currency().token().map(WalletAddress::checksummed).orElse(null),
                        holding.currency().token().isPresent()
                            ? holding.currency().symbol()
                            : currency.get(),
                        holding.currency().decimals(),
                        holding.amount().toString()))
            .toList(),
        takings.sold().stream()
            .map(sold -> new Sold(sold.product(), sold.count(), sold.amount().toString()))
            .toList(),
        takings.countedTo(),
        takings.block());
  }

  private static Live json(SessionView view) {
    return new Live(
        id(view),
        view.wallet(),
        view.instance(),
        view.state().name().toLowerCase(Locale.ROOT),
        view.since().getEpochSecond(),
        view.until().map(Instant::getEpochSecond).orElse(null),
        view.tunnelAddress(),
        view.secondTunnelAddress().orElse(null),
        view.realAddress(),
        view.bytesIn(),
        view.bytesOut(),
        view.kind().name().toLowerCase(Locale.ROOT),
        view.device().map(DeviceId::hex).orElse(null));
  }

  private record Ended(
      @Nullable String wallet, @Nullable String session, @Nullable String reason) {}

  private record Lost(@Nullable String wallet, @Nullable String device) {}

  private record Business(String wallet, @Nullable Books books, List<Live> sessions) {}

  private record Books(List<Held> balances, List<Sold> sold, long countedTo, long block) {}

  private record Held(@Nullable String token, String symbol, int decimals, String amount) {}

  private record Sold(long product, long count, String amount) {}

  /** A session with its network address in full: whoever answers for the line may have to know. */
  private record Live(
      String id,
      String wallet,
      String instance,
      String state,
      long since,
      @Nullable Long until,
      String tunnelAddress,
      @Nullable String tunnelAddress6,
      String realAddress,
      long bytesIn,
      long bytesOut,
      String kind,
      @Nullable String device) {}
}
