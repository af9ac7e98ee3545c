package org.hourgate.chain;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.hourgate.credential.WalletAddress;
import org.web3j.abi.FunctionEncoder;
import org.web3j.abi.datatypes.Address;
import org.web3j.abi.datatypes.Bool;
import org.web3j.abi.datatypes.Function;
import org.web3j.abi.datatypes.Type;
import org.web3j.abi.datatypes.generated.Bytes32;
import org.web3j.abi.datatypes.generated.Uint256;
import org.web3j.abi.datatypes.generated.Uint32;
import org.web3j.abi.datatypes.generated.Uint8;
import org.web3j.abi.datatypes.generated.Uint96;

/**
 * Something to ask of a contract by a transaction. Values that don't fit the contract's types are
 * {@link ChainException}s.
 *
 * @param data the call as the contract reads it, hexadecimal, {@code 0x} in front
 * @param value the ether sent along, in wei
 */
public record ContractCall(String data, BigInteger value) {

  /** Makes a new contract. */
  public static ContractCall deployment(WalletAddress owner) {
    String constructor = FunctionEncoder.encodeConstructor(List.of(address(owner)));
    return new ContractCall("0x" + creationCode() + constructor, BigInteger.ZERO);
  }

  /**
   * Puts time on sale.
   *
   * @param token empty for a price in ether
   */
  public static ContractCall addProduct(
      Optional<WalletAddress> token, BigInteger price, Duration duration) {
    return of(
        "addProduct",
        token.map(ContractCall::address).orElse(Address.DEFAULT),
        new Uint96(fitting("a price, in the smallest unit,", price, 96)),
        seconds(duration));
  }

  public static ContractCall setActive(long product, boolean active) {
    return of("setActive", new Uint256(product), new Bool(active));
  }

  /**
   * Buys for the sender.
   *
   * @param value the ether sent along: the price, or nothing if that is in tokens
   */
  public static ContractCall purchaseProduct(long product, BigInteger value) {
    return of("purchaseProduct", new Uint256(product)).withValue(value);
  }

  public static ContractCall purchaseFor(long product, WalletAddress account, BigInteger value) {
    return of("purchaseFor", new Uint256(product), address(account)).withValue(value);
  }

  public static ContractCall purchaseWithPermit(
      long product, WalletAddress account, Erc20.Permit permit) {
    return of(
        "purchaseWithPermit",
        new Uint256(product),
        address(account),
        new Uint256(permit.value()),
        new Uint256(permit.deadline().getEpochSecond()),
        new Uint8(permit.v()),
        new Bytes32(permit.r()),
        new Bytes32(permit.s()));
  }

  public static ContractCall grant(WalletAddress account, Duration duration) {
    return of("grant", address(account), seconds(duration));
  }

  /** Ends the account's time, and credits the value to the payee. */
  public static ContractCall refund(WalletAddress account, WalletAddress payee, BigInteger value) {
    return of("refund", address(account), address(payee)).withValue(value);
  }

  public static ContractCall claim(WalletAddress to) {
    return of("claim", address(to));
  }

  public static ContractCall revokeCredentials() {
    return of("revokeCredentials");
  }

  /**
   * Takes out the takings.
   *
   * @param token empty for ether
   */
  public static ContractCall withdraw(Optional<WalletAddress> token, WalletAddress to) {
    return of("withdraw", token.map(ContractCall::address).orElse(Address.DEFAULT), address(to));
  }

  public static ContractCall pause() {
    return of("pause");
  }

  public static ContractCall unpause() {
    return of("unpause");
  }

  @SuppressWarnings("rawtypes") // web3j's signature
  static ContractCall of(String function, Type<?>... arguments) {
    List<Type> raw = List.of(arguments);
    return new ContractCall(
        FunctionEncoder.encode(new Function(function, raw, List.of())), BigInteger.ZERO);
  }

  static Address address(WalletAddress wallet) {
    return new Address(wallet.hex());
  }

  private ContractCall withValue(BigInteger wei) {
    return new ContractCall(data, wei);
  }

  private static Uint32 seconds(Duration duration) {
    if (duration.toNanosPart() != 0) {
      throw new ChainException("a duration must be whole seconds");
    }
    return new Uint32(
        fitting("a duration, in seconds,", BigInteger.valueOf(duration.toSeconds()), 32));
  }

  private static BigInteger fitting(String what, BigInteger value, int bits) {
    if (value.signum() < 0 || value.bitLength() > bits) {
      throw new ChainException(
          what + " must be from 0 to " + BigInteger.TWO.pow(bits).subtract(BigInteger.ONE));
    }
    return value;
  }

  private static String creationCode() {
    String name = "contract/Hourgate.bin";
    try (InputStream in = ContractCall.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is missing beside the classes");
      }
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip();
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + name, e);
    }
  }
}
