package org.hourgate.shop;

import java.time.Instant;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.hourgate.credential.CredentialAuthority;
import org.hourgate.credential.IssuedNonce;
import org.hourgate.gate.ReasonCode;
import org.hourgate.gate.WebSignInDesk;
import org.hourgate.infrastructure.http.ProblemException;
import org.hourgate.infrastructure.http.Request;
import org.hourgate.infrastructure.http.Response;
import org.hourgate.infrastructure.json.InvalidJsonException;
import org.hourgate.infrastructure.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * {@code /api/connection/…}: a VPN client waits, and its customer says here whether it may come in.
 * Never blocks.
 */
final class SignInDesk {

  static final String FOLDER = "/api/connection/";

  private final Visitors visitors;
  private final CredentialAuthority authority;
  private final WebSignInDesk gate;
  private final Supplier<ShopSettings> settings;
  private final SigningTime time;

  SignInDesk(
      Visitors visitors,
      CredentialAuthority authority,
      WebSignInDesk gate,
      Supplier<ShopSettings> settings,
      SigningTime time) {
    this.visitors = visitors;
    this.authority = authority;
    this.gate = gate;
    this.settings = settings;
    this.time = time;
  }

  /** GET: which device asks, and the text that lets it in. */
  CompletionStage<Response> look(Request request) {
    check(request);
    Instant now = time.now();
    return gate.find(id(request), request.source()).thenApply(found -> found(found, now));
  }

  private Response found(WebSignInDesk.Found found, Instant now) {
    return switch (found) {
      case WebSignInDesk.Gone() -> throw gone();
      case WebSignInDesk.Elsewhere() -> throw elsewhere();
      case WebSignInDesk.Waiting waiting -> {
        IssuedNonce nonce =
            authority.issueApproval(waiting.connection(), now, settings.get().loginLifetime());
        yield Response.json(
            200,
            new Asked(
                waiting.connection().wallet().checksummed(),
                waiting.connection().instance(),
                waiting.connection().address(),
                waiting.program(),
                waiting.until().getEpochSecond(),
                nonce.message(),
                nonce.passwordPrefix()));
      }
    };
  }

  /** POST {@code {"password": …}}: lets it in. */
  CompletionStage<Response> allow(Request request) {
    check(request);
    return gate.approve(id(request), request.source(), password(request))
        .thenApply(SignInDesk::answered);
  }

  /** DELETE: turns it away. */
  CompletionStage<Response> refuse(Request request) {
    check(request);
    return gate.refuse(id(request), request.source())
        .thenApply(
            answer ->
                switch (answer) {
                  case WebSignInDesk.Gone() -> throw gone();
                  case WebSignInDesk.Elsewhere() -> throw elsewhere();
                  case WebSignInDesk.Admitted() -> throw gone();
                  case WebSignInDesk.TurnedAway _ -> Response.empty(204);
                });
  }

  private static Response answered(WebSignInDesk.Answer answer) {
    return switch (answer) {
      case WebSignInDesk.Admitted() -> Response.empty(204);
      case WebSignInDesk.Gone() -> throw gone();
      case WebSignInDesk.Elsewhere() -> throw elsewhere();
      case WebSignInDesk.TurnedAway(ReasonCode reason, String text, boolean _) ->
          throw Problems.of(status(reason), reason, text.replaceFirst(" \\[[a-z_]+]$", "."));
    };
  }

  private static int status(ReasonCode reason) {
    return switch (reason) {
      case BAD_PASSWORD, BAD_USERNAME -> 400;
      case NO_TIME, EXPIRED -> 402;
      case BANNED, NOT_APPROVED, OPERATOR -> 403;
      case SESSION_LIMIT, REPLACED -> 409;
      case RATE_LIMITED -> 429;
      case CHAIN_UNAVAILABLE, STARTING, OVERLOADED, CLOCK -> 503;
      case INTERNAL -> 500;
      case NONCE_EXPIRED, NONCE_FORGED, NONCE_USED, BAD_SIGNATURE, REVOKED -> 401;
    };
  }

  private void check(Request request) {
    visitors.requireOurPage(request);
    visitors.requireWithinLimits(request);
  }

  private static String id(Request request) {
    return request.path().substring(FOLDER.length());
  }

  private static String password(Request request) {
    try {
      String password = Json.read(request.body(), Signed.class).password();
      if (password != null) {
        return password;
      }
    } catch (InvalidJsonException e) {
      // told below
    }
    throw Problems.badRequest("Send a JSON object with password: the prefix and the signature.");
  }

  private static ProblemException gone() {
    return new ProblemException(
        404,
        "not_found",
        "No VPN app waits here any more: it was answered, gave up or left. Connect again in the app.");
  }

  private static ProblemException elsewhere() {
    return new ProblemException(
        403,
        "wrong_network",
        "The VPN app waits in another network than yours. Open this page on the device that"
            + " connects, or on one in the same network. If somebody sent you this link, close it.");
  }

  private record Asked(
      String wallet,
      String instance,
      String address,
      String program,
      long until,
      String message,
      String passwordPrefix) {}

  private record Signed(@Nullable String password) {}
}
