package org.hourgate.credential;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/** A wallet's private key, for who logs in from a command line. Immutable, safe for any thread. */
public final class WalletKey {
  private static final X9ECParameters CURVE = CustomNamedCurves.getByName("secp256k1");
  private static final ECDomainParameters DOMAIN = new ECDomainParameters(CURVE);
  private static final int LENGTH = 32;

  private final BigInteger secret;
  private final WalletAddress address;

  private WalletKey(BigInteger secret) {
    this.secret = secret;
    byte[] point =
        new FixedPointCombMultiplier().multiply(CURVE.getG(), secret).normalize().getEncoded(false);
    address = WalletAddress.ofPublicKey(Arrays.copyOfRange(point, 1, point.length));
  }

  /**
   * Reads one line of 64 hexadecimal digits, with or without {@code 0x}, spaces around it allowed.
   *
   * @throws InvalidWalletKeyException with what is expected
   */
  public static WalletKey parse(String line) {
    String hex = line.strip().toLowerCase(Locale.ROOT);
    if (hex.startsWith("0x")) {
      hex = hex.substring(2);
    }
    if (!LowerHex.matches(hex, 2 * LENGTH)) {
      throw new InvalidWalletKeyException(
          "A wallet key is one line of 64 hexadecimal digits, with or without 0x.");
    }
    BigInteger secret = new BigInteger(hex, 16);
    if (secret.signum() == 0 || secret.compareTo(EthereumSignature.N) >= 0) {
      throw new InvalidWalletKeyException(
          "This number is no wallet key: a key is above 0 and below the order of secp256k1.");
    }
    return new WalletKey(secret);
  }

  public WalletAddress address() {
    return address;
  }

  /**
   * Signs as wallets do for {@code personal_sign}: EIP-191, RFC 6979, low s.
   *
   * @return r, s and v (27 or 28), 65 bytes
   */
  public byte[] signPersonal(String message) {
    return signHash(SignInText.personalHash(message));
  }

  /**
   * Signs 32 bytes as they are, which is what a transaction needs: RFC 6979, low s.
   *
   * @return r, s and v (27 or 28), 65 bytes
   */
  public byte[] signHash(byte[] digest) {
    EthereumSignature signature = sign(digest);
    byte[] bytes = Arrays.copyOf(signature.rAndS(), EthereumSignature.EXPANDED_LENGTH);
    bytes[bytes.length - 1] = (byte) (signature.oddY() ? 28 : 27);
    return bytes;
  }

  EthereumSignature sign(byte[] digest) {
    ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
    signer.init(true, new ECPrivateKeyParameters(secret, DOMAIN));
    BigInteger[] rAndS = signer.generateSignature(digest);
    BigInteger s = rAndS[1].min(EthereumSignature.N.subtract(rAndS[1]));
    // The signer does not tell the parity of R's y: one of the two recovers our own address.
    EthereumSignature even = new EthereumSignature(rAndS[0], s, false);
    return new BouncyCastleSignatureRecovery().recover(digest, even).equals(Optional.of(address))
        ? even
        : new EthereumSignature(rAndS[0], s, true);
  }

  @Override
  public String toString() {
    return "WalletKey[" + address.shortened() + "]";
  }
}
