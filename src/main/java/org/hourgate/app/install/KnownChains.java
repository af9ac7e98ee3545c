package org.hourgate.app.install;

/** What docs/deploy.md says of chains, as far as a first configuration needs it. */
final class KnownChains {

  private KnownChains() {}

  /**
   * Blocks before a purchase counts. Chains whose validators vote replace their newest block now
   * and then; a rollup's sequencer does not.
   */
  static int confirmations(long chainId) {
    return switch ((int) Math.min(chainId, Integer.MAX_VALUE)) {
      case 1, 11_155_111, 17_000, 560_048 -> 2; // Ethereum, Sepolia, Holesky, Hoodi
      case 100, 137 -> 3; // Gnosis, Polygon
      default -> 1;
    };
  }
}
