package org.hourgate.credential;

import java.util.Optional;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Whose signature it is, by either library. */
@State(Scope.Benchmark)
public class RecoveryBenchmark {

  private final WalletKey key =
      WalletKey.parse("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");
  private final byte[] digest = SignInText.personalHash("a text of the usual length".repeat(16));
  private final EthereumSignature signature =
      EthereumSignature.parse(key.signPersonal("a text of the usual length".repeat(16)))
          .orElseThrow();
  private final SignatureRecovery best = SignatureRecovery.best();
  private final SignatureRecovery java = new BouncyCastleSignatureRecovery();

  /** The native library, where it loads. */
  @Benchmark
  public Optional<WalletAddress> recoverSignature() {
    return best.recover(digest, signature);
  }

  /** The fallback. */
  @Benchmark
  public Optional<WalletAddress> recoverSignatureInJava() {
    return java.recover(digest, signature);
  }
}
