package org.hourgate.gate;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.hourgate.credential.Approval;
import org.hourgate.credential.Credential;
import org.hourgate.credential.CredentialAuthority;
import org.hourgate.credential.PasswordDecoder;
import org.hourgate.credential.WaitingConnection;
import org.hourgate.credential.WalletAddress;
import org.hourgate.infrastructure.time.SerialExecutor;

/**
 * Whether a password proves a wallet: shape, MAC, then the signature, which alone costs enough to
 * be done by other threads. Knows nothing of paid time. Called on the gate's thread, and answers
 * there.
 */
final class CredentialCheck {

  /** Our own clock made the time stamp; a little is left for two machines that share a key. */
  private static final Duration CLOCK_DIFFERENCE = Duration.ofMinutes(2);

  private final CredentialAuthority authority;
  private final Executor signatureWorkers;
  private final SerialExecutor gateThread;

  CredentialCheck(
      CredentialAuthority authority, Executor signatureWorkers, SerialExecutor gateThread) {
    this.authority = authority;
    this.signatureWorkers = signatureWorkers;
    this.gateThread = gateThread;
  }

  /** The outcome. */
  sealed interface Result {

    /**
     * The wallet signed it, or we made the token for it. The wallet is proved also by what is not
     * good now.
     */
    record Proved(Credential credential, Life life) implements Result {}

    record Refused(ReasonCode reason) implements Result {}
  }

  /** Whether it is a credential's time. */
  enum Life {
    /** It was issued here by a clock that was ahead then, or ours is behind now. */
    AHEAD,
    NOW,
    OVER
  }

  /**
   * Checks a password and hands the result to the consumer, at once or later.
   *
   * @param mayCost asked once the cheap checks are passed; false is a refusal
   */
  void check(
      WalletAddress wallet,
      String password,
      BooleanSupplier mayCost,
      Instant now,
      Consumer<Result> consumer) {
    Optional<Credential> decoded = PasswordDecoder.decode(password);
    if (decoded.isEmpty()) {
      consumer.accept(new Result.Refused(ReasonCode.BAD_PASSWORD));
      return;
    }
    Credential credential = decoded.get();
    if (!authority.isAuthentic(wallet, credential)) {
      consumer.accept(new Result.Refused(ReasonCode.NONCE_FORGED));
      return;
    }
    if (!mayCost.getAsBoolean()) {
      consumer.accept(new Result.Refused(ReasonCode.RATE_LIMITED));
      return;
    }
    Result proved = new Result.Proved(credential, life(credential, now));
    switch (credential) {
      case Credential.Token _ -> consumer.accept(proved);
      case Credential.Signed signed -> recover(wallet, signed, proved, consumer);
    }
  }

  private static Life life(Credential credential, Instant now) {
    if (isAhead(credential.issuedAt(), now)) {
      return Life.AHEAD;
    }
    return now.isBefore(credential.expires()) ? Life.NOW : Life.OVER;
  }

  private static boolean isAhead(Instant issuedAt, Instant now) {
    return issuedAt.isAfter(now.plus(CLOCK_DIFFERENCE));
  }

  /**
   * Checks what was signed for one connection that waits.
   *
   * @param consumer told what is wrong with it, or nothing
   */
  void check(
      WaitingConnection connection,
      Approval approval,
      Instant now,
      Consumer<Optional<ReasonCode>> consumer) {
    if (!authority.isAuthentic(connection, approval)) {
      consumer.accept(Optional.of(ReasonCode.NONCE_FORGED));
    } else if (isAhead(approval.issuedAt(), now)) {
      consumer.accept(Optional.of(ReasonCode.CLOCK));
    } else if (!now.isBefore(approval.expires())) {
      consumer.accept(Optional.of(ReasonCode.NONCE_EXPIRED));
    } else {
      work(
          () ->
              authority.isSignedBy(connection, approval)
                  ? Optional.empty()
                  : Optional.of(ReasonCode.BAD_SIGNATURE),
          Optional::of,
          consumer);
    }
  }

  private void recover(
      WalletAddress wallet, Credential.Signed signed, Result proved, Consumer<Result> consumer) {
    work(
        () ->
            authority.isSignedBy(wallet, signed)
                ? proved
                : new Result.Refused(ReasonCode.BAD_SIGNATURE),
        Result.Refused::new,
        consumer);
  }

  /** Recovers a signature elsewhere, and answers on the gate's thread. Doubt is a refusal. */
  private <T> void work(
      Supplier<T> recovery, Function<ReasonCode, T> refusal, Consumer<T> consumer) {
    try {
      signatureWorkers.execute(
          () -> {
            T result = refusedIfItFails(recovery, refusal);
            gateThread.execute(() -> consumer.accept(result));
          });
    } catch (RejectedExecutionException e) {
      consumer.accept(refusal.apply(ReasonCode.OVERLOADED));
    }
  }

  private static <T> T refusedIfItFails(Supplier<T> recovery, Function<ReasonCode, T> refusal) {
    try {
      return recovery.get();
    } catch (RuntimeException e) {
      return refusal.apply(ReasonCode.INTERNAL);
    }
  }
}
