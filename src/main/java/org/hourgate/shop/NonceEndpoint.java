package org.hourgate.shop;

import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import org.hourgate.credential.CredentialAuthority;
import org.hourgate.credential.CredentialKind;
import org.hourgate.credential.IssuedNonce;
import org.hourgate.infrastructure.http.ProblemException;
import org.hourgate.infrastructure.http.Request;
import org.hourgate.infrastructure.http.Response;
import org.hourgate.infrastructure.json.InvalidJsonException;
import org.hourgate.infrastructure.json.Json;
import org.hourgate.infrastructure.net.SourceLimiter;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /api/nonce}: the text that a wallet signs. Stores nothing, so a flood of requests
 * costs one hash each.
 */
final class NonceEndpoint {

  private final Supplier<ShopSettings> settings;
  private final CredentialAuthority authority;
  private final SourceLimiter limiter;
  private final SigningTime time;

  NonceEndpoint(
      Supplier<ShopSettings> settings,
      CredentialAuthority authority,
      SourceLimiter limiter,
      SigningTime time) {
    this.settings = settings;
    this.authority = authority;
    this.limiter = limiter;
    this.time = time;
  }

  Response answer(Request request) {
    if (!limiter.tryAcquire(request.source())) {
      throw Problems.rateLimited();
    }
    Instant now = time.now();
    Question question = read(request);
    CredentialKind kind = kind(question.kind());
    Duration lifetime =
        kind == CredentialKind.DEVICE
            ? settings.get().deviceLifetime()
            : settings.get().loginLifetime();
    IssuedNonce nonce = authority.issue(Visitors.wallet(question.wallet()), kind, now, lifetime);
    return Response.json(
        200, new Answer(nonce.message(), nonce.passwordPrefix(), nonce.expires().getEpochSecond()));
  }

  private static Question read(Request request) {
    try {
      return Json.read(request.body(), Question.class);
    } catch (InvalidJsonException e) {
      throw badRequest();
    }
  }

  private static CredentialKind kind(@Nullable String kind) {
    return switch (kind) {
      case "login" -> CredentialKind.LOGIN;
      case "device" -> CredentialKind.DEVICE;
      case null, default -> throw badRequest();
    };
  }

  private static ProblemException badRequest() {
    return Problems.badRequest(
        "Send a JSON object with wallet, an address, and kind, which is \"login\" or \"device\".");
  }

  private record Question(@Nullable String wallet, @Nullable String kind) {}

  private record Answer(String message, String passwordPrefix, long expires) {}
}
