package org.hourgate.chain;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.hourgate.credential.WalletAddress;
import org.hourgate.credential.WalletKey;
import org.web3j.abi.datatypes.Type;
import org.web3j.abi.datatypes.generated.Uint256;
import org.web3j.crypto.Hash;

/**
 * A token (ERC-20) as whoever is paid in it, or pays in it, sees it. What it says of itself is read
 * strictly: replies of another shape are {@link ChainException}s. Blocks the calling thread.
 */
public final class Erc20 {

  private static final String PERMIT =
      "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)";

  private final Transactor transactor;
  private final WalletAddress address;

  Erc20(Transactor transactor, WalletAddress address) {
    this.transactor = transactor;
    this.address = address;
  }

  /**
   * A signed allowance (EIP-2612), which the one it is for hands in himself.
   *
   * @param deadline the last second at which it can be handed in
   */
  @SuppressWarnings("ArrayRecordComponent") // passed on at once, never compared
  public record Permit(BigInteger value, Instant deadline, byte v, byte[] r, byte[] s) {}

  public WalletAddress address() {
    return address;
  }

  /** The token's own name for its unit, and how far that is divided. */
  public Currency currency() {
    BigInteger decimals = number("decimals");
    if (decimals.compareTo(BigInteger.valueOf(ShelfReader.MAX_DECIMALS)) > 0) {
      throw notOne("decimals() is " + decimals);
    }
    return new Currency(Optional.of(address), symbol(), decimals.intValueExact());
  }

  public BigInteger balanceOf(WalletAddress wallet) {
    return number("balanceOf", ContractCall.address(wallet));
  }

  /** Lets the spender take so much. */
  public Receipt approve(WalletKey owner, WalletAddress spender, BigInteger value) {
    return transactor.send(
        owner,
        Optional.of(address),
        ContractCall.of("approve", ContractCall.address(spender), new Uint256(value)));
  }

  /** Signs that the spender may take so much; for tokens that have permits. */
  public Permit permit(WalletKey owner, WalletAddress spender, BigInteger value, Instant deadline) {
    byte[] content =
        Hash.sha3(
            concat(
                Hash.sha3(PERMIT.getBytes(StandardCharsets.US_ASCII)),
                word(new BigInteger(1, owner.address().bytes())),
                word(new BigInteger(1, spender.bytes())),
                word(value),
                word(number("nonces", ContractCall.address(owner.address()))),
                word(BigInteger.valueOf(deadline.getEpochSecond()))));
    byte[] digest =
        Hash.sha3(concat(new byte[] {0x19, 0x01}, word(number("DOMAIN_SEPARATOR")), content));
    byte[] rsv = owner.signHash(digest);
    return new Permit(
        value, deadline, rsv[64], Arrays.copyOfRange(rsv, 0, 32), Arrays.copyOfRange(rsv, 32, 64));
  }

  private String symbol() {
    return Words.text(answer("symbol"))
        .filter(ShelfReader.SYMBOL.asMatchPredicate())
        .orElseThrow(() -> notOne("symbol() is no short plain word"));
  }

  private BigInteger number(String function, Type<?>... arguments) {
    try {
      return Words.of(answer(function, arguments), 1).number(0, 256);
    } catch (AccessCodec.UndecodableException e) {
      throw notOne("it does not answer " + function);
    }
  }

  private String answer(String function, Type<?>... arguments) {
    try {
      return transactor.call(address, ContractCall.of(function, arguments).data());
    } catch (NodeException e) {
      throw e;
    } catch (ChainException e) {
      throw notOne("it refuses " + function);
    }
  }

  private ChainException notOne(String why) {
    return new ChainException(
        "%s is no token (ERC-20) on chain %d: %s. Check the address and the chain"
            .formatted(address.checksummed(), transactor.chainId(), why));
  }

  private static byte[] word(BigInteger number) {
    return HexFormat.of().parseHex("%064x".formatted(number));
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
