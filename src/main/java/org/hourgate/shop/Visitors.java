package org.hourgate.shop;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.hourgate.credential.Credential;
import org.hourgate.credential.CredentialAuthority;
import org.hourgate.credential.DeviceId;
import org.hourgate.credential.GatewayIdentity;
import org.hourgate.credential.InvalidWalletAddressException;
import org.hourgate.credential.PasswordDecoder;
import org.hourgate.credential.WalletAddress;
import org.hourgate.credential.WebSession;
import org.hourgate.gate.GateControl;
import org.hourgate.gate.ReasonCode;
import org.hourgate.infrastructure.http.ProblemException;
import org.hourgate.infrastructure.http.Request;
import org.hourgate.infrastructure.http.Response;
import org.hourgate.infrastructure.json.InvalidJsonException;
import org.hourgate.infrastructure.json.Json;
import org.hourgate.infrastructure.net.SourceLimiter;
import org.hourgate.infrastructure.time.TimeSource;
import org.jspecify.annotations.Nullable;

/**
 * Who is it? By a signed password, which is looked at but not spent, or by the cookie that was
 * given for one. The cookie is all there is of a session: a restart signs nobody out, and whoever
 * revokes on the contract is signed out everywhere. Limits count by source, never by wallet, so
 * nobody can lock another out. Never blocks.
 */
final class Visitors {

  private static final Duration LONGEST_SESSION = Duration.ofHours(24);
  private static final Duration CLOCK_DIFFERENCE = Duration.ofMinutes(2);

  private final CredentialAuthority authority;
  private final AccessDesk desk;
  private final GateControl gate;
  private final SourceLimiter limiter;
  private final Executor signatureWorkers;
  private final TimeSource time;
  private final SigningTime signingTime;
  private final String origin;
  private final String cookieName;
  private final String cookieAttributes;

  /**
   * Makes one.
   *
   * @param limiter counts requests that cost a question or a signature
   * @param signatureWorkers recovers signatures; may refuse when full
   */
  Visitors(
      GatewayIdentity identity,
      CredentialAuthority authority,
      AccessDesk desk,
      GateControl gate,
      SourceLimiter limiter,
      Executor signatureWorkers,
      TimeSource time,
      SigningTime signingTime) {
    this.authority = authority;
    this.desk = desk;
    this.gate = gate;
    this.limiter = limiter;
    this.signatureWorkers = signatureWorkers;
    this.time = time;
    this.signingTime = signingTime;
    URI url = identity.publicUrl();
    origin = url.getScheme().toLowerCase(Locale.ROOT) + "://" + identity.domain();
    boolean secure = origin.startsWith("https:"); // http is for this machine alone
    // By this name browsers take it from this very host over https alone: no neighbour sets it.
    cookieName = secure ? "__Host-hourgate" : "hourgate";
    cookieAttributes = "; Path=/; HttpOnly; SameSite=Strict" + (secure ? "; Secure" : "");
  }

  /** A wallet and the credential that proved it. */
  record Proof(
      WalletAddress wallet, Credential.Signed credential, String password, Access access) {}

  /** Refuses what another site's page sent; browsers say so, programs say nothing. */
  void requireOurPage(Request request) {
    Optional<String> claimed = request.header("origin");
    if (claimed.isPresent() && !claimed.get().equals(origin)) {
      throw new ProblemException(
          403, "wrong_origin", "This page was not opened at its own address: go to " + origin);
    }
  }

  void requireWithinLimits(Request request) {
    if (!limiter.tryAcquire(request.source())) {
      throw Problems.rateLimited();
    }
  }

  /** Checks user name and password in the body; refuses as {@link #proveBasic} does. */
  CompletionStage<Proof> prove(Request request) {
    requireOurPage(request);
    requireWithinLimits(request);
    return prove(read(request));
  }

  /**
   * Checks user name and password of HTTP's Basic authentication (RFC 7617).
   *
   * @return completes exceptionally with a problem unless they are right, not too old and not
   *     revoked
   */
  CompletionStage<Proof> proveBasic(Request request) {
    requireOurPage(request);
    requireWithinLimits(request);
    return prove(basic(request));
  }

  private CompletionStage<Proof> prove(Login login) {
    WalletAddress wallet = wallet(login.username());
    String password = login.password();
    if (password == null
        || !(PasswordDecoder.decode(password).orElse(null) instanceof Credential.Signed signed)) {
      throw Problems.of(
          400, ReasonCode.BAD_PASSWORD, "Send the password that belongs to a signed text.");
    }
    if (!authority.isAuthentic(wallet, signed)) {
      throw Problems.of(
          401,
          ReasonCode.NONCE_FORGED,
          "This password was not issued here for this wallet. Ask for a new text and sign it.");
    }
    Instant now = time.wallTime();
    if (signed.issuedAt().isAfter(now.plus(CLOCK_DIFFERENCE))) {
      signingTime.requireSound(); // While that is in doubt nothing is wrong with the password.
      throw Problems.of(
          401,
          ReasonCode.CLOCK,
          "This was signed while the gateway's clock was wrong. Ask for a new text and sign it.");
    }
    if (!now.isBefore(signed.expires())) {
      throw Problems.of(
          401,
          ReasonCode.NONCE_EXPIRED,
          "This password is too old. Ask for a new text and sign it.");
    }
    return isSigned(wallet, signed)
        .thenCompose(
            right -> {
              if (!right) {
                throw Problems.of(
                    401, ReasonCode.BAD_SIGNATURE, "The signature is not from this wallet.");
              }
              return desk.of(wallet);
            })
        .thenApply(
            access -> {
              requireNotRevoked(signed.issuedAt(), signed.deviceId(), access);
              return new Proof(wallet, signed, password, access);
            });
  }

  private CompletionStage<Boolean> isSigned(WalletAddress wallet, Credential.Signed signed) {
    try {
      return CompletableFuture.supplyAsync(
          () -> authority.isSignedBy(wallet, signed), signatureWorkers);
    } catch (RejectedExecutionException e) {
      throw Problems.overloaded();
    }
  }

  private void requireNotRevoked(Instant issuedAt, DeviceId device, Access access) {
    if (!issuedAt.isAfter(access.credentialsFrom()) || gate.isRevoked(access.wallet(), device)) {
      throw Problems.of(
          401,
          ReasonCode.REVOKED,
          "This wallet has revoked its passwords. Ask for a new text and sign it.");
    }
  }

  private static Login basic(Request request) {
    String[] words = request.header("authorization").orElse("").strip().split(" +", 2);
    if (words.length == 2 && words[0].equalsIgnoreCase("basic")) {
      try {
        String pair = new String(Base64.getDecoder().decode(words[1]), StandardCharsets.UTF_8);
        int colon = pair.indexOf(':');
        if (colon >= 0) {
          return new Login(pair.substring(0, colon), pair.substring(colon + 1));
        }
      } catch (IllegalArgumentException e) {
        // told below
      }
    }
    throw new ProblemException(
        401, "not_signed_in", "Send the wallet as user name and a signed password.");
  }

  private static Login read(Request request) {
    try {
      return Json.read(request.body(), Login.class);
    } catch (InvalidJsonException e) {
      throw Problems.badRequest("Send a JSON object with username, a wallet, and password.");
    }
  }

  static WalletAddress wallet(@Nullable String text) {
    if (text == null) {
      throw Problems.badRequest("A wallet address is missing.");
    }
    try {
      return WalletAddress.parse(text);
    } catch (InvalidWalletAddressException e) {
      throw Problems.of(400, ReasonCode.BAD_USERNAME, String.valueOf(e.getMessage()));
    }
  }

  /** {@code POST /api/session}. */
  CompletionStage<Response> signIn(Request request) {
    return prove(request)
        .thenApply(
            proof -> {
              Instant expires = time.wallTime().plus(LONGEST_SESSION);
              String cookie =
                  authority.sealWebSession(
                      new WebSession(
                          proof.wallet(),
                          proof.credential().issuedAt(),
                          proof.credential().deviceId(),
                          expires));
              return cookie(cookie, LONGEST_SESSION);
            });
  }

  /** {@code DELETE /api/session}. */
  Response signOut(Request request) {
    requireOurPage(request);
    return cookie("", Duration.ZERO);
  }

  private Response cookie(String value, Duration life) {
    return Response.empty(204)
        .withHeader(
            "set-cookie",
            cookieName + "=" + value + "; Max-Age=" + life.toSeconds() + cookieAttributes);
  }

  /** Who the cookie says it is, revoked or not; empty if it says nothing that is true now. */
  Optional<WebSession> session(Request request) {
    return request
        .cookie(cookieName)
        .flatMap(authority::openWebSession)
        .filter(session -> time.wallTime().isBefore(session.expires()));
  }

  /** The wallet of the cookie and what is known about it, unless it is revoked. */
  CompletionStage<Access> signedIn(Request request) {
    requireOurPage(request);
    WebSession session = session(request).orElseThrow(Problems::notSignedIn);
    requireWithinLimits(request);
    return desk.of(session.wallet())
        .thenApply(
            access -> {
              requireNotRevoked(session.issuedAt(), session.deviceId(), access);
              return access;
            });
  }

  private record Login(@Nullable String username, @Nullable String password) {}
}
