package org.hourgate.credential;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.math.ec.ECAlgorithms;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.util.BigIntegers;

/** Public key recovery (SEC 1, 4.1.6) in Java alone. */
final class BouncyCastleSignatureRecovery implements SignatureRecovery {
  private static final X9ECParameters CURVE = CustomNamedCurves.getByName("secp256k1");
  private static final int COORDINATE_LENGTH = 32;

  @Override
  public String name() {
    return "bouncycastle";
  }

  @Override
  public Optional<WalletAddress> recover(byte[] digest, EthereumSignature signature) {
    if (digest.length != Keccak256.LENGTH) {
      throw new IllegalArgumentException("a digest has 32 bytes");
    }
    ECPoint point;
    try {
      point = point(signature.r(), signature.oddY());
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // r is no point of the curve
    }
    // Q = (s·R − e·G) / r
    BigInteger n = CURVE.getN();
    BigInteger e = new BigInteger(1, digest).mod(n);
    BigInteger inverse = BigIntegers.modOddInverse(n, signature.r());
    BigInteger forG = e.negate().multiply(inverse).mod(n);
    BigInteger forR = signature.s().multiply(inverse).mod(n);
    ECPoint key = ECAlgorithms.sumOfTwoMultiplies(CURVE.getG(), forG, point, forR).normalize();
    if (key.isInfinity()) {
      return Optional.empty();
    }
    byte[] encoded = key.getEncoded(false);
    return Optional.of(WalletAddress.ofPublicKey(Arrays.copyOfRange(encoded, 1, encoded.length)));
  }

  private static ECPoint point(BigInteger x, boolean oddY) {
    byte[] compressed = new byte[1 + COORDINATE_LENGTH];
    compressed[0] = (byte) (oddY ? 3 : 2);
    BigIntegers.asUnsignedByteArray(x, compressed, 1, COORDINATE_LENGTH);
    return CURVE.getCurve().decodePoint(compressed);
  }
}
