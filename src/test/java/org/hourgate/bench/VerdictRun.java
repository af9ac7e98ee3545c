package org.hourgate.bench;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.hourgate.management.fake.FakeOpenVpn;

/**
 * One crowd before one controller: so many CONNECTs wait at any time, each verdict lets the next
 * client ask. Works on the fake's own thread, so no hand-over is measured that OpenVPN would not
 * have.
 */
final class VerdictRun {

  static final Duration PATIENCE = Duration.ofSeconds(25);

  /** Who answers fewer in the time that is waited will not come to an end. */
  private static final int FEW = 1_000;

  /** Nobody answers any more. */
  static final class StalledException extends Exception {
    private static final long serialVersionUID = 1;

    StalledException(String message) {
      super(message);
    }
  }

  private final FakeOpenVpn openVpn;
  private final List<Login> logins;
  private final long[] askedAt;
  private final long[] took;
  private final CompletableFuture<Long> end = new CompletableFuture<>();
  private int asked;
  private final AtomicInteger answered = new AtomicInteger();
  private int denied;

  /**
   * What came out.
   *
   * @param latency from the CONNECT to its verdict, in milliseconds
   */
  record Result(double perSecond, Figures latency, int denied) {}

  private VerdictRun(FakeOpenVpn openVpn, List<Login> logins) {
    this.openVpn = openVpn;
    this.logins = logins;
    askedAt = new long[logins.size()];
    took = new long[logins.size()];
  }

  /** Lets each login ask once; a controller is attached. */
  static Result run(FakeOpenVpn openVpn, List<Login> logins, int outstanding)
      throws StalledException {
    return run(openVpn, logins, outstanding, PATIENCE);
  }

  /**
   * The same.
   *
   * @param patience with one who hardly answers
   */
  static Result run(FakeOpenVpn openVpn, List<Login> logins, int outstanding, Duration patience)
      throws StalledException {
    VerdictRun run = new VerdictRun(openVpn, logins);
    openVpn.onCommand(run::commandCame);
    long begin = System.nanoTime();
    openVpn.inOneStep(
        () -> {
          for (int i = 0; i < Math.min(outstanding, logins.size()); i++) {
            run.ask();
          }
        });
    try {
      long nanos = run.awaitEnd(patience) - begin;
      return new Result(
          logins.size() / (nanos / 1e9), Figures.ofNanosInMillis(run.took), run.denied);
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private long awaitEnd(Duration patience)
      throws StalledException, InterruptedException, ExecutionException {
    while (true) {
      int before = answered.get();
      try {
        return end.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        if (answered.get() - before < FEW) {
          throw new StalledException(
              "%,d of %,d answered, %,d of them in the last %d s"
                  .formatted(
                      answered.get(),
                      logins.size(),
                      answered.get() - before,
                      patience.toSeconds()));
        }
      }
    }
  }

  private void ask() {
    Login login = logins.get(asked);
    askedAt[asked] = System.nanoTime();
    asked++;
    var _ = openVpn.connect(login.username(), login.password());
  }

  private void commandCame(String command) {
    boolean denies = command.startsWith("client-deny ");
    if (!denies && !command.startsWith("client-auth")) {
      return;
    }
    int start = command.indexOf(' ') + 1;
    int client = Integer.parseInt(command, start, command.indexOf(' ', start), 10);
    if (took[client] > 0) {
      return; // Only the first answer is one.
    }
    long now = System.nanoTime();
    took[client] = Math.max(1, now - askedAt[client]);
    denied += denies ? 1 : 0;
    int count = answered.incrementAndGet();
    if (asked < logins.size()) {
      ask();
    } else if (count == logins.size()) {
      end.complete(now);
    }
  }
}
