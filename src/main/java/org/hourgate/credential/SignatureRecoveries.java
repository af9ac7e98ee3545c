package org.hourgate.credential;

import java.math.BigInteger;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chooses between the implementations once, at start. */
final class SignatureRecoveries {
  private static final Logger LOG = LoggerFactory.getLogger(SignatureRecoveries.class);

  private SignatureRecoveries() {}

  static SignatureRecovery best() {
    return nativeIfItWorks(NativeSignatureRecovery::new)
        .orElseGet(BouncyCastleSignatureRecovery::new);
  }

  /** Empty where the library does not load: musl, other systems, a noexec temporary folder. */
  static Optional<SignatureRecovery> nativeIfItWorks(Supplier<SignatureRecovery> candidate) {
    try {
      SignatureRecovery recovery = candidate.get();
      if (recoversKnownSignature(recovery)) {
        return Optional.of(recovery);
      }
      LOG.warn("signature_recovery fallback=bouncycastle reason=\"native self-test failed\"");
    } catch (RuntimeException | LinkageError e) {
      LOG.info(
          "signature_recovery fallback=bouncycastle (slower) reason=\"native library: {}\"",
          rootCause(e).toString());
    }
    return Optional.empty();
  }

  private static Throwable rootCause(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  /** The signature of "hourgate self-test" by the private key 1, and its address. */
  private static boolean recoversKnownSignature(SignatureRecovery recovery) {
    EthereumSignature signature =
        new EthereumSignature(
            new BigInteger("9928277e184dc7afa3db9ae37065a1d029de00739fba8dbd5d770271bd03fef9", 16),
            new BigInteger("1b9b4c5417233bc5b1286b20fbcd7b21c54faa505032532d620a98c0fe5843c8", 16),
            false);
    return recovery
        .recover(SignInText.personalHash("hourgate self-test"), signature)
        .equals(Optional.of(new WalletAddress("7e5f4552091a69125d5dfcb7b8c2659029395bdf")));
  }
}
