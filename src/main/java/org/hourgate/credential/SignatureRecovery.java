package org.hourgate.credential;

import java.util.Optional;

/**
 * Finds whose signature it is. A wrong signature gives another address, not an error: always
 * compare. Never throws for a signature, and never answers with the address of the point at
 * infinity. Safe for any thread.
 */
public interface SignatureRecovery {

  /** What it is made of, for the metric and the version line. */
  String name();

  /**
   * The signer's address; empty if no key can have made this signature.
   *
   * @param digest 32 bytes
   */
  Optional<WalletAddress> recover(byte[] digest, EthereumSignature signature);

  /** The native library where it loads and works, otherwise BouncyCastle. */
  static SignatureRecovery best() {
    return SignatureRecoveries.best();
  }
}
