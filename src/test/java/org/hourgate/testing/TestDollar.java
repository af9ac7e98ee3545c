package org.hourgate.testing;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.hourgate.chain.ContractCall;
import org.hourgate.chain.Receipt;
import org.hourgate.chain.Transactor;
import org.hourgate.credential.WalletAddress;
import org.hourgate.credential.WalletKey;
import org.web3j.abi.FunctionEncoder;
import org.web3j.abi.datatypes.Address;
import org.web3j.abi.datatypes.Function;
import org.web3j.abi.datatypes.generated.Uint256;

/**
 * A token whose money is free: symbol TUSD, six decimals, permits. Its source is {@code
 * contracts/test/TestDollar.sol}. {@code TestTether.sol} is its awkward sister.
 */
public final class TestDollar {

  private static final BigInteger MILLIONTHS = BigInteger.valueOf(1_000_000);

  private TestDollar() {}

  public static WalletAddress deploy(Transactor chain, WalletKey payer) {
    return deploy(chain, payer, "TestDollar.bin");
  }

  /**
   * Deploys one as USDT is: symbol TUST, no permits, and an allowance that is left must be taken
   * back before there is a new one.
   */
  public static WalletAddress deployTether(Transactor chain, WalletKey payer) {
    return deploy(chain, payer, "TestTether.bin");
  }

  private static WalletAddress deploy(Transactor chain, WalletKey payer, String file) {
    return send(chain, payer, Optional.empty(), creationCode(file)).created().orElseThrow();
  }

  /** Gives away so many whole dollars. */
  public static void mint(
      Transactor chain, WalletKey payer, WalletAddress token, WalletAddress to, long dollars) {
    String call =
        FunctionEncoder.encode(
            new Function(
                "mint",
                List.of(
                    new Address(to.hex()),
                    new Uint256(BigInteger.valueOf(dollars).multiply(MILLIONTHS))),
                List.of()));
    send(chain, payer, Optional.of(token), call);
  }

  private static Receipt send(
      Transactor chain, WalletKey payer, Optional<WalletAddress> to, String data) {
    ContractCall call = new ContractCall(data, BigInteger.ZERO);
    return chain.await(chain.submit(payer, chain.tryOut(payer.address(), to, call)));
  }

  private static String creationCode(String file) {
    try (InputStream in = Transactor.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException(file + " is missing");
      }
      return "0x" + new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
