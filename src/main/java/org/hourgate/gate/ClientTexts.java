package org.hourgate.gate;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.hourgate.entitlement.Entitlement;
import org.hourgate.management.ClientText;

/**
 * The sentences a customer reads in the VPN client. At most 200 bytes, one line, the reason code in
 * brackets at the end.
 */
final class ClientTexts {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter DAY_AND_TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final String shop;
  private final RandomGenerator random;

  ClientTexts(URI publicUrl, RandomGenerator random) {
    this.shop = publicUrl.toString();
    this.random = random;
  }

  /** The text for a refusal or a cut whose sentence depends on nothing but its reason. */
  String text(ReasonCode reason) {
    return closed(sentence(reason), reason);
  }

  /** The text for time that is over: says since when, and where to buy. */
  String timeOver(ReasonCode reason, Instant paidUntil, Instant now) {
    if (paidUntil.equals(Entitlement.NONE.paidUntil())) {
      return closed("No time is paid for this wallet. Buy at " + shop, reason);
    }
    DateTimeFormatter format =
        Duration.between(paidUntil, now).compareTo(Duration.ofHours(12)) < 0 ? TIME : DAY_AND_TIME;
    return closed("Your time ended at " + format.format(paidUntil) + ". Extend at " + shop, reason);
  }

  /** The text for a banned wallet: says until when, and why. */
  String banned(Ban ban) {
    String end = ban.until().map(until -> " until " + DAY_AND_TIME.format(until)).orElse("");
    return closed("This wallet is banned" + end + ". " + ban.reason(), ReasonCode.BANNED);
  }

  /** The text for a cut by a person. */
  String operator(String words) {
    return closed(words.isBlank() ? "Ended by the operator" : words, ReasonCode.OPERATOR);
  }

  /**
   * The text of a refusal that is our fault. A client that understands it waits and comes back by
   * itself (OpenVPN {@code push.c parse_auth_failed_temp}); the wait has jitter so that a crowd
   * does not come back at once.
   */
  String temporary(ReasonCode reason, boolean understandsTemporaryFailure) {
    return temporary(text(reason), reason, understandsTemporaryFailure);
  }

  /**
   * The text for a password that our clock, which was wrong, has dated ahead: its time may come.
   */
  String signedAhead(boolean understandsTemporaryFailure) {
    String text =
        closed(
            "This password was signed while the gateway's clock was wrong. Get a new one at "
                + shop,
            ReasonCode.CLOCK);
    return temporary(text, ReasonCode.CLOCK, understandsTemporaryFailure);
  }

  private String temporary(String text, ReasonCode reason, boolean understandsTemporaryFailure) {
    if (!understandsTemporaryFailure) {
      return text;
    }
    int least = reason == ReasonCode.STARTING ? 1 : 4;
    return "TEMP[backoff " + (least + random.nextInt(4)) + ",advance no]:" + text;
  }

  private String sentence(ReasonCode reason) {
    return switch (reason) {
      case BAD_USERNAME ->
          "The user name must be your wallet address: 0x and 40 hex digits, spelled as your wallet"
              + " shows it";
      case BAD_PASSWORD -> "That is no password of this gateway. Get one at " + shop;
      case NONCE_EXPIRED -> "This password is too old. Get a new one at " + shop;
      case NONCE_FORGED -> "This password was not issued here for this wallet. Get one at " + shop;
      case NONCE_USED -> "This password was used already. Get a new one at " + shop;
      case BAD_SIGNATURE -> "The signature is not from this wallet. Sign again at " + shop;
      case NOT_APPROVED ->
          "Nobody has allowed this connection on the page. Connect again to be asked";
      case BANNED -> "This wallet is not admitted here";
      case REVOKED -> "This password was revoked. Get a new one at " + shop;
      case NO_TIME -> "No time is paid for this wallet. Buy at " + shop;
      case EXPIRED -> "Your time is over. Extend at " + shop;
      case SESSION_LIMIT ->
          "This wallet is connected already. Disconnect the other device at " + shop;
      case REPLACED -> "Another device of this wallet has connected";
      case OPERATOR -> "Ended by the operator";
      case RATE_LIMITED -> "Too many tries from your address. Try again in a minute";
      case CHAIN_UNAVAILABLE ->
          "The payment can't be checked just now. Nothing is lost; try again in a minute";
      case STARTING -> "The gateway is starting. Try again in a minute";
      case OVERLOADED -> "The gateway is busy. Try again in a minute";
      case CLOCK -> "The gateway's clock is in doubt. Try again in a minute";
      case INTERNAL -> "Something went wrong at the gateway. Try again in a minute";
    };
  }

  /** Puts the code behind the sentence, which is shortened if it must be. */
  private static String closed(String sentence, ReasonCode reason) {
    String tail = " [" + reason.code() + "]";
    return ClientText.safe(sentence, ClientText.DEFAULT_MAX_BYTES - tail.length()) + tail;
  }
}
