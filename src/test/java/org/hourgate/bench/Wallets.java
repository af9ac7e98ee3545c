package org.hourgate.bench;

import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.hourgate.credential.WalletAddress;
import org.hourgate.credential.WalletKey;

/** Wallets by number, always the same. Their keys are known to everybody. */
final class Wallets {

  private Wallets() {}

  static List<WalletAddress> addresses(List<WalletKey> keys) {
    return keys.stream().map(WalletKey::address).toList();
  }

  /** The keys of the wallets with these numbers: 1 or above. */
  static List<WalletKey> range(int first, int count) {
    return IntStream.range(first, first + count)
        .parallel()
        .mapToObj(n -> WalletKey.parse("b0".repeat(28) + HexFormat.of().toHexDigits(n)))
        .toList();
  }
}
