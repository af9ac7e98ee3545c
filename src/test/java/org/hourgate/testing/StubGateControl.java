package org.hourgate.testing;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.hourgate.gate.GateControl;
import org.hourgate.gate.KillResult;
import org.hourgate.gate.KillTarget;
import org.hourgate.gate.SessionView;

/** A gate that answers what a test tells it to, and remembers what it was asked to kill. */
public final class StubGateControl implements GateControl {

  /** One call of {@link #kill}. */
  public record Kill(KillTarget target, String reason) {}

  private final List<Kill> kills = new CopyOnWriteArrayList<>();
  private volatile CompletionStage<List<SessionView>> sessions =
      CompletableFuture.completedFuture(List.of());
  private volatile CompletionStage<KillResult> result =
      CompletableFuture.completedFuture(new KillResult(0, 0));

  public void willShow(SessionView... views) {
    sessions = CompletableFuture.completedFuture(List.of(views));
  }

  public void willFail() {
    sessions = CompletableFuture.failedFuture(new IllegalStateException("closed"));
  }

  public void willKill(KillResult outcome) {
    result = CompletableFuture.completedFuture(outcome);
  }

  public void willKill(CompletionStage<KillResult> outcome) {
    result = outcome;
  }

  public List<Kill> kills() {
    return kills;
  }

  @Override
  public CompletionStage<List<SessionView>> sessions() {
    return sessions;
  }

  @Override
  public CompletionStage<KillResult> kill(KillTarget target, String reason) {
    kills.add(new Kill(target, reason));
    return result;
  }
}
