package org.hourgate.chain;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hourgate.credential.WalletAddress;
import org.web3j.crypto.Hash;

/**
 * What a contract says when it refuses, in words for a person: the contract's own errors, those of
 * the OpenZeppelin contracts it is made of, those of tokens (ERC-6093), and Solidity's two.
 */
enum ContractError {
  UNKNOWN_PRODUCT(
      "UnknownProduct(uint256)",
      "there is no product {number}: 'hourgate products' lists those there are"),
  PRODUCT_INACTIVE(
      "ProductInactive(uint256)",
      "product {number} is not for sale at present: choose another, or let its owner put it on sale"
          + " ('hourgate products on')"),
  WRONG_VALUE(
      "WrongValue(uint256,uint256)",
      "exactly {ether} must be sent along, not {ether}; for a price in tokens it is none"),
  WRONG_PAYMENT(
      "WrongPayment(address,uint256,uint256)",
      "the token {address} must deliver exactly its price, {number} of its smallest unit, and"
          + " delivered {number}: a token that takes a fee or rounds can't be used to pay"),
  BAD_PRODUCT(
      "BadProduct(uint96,uint32)",
      "a product needs a price above 0 and a duration of 1 second to 2 years, not {number} and"
          + " {number} s"),
  UNSUPPORTED_TOKEN(
      "UnsupportedToken(address)",
      "there is no token contract at {address}: check the address, and that it is of this chain"),
  TOO_FAR_AHEAD(
      "TooFarAhead(uint64,uint64)",
      "the time would end at {time}, and {time} is the latest end allowed, two years from now: take"
          + " less"),
  ZERO_DURATION("ZeroDuration()", "no time at all can't be granted: give a second or more"),
  ZERO_ACCOUNT("ZeroAccount()", "the zero address is nobody's: name a wallet"),
  OWNER_NOT_ALLOWED(
      "OwnerNotAllowed(address)",
      "{address} owns the contract: it can neither pay for time nor get any, so use another wallet"),
  TRANSFER_FAILED(
      "TransferFailed(address,uint256)",
      "{address} did not take the {ether}: name an address that takes ether"),
  NOTHING_TO_CLAIM(
      "NothingToClaim(address)",
      "nothing is credited to {address}: only the payee of a refund can claim it, once"),
  CANNOT_RENOUNCE(
      "CannotRenounce()",
      "the contract must keep an owner: hand it over instead (transferOwnership, acceptOwnership)"),

  NOT_THE_OWNER(
      "OwnableUnauthorizedAccount(address)",
      "{address} is not the owner of the contract: sign with the owner's wallet"),
  INVALID_OWNER("OwnableInvalidOwner(address)", "{address} can't own a contract: name a wallet"),
  PAUSED(
      "EnforcedPause()",
      "purchases are paused: wait until the owner allows them again ('hourgate unpause')"),
  NOT_PAUSED("ExpectedPause()", "purchases are not paused: there is nothing to undo"),
  TOKEN_REFUSED(
      "SafeERC20FailedOperation(address)",
      "the token {address} refuses the transfer: look at the payer's balance and allowance there"),
  REENTRANT(
      "ReentrancyGuardReentrantCall()",
      "the token or the recipient called back while a payment was under way: use another one"),

  TOO_FEW_TOKENS(
      "ERC20InsufficientBalance(address,uint256,uint256)",
      "{address} has {number} of the token's smallest unit and needs {number}: get more of the"
          + " token first"),
  TOO_SMALL_ALLOWANCE(
      "ERC20InsufficientAllowance(address,uint256,uint256)",
      "{address} may take {number} of the token's smallest unit and needs {number}: approve that"
          + " much first"),
  INVALID_TOKEN_SENDER(
      "ERC20InvalidSender(address)", "the token takes nothing from {address}: use another wallet"),
  INVALID_TOKEN_RECEIVER(
      "ERC20InvalidReceiver(address)", "the token gives nothing to {address}: name another wallet"),
  INVALID_TOKEN_APPROVER(
      "ERC20InvalidApprover(address)", "{address} can't approve anything: use another wallet"),
  INVALID_TOKEN_SPENDER(
      "ERC20InvalidSpender(address)", "{address} can't be approved: name another address"),

  PANIC("Panic(uint256)", "it has a defect (Solidity panic {number}): please report it"),
  TEXT("Error(string)", "it says \"{text}\"");

  private static final int SELECTOR = 8;
  private static final int WORD = 64;
  private static final int LONGEST_TEXT = 200;
  private static final Pattern PLACE = Pattern.compile("\\{([a-z]+)}");

  private final String selector;
  private final int arguments;
  private final String words;

  ContractError(String signature, String words) {
    byte[] hash = Hash.sha3(signature.getBytes(StandardCharsets.US_ASCII));
    this.selector = HexFormat.of().formatHex(hash, 0, SELECTOR / 2);
    this.arguments =
        signature.endsWith("()") ? 0 : (int) signature.chars().filter(c -> c == ',').count() + 1;
    this.words = words;
  }

  /**
   * Says what a contract's revert means.
   *
   * @param data selector and arguments, {@code 0x} in front
   */
  static String describe(String data) {
    return known(data)
        .orElseGet(
            () ->
                data.length() < 2 + SELECTOR
                    ? "it gives no reason"
                    : "its error %s is none we know: is it a newer contract, or another one?"
                        .formatted(data.substring(0, 2 + SELECTOR)));
  }

  private static Optional<String> known(String data) {
    String digits = data.substring(2).toLowerCase(Locale.ROOT);
    return Arrays.stream(values())
        .filter(error -> digits.startsWith(error.selector))
        .findFirst()
        .flatMap(error -> error.format(digits.substring(SELECTOR)));
  }

  private Optional<String> format(String digits) {
    if (this == TEXT) {
      return text(digits).map(text -> words.replace("{text}", text));
    }
    if (digits.length() != arguments * WORD) {
      return Optional.empty();
    }
    Matcher places = PLACE.matcher(words);
    List<MatchResult> found = places.results().toList();
    StringBuilder text = new StringBuilder();
    int end = 0;
    for (int i = 0; i < found.size(); i++) {
      MatchResult place = found.get(i);
      text.append(words, end, place.start())
          .append(value(place.group(1), digits.substring(i * WORD, (i + 1) * WORD)));
      end = place.end();
    }
    return Optional.of(text.append(words.substring(end)).toString());
  }

  private static String value(String kind, String word) {
    BigInteger number = new BigInteger(word, 16);
    return switch (kind) {
      case "address" -> new WalletAddress(word.substring(WORD - 40)).checksummed();
      case "ether" -> Currency.ETHER.format(number);
      case "time" ->
          Instant.ofEpochSecond(
                  number.min(BigInteger.valueOf(AccessCodec.END_OF_TIME)).longValueExact())
              .toString();
      default -> number.toString();
    };
  }

  /** The text of {@code Error(string)}, printable and not too long. */
  private static Optional<String> text(String digits) {
    return AbiText.decode("0x" + digits)
        .map(text -> text.replaceAll("[\\p{Cntrl}\\p{Cf}]", "?"))
        .map(text -> text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) + "…" : text);
  }
}
