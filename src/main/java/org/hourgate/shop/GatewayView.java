package org.hourgate.shop;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.hourgate.chain.Head;
import org.hourgate.chain.Shelf;
import org.hourgate.chain.Storefront;
import org.hourgate.credential.GatewayIdentity;
import org.hourgate.gate.GateSnapshot;
import org.hourgate.gate.InstanceStatus;
import org.hourgate.gate.ReasonCode;
import org.hourgate.gate.SessionView;
import org.hourgate.gate.WebSignInDesk;
import org.hourgate.infrastructure.health.HealthCheck;
import org.hourgate.infrastructure.time.TimeSource;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /api/gateway}: who we are, and whether a customer can be let in now. From memory
 * alone. Reasons are told by their codes: details are the operator's. Safe for any thread.
 */
final class GatewayView {

  private static final int DECIMALS = 18;

  private final Supplier<ShopSettings> settings;
  private final GatewayIdentity identity;
  private final List<HealthCheck> checks;
  private final Supplier<List<InstanceStatus>> instances;
  private final Function<String, Optional<Integer>> capacities;
  private final Storefront storefront;
  private final WebSignInDesk signIns;
  private final TimeSource time;
  private final Supplier<GateSnapshot> gate;
  private volatile GateSnapshot counted;

  GatewayView(Supplier<ShopSettings> settings, ShopParts parts) {
    this.settings = settings;
    identity = parts.identity();
    checks = parts.checks();
    instances = parts.instances();
    capacities = parts.capacities();
    storefront = parts.storefront();
    signIns = parts.gate().webSignIns();
    time = parts.time();
    gate = parts.gate()::snapshot;
    counted = gate.get();
  }

  /** Takes note of how many are online. */
  void count() {
    counted = gate.get();
  }

  /** What {@link #now} would say, but for the time it would say it at. */
  Json lasting() {
    return at(Instant.EPOCH);
  }

  Json now() {
    return at(time.wallTime());
  }

  private Json at(Instant now) {
    List<Instance> all = instances.get().stream().map(this::instance).toList();
    List<String> reasons = reasons(all);
    return new Json(
        settings.get().name(),
        identity.chainId(),
        identity.contract().checksummed(),
        identity.uri(),
        reasons.isEmpty(),
        reasons,
        now.getEpochSecond(),
        all,
        settings.get().confirmations().usual(),
        storefront.head().map(GatewayView::head).orElse(null),
        chain(),
        storefront.shelf().map(shelf -> shelf.owner().checksummed()).orElse(null),
        storefront.shelf().map(Shelf::paused).orElse(null),
        settings.get().seller().place().orElse(null),
        settings.get().seller().speed().orElse(null),
        settings.get().seller().notes(),
        new Limits(settings.get().sessionsPerWallet(), settings.get().whenFull()),
        signIns.isOpen(),
        now.getEpochSecond());
  }

  /** One instance that serves and has room is enough: a profile of another one is a click away. */
  private List<String> reasons(List<Instance> all) {
    List<Instance> serving = all.stream().filter(Instance::attached).toList();
    Stream<String> instances =
        serving.isEmpty()
            ? Stream.of(ReasonCode.STARTING.code())
            : serving.stream().allMatch(GatewayView::isFull)
                ? Stream.of(ReasonCode.OVERLOADED.code())
                : Stream.of();
    Stream<String> failed =
        checks.stream()
            .map(HealthCheck::check)
            .<String>mapMulti(
                (result, codes) -> {
                  if (result instanceof HealthCheck.Result.Unhealthy(String code, String _)) {
                    codes.accept(code);
                  }
                });
    return Stream.concat(failed, instances).distinct().toList();
  }

  private static boolean isFull(Instance instance) {
    return instance.capacity() != null && instance.clients() >= instance.capacity();
  }

  private Instance instance(InstanceStatus status) {
    return new Instance(
        status.instance(),
        status.serving(),
        status.serving() ? "serving" : "away",
        counted.sessions(status.instance(), SessionView.State.ESTABLISHED),
        capacities.apply(status.instance()).orElse(null),
        settings.get().profiles().containsKey(status.instance()));
  }

  private Chain chain() {
    ShopSettings.ChainFacts facts = settings.get().chain();
    return new Chain(
        identity.chainId(),
        facts.name(),
        new Currency(
            facts.currency().equals("ETH") ? "Ether" : facts.currency(),
            facts.currency(),
            DECIMALS),
        facts.walletRpc().stream().map(URI::toString).toList(),
        facts.explorer().map(url -> url.toString().replaceFirst("/$", "")).orElse(null));
  }

  private static Block head(Head head) {
    return new Block(head.number(), head.time().getEpochSecond());
  }

  record Json(
      String name,
      long chainId,
      String contract,
      String publicUrl,
      boolean ready,
      List<String> reasons,
      long checkedAt,
      List<Instance> instances,
      int confirmations,
      @Nullable Block head,
      Chain chain,
      @Nullable String owner,
      @Nullable Boolean paused,
      @Nullable String place,
      @Nullable String speed,
      List<String> notes,
      Limits limits,
      boolean webSignIn,
      long time) {}

  record Instance(
      String name,
      boolean attached,
      String state,
      int clients,
      @Nullable Integer capacity,
      boolean profile) {}

  record Block(long number, long time) {}

  record Chain(
      long id, String name, Currency currency, List<String> rpcUrls, @Nullable String explorer) {}

  record Currency(String name, String symbol, int decimals) {}

  record Limits(int sessionsPerWallet, String whenFull) {}
}
