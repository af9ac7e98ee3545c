package org.hourgate.credential;

import fr.acinq.secp256k1.Secp256k1;
import fr.acinq.secp256k1.Secp256k1Exception;
import java.util.Arrays;
import java.util.Optional;

/**
 * Bitcoin Core's libsecp256k1 through ACINQ's binding, three to four times as fast as Java. The
 * constructor throws a {@link LinkageError} or an unchecked exception where the library does not
 * load.
 */
final class NativeSignatureRecovery implements SignatureRecovery {
  private final Secp256k1 library = Secp256k1.get();

  @Override
  public String name() {
    return "libsecp256k1";
  }

  @Override
  public Optional<WalletAddress> recover(byte[] digest, EthereumSignature signature) {
    if (digest.length != Keccak256.LENGTH) {
      throw new IllegalArgumentException("a digest has 32 bytes");
    }
    try {
      byte[] key = library.ecdsaRecover(signature.rAndS(), digest, signature.oddY() ? 1 : 0);
      return Optional.of(WalletAddress.ofPublicKey(Arrays.copyOfRange(key, 1, key.length)));
    } catch (Secp256k1Exception e) {
      return Optional.empty(); // r is no point of the curve, or the key would be at infinity
    }
  }
}
