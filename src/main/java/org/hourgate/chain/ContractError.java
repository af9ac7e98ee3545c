package org.hourgate.chain;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.hourgate.credential.WalletAddress;
import org.web3j.crypto.Hash;

/** The contract's custom errors, and how to say them to a person. */
enum ContractError {
  UNKNOWN_PRODUCT("UnknownProduct(uint256)", "there is no product %s"),
  PRODUCT_INACTIVE("ProductInactive(uint256)", "product %s is not for sale at present"),
  WRONG_VALUE("WrongValue(uint256,uint256)", "the value must be exactly %s wei, not %s"),
  BAD_PRODUCT(
      "BadProduct(uint96,uint32)",
      "a product needs a price above 0 and a duration of 1 second to 2 years, not %s wei and %s s"),
  WRONG_PAYMENT(
      "WrongPayment(address,uint256,uint256)",
      "the token %s must deliver exactly %s of its smallest unit, not %s"),
  UNSUPPORTED_TOKEN("UnsupportedToken(address)", "there is no token contract at %s"),
  TOKEN_REFUSED("SafeERC20FailedOperation(address)", "the token %s refuses the transfer"),
  TOO_FAR_AHEAD(
      "TooFarAhead(uint64,uint64)", "the time would end at %s, and %s is the latest end allowed"),
  ZERO_DURATION("ZeroDuration()", "no time at all can't be granted"),
  ZERO_ACCOUNT("ZeroAccount()", "the zero address is nobody's"),
  OWNER_NOT_ALLOWED(
      "OwnerNotAllowed(address)", "%s owns the contract: it can neither pay for time nor get any"),
  TRANSFER_FAILED("TransferFailed(address,uint256)", "%s did not take the %s wei"),
  NOTHING_TO_CLAIM("NothingToClaim(address)", "nothing is credited to %s"),
  REENTRANT("ReentrancyGuardReentrantCall()", "a payment is under way in the same transaction"),
  CANNOT_RENOUNCE("CannotRenounce()", "the contract must keep an owner"),
  NOT_THE_OWNER("OwnableUnauthorizedAccount(address)", "%s is not the owner of the contract"),
  INVALID_OWNER("OwnableInvalidOwner(address)", "%s can't own a contract"),
  PAUSED("EnforcedPause()", "purchases are paused"),
  NOT_PAUSED("ExpectedPause()", "purchases are not paused");

  private static final int SELECTOR = 8;
  private static final int WORD = 64;

  private final String selector;
  private final String types;
  private final String words;

  ContractError(String signature, String words) {
    byte[] hash = Hash.sha3(signature.getBytes(StandardCharsets.US_ASCII));
    this.selector = HexFormat.of().formatHex(hash, 0, SELECTOR / 2);
    this.types = signature.substring(signature.indexOf('(') + 1, signature.length() - 1);
    this.words = words;
  }

  /**
   * Says what a contract's revert means.
   *
   * @param data selector and arguments, {@code 0x} in front
   * @return empty if it is none of these errors
   */
  static Optional<String> describe(String data) {
    String digits = data.substring(2).toLowerCase(Locale.ROOT);
    return Arrays.stream(values())
        .filter(error -> digits.startsWith(error.selector))
        .filter(error -> digits.length() == SELECTOR + WORD * error.types().size())
        .findFirst()
        .map(error -> error.format(digits));
  }

  private List<String> types() {
    return types.isEmpty() ? List.of() : List.of(types.split(",", -1));
  }

  private String format(String digits) {
    List<Object> arguments = new ArrayList<>();
    for (int i = 0; i < types().size(); i++) {
      int from = SELECTOR + i * WORD;
      String word = digits.substring(from, from + WORD);
      BigInteger number = new BigInteger(word, 16);
      arguments.add(
          switch (types().get(i)) {
            case "address" -> new WalletAddress(word.substring(WORD - 40)).checksummed();
            case "uint64" ->
                Instant.ofEpochSecond(
                    number.min(BigInteger.valueOf(AccessCodec.END_OF_TIME)).longValueExact());
            default -> number;
          });
    }
    return words.formatted(arguments.toArray());
  }
}
