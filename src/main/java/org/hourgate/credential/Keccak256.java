package org.hourgate.credential;

import org.bouncycastle.crypto.digests.KeccakDigest;

/** Ethereum's hash: Keccak-256 with the padding of before FIPS 202. */
final class Keccak256 {
  static final int LENGTH = 32;

  private Keccak256() {}

  static byte[] hash(byte[] input) {
    KeccakDigest digest = new KeccakDigest(LENGTH * Byte.SIZE);
    digest.update(input, 0, input.length);
    byte[] hash = new byte[LENGTH];
    digest.doFinal(hash, 0);
    return hash;
  }
}
