package org.hourgate.testing;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.hourgate.credential.DeviceId;
import org.hourgate.credential.WalletAddress;
import org.hourgate.gate.Ban;
import org.hourgate.gate.BanResult;
import org.hourgate.gate.GateControl;
import org.hourgate.gate.GateSnapshot;
import org.hourgate.gate.KillResult;
import org.hourgate.gate.KillTarget;
import org.hourgate.gate.SessionView;
import org.hourgate.gate.UnbanResult;
import org.hourgate.gate.WebSignInDesk;
import org.hourgate.management.ClientId;

/** A gate that answers what a test tells it to, and remembers what it was asked to kill. */
public final class StubGateControl implements GateControl {

  /** One call of {@link #kill}. */
  public record Kill(KillTarget target, String reason) {}

  private final List<Kill> kills = new CopyOnWriteArrayList<>();
  private final Map<WalletAddress, Ban> bans = new ConcurrentHashMap<>();
  private volatile boolean keepsBans = true;
  private volatile CompletionStage<List<SessionView>> sessions =
      CompletableFuture.completedFuture(List.of());
  private volatile CompletionStage<KillResult> result =
      CompletableFuture.completedFuture(new KillResult(List.of()));

  private volatile GateSnapshot snapshot = snapshotOf();
  private final AtomicInteger lists = new AtomicInteger();

  public void willShow(SessionView... views) {
    snapshot = snapshotOf(views);
    sessions = CompletableFuture.completedFuture(List.of(views));
  }

  /** The chain has not borne out its clock so far. */
  public void willNotVouchForItsClock() {
    snapshot = new GateSnapshot(Map.of(), 0, Duration.ZERO, false, false, Duration.ZERO, 0, 0);
  }

  /** Lists sessions only when so much time has passed. */
  public void willShowNothingBefore(Duration time) {
    sessions =
        CompletableFuture.supplyAsync(
            List::of, CompletableFuture.delayedExecutor(time.toMillis(), TimeUnit.MILLISECONDS));
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

  /**
   * A kill of so many clients, from 1 on, of which the first ones were confirmed at second 1000.
   */
  public static KillResult ended(int cut, int confirmed) {
    return new KillResult(
        IntStream.range(0, cut)
            .mapToObj(
                i ->
                    new KillResult.Ended(
                        "udp",
                        new ClientId(i + 1L),
                        "0x5FbDB2315678afecb367f032d93F642f64180aa3",
                        i < confirmed
                            ? Optional.of(Instant.ofEpochSecond(1_000))
                            : Optional.empty()))
            .toList());
  }

  public void banNow(Ban ban) {
    bans.put(ban.wallet(), ban);
  }

  /** The disk is full from now on. */
  public void willNotKeepBans() {
    keepsBans = false;
  }

  private static GateSnapshot snapshotOf(SessionView... views) {
    Map<String, Map<SessionView.State, Integer>> counts =
        Stream.of(views)
            .collect(
                Collectors.groupingBy(
                    SessionView::instance,
                    Collectors.toMap(SessionView::state, _ -> 1, Integer::sum)));
    return new GateSnapshot(counts, 0, Duration.ZERO, false, true, Duration.ZERO, 0, 0);
  }

  /** How often somebody asked for the sessions. */
  public int lists() {
    return lists.get();
  }

  @Override
  public GateSnapshot snapshot() {
    return snapshot;
  }

  @Override
  public CompletionStage<List<SessionView>> sessions() {
    lists.incrementAndGet();
    return sessions;
  }

  @Override
  public CompletionStage<KillResult> kill(KillTarget target, String reason) {
    kills.add(new Kill(target, reason));
    return result;
  }

  @Override
  public CompletionStage<BanResult> ban(Ban ban) {
    bans.put(ban.wallet(), ban);
    return result.thenApply(ended -> new BanResult(ended, keepsBans));
  }

  @Override
  public CompletionStage<UnbanResult> unban(WalletAddress wallet) {
    return CompletableFuture.completedFuture(
        new UnbanResult(Optional.ofNullable(bans.remove(wallet)), keepsBans));
  }

  @Override
  public List<Ban> bans() {
    return List.copyOf(bans.values());
  }

  @Override
  public Optional<Ban> banOf(WalletAddress wallet) {
    return Optional.ofNullable(bans.get(wallet));
  }

  @Override
  public Map<String, Long> verdicts() {
    return Map.of("accept", 3L, "no_time", 1L);
  }

  private final Set<DeviceId> revoked = ConcurrentHashMap.newKeySet();
  private volatile boolean keepsRevocations = true;

  /** Too many are revoked already. */
  public void willNotKeepRevocations() {
    keepsRevocations = false;
  }

  @Override
  public CompletionStage<Boolean> revoke(WalletAddress wallet, DeviceId device) {
    return CompletableFuture.completedFuture(keepsRevocations && revoked.add(device));
  }

  @Override
  public boolean isRevoked(WalletAddress wallet, DeviceId device) {
    return revoked.contains(device);
  }

  private volatile boolean webSignInsOpen = true;

  /** Whether the seller lets people sign on the page. */
  public void webSignInsOpen(boolean open) {
    webSignInsOpen = open;
  }

  /** Nobody ever waits here. */
  @Override
  public WebSignInDesk webSignIns() {
    return new WebSignInDesk() {
      @Override
      public boolean isOpen() {
        return webSignInsOpen;
      }

      @Override
      public CompletionStage<Found> find(String id, InetAddress visitor) {
        return CompletableFuture.completedFuture(new Gone());
      }

      @Override
      public CompletionStage<Answer> approve(String id, InetAddress visitor, String approval) {
        return CompletableFuture.completedFuture(new Gone());
      }

      @Override
      public CompletionStage<Answer> refuse(String id, InetAddress visitor) {
        return CompletableFuture.completedFuture(new Gone());
      }
    };
  }
}
