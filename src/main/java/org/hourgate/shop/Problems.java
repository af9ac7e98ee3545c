package org.hourgate.shop;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.hourgate.gate.Ban;
import org.hourgate.gate.ReasonCode;
import org.hourgate.infrastructure.http.ProblemException;

/** Refusals in words for a visitor; each with its one HTTP status and code. */
final class Problems {

  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private Problems() {}

  static ProblemException badRequest(String detail) {
    return new ProblemException(400, "bad_request", detail);
  }

  static ProblemException notSignedIn() {
    return new ProblemException(401, "not_signed_in", "Sign in with your wallet first.");
  }

  static ProblemException chainUnavailable() {
    return of(
        503,
        ReasonCode.CHAIN_UNAVAILABLE,
        "The chain can't be read just now. Nothing is lost; try again in a minute.");
  }

  static ProblemException rateLimited() {
    return of(
        429,
        ReasonCode.RATE_LIMITED,
        "Too many requests from your network. Try again in a few seconds.");
  }

  static ProblemException overloaded() {
    return of(503, ReasonCode.OVERLOADED, "The gateway is busy. Try again in a few seconds.");
  }

  static ProblemException clockInDoubt() {
    return of(
        503, ReasonCode.CLOCK, "The gateway's clock is in doubt. Try again in a few minutes.");
  }

  static ProblemException banned(Ban ban) {
    String end = ban.until().map(until -> " until " + MINUTE.format(until)).orElse("");
    return of(403, ReasonCode.BANNED, "This wallet is banned" + end + ": " + ban.reason());
  }

  static ProblemException of(int status, ReasonCode code, String detail) {
    return new ProblemException(status, code.code(), detail);
  }
}
