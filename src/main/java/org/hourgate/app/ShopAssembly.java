package org.hourgate.app;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.hourgate.app.cli.CommandException;
import org.hourgate.app.cli.ExitCode;
import org.hourgate.app.config.HourgateConfig;
import org.hourgate.infrastructure.health.HealthCheck;
import org.hourgate.infrastructure.http.Router;
import org.hourgate.infrastructure.net.SourceLimiter;
import org.hourgate.infrastructure.time.ThreadSerialExecutor;
import org.hourgate.infrastructure.time.TimeSource;
import org.hourgate.shop.ProfileTemplate;
import org.hourgate.shop.Shop;
import org.hourgate.shop.ShopParts;
import org.hourgate.shop.ShopSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The customers' side, wired. Its threads are its own: whatever visitors do, verdicts don't wait.
 */
final class ShopAssembly implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ShopAssembly.class);
  private static final int MOST_WAITING_SIGNATURES = 1_000;

  private final ThreadSerialExecutor shopThread =
      new ThreadSerialExecutor("shop", e -> LOG.error("a step of the shop failed", e));
  private final ExecutorService signatureWorker = signatureWorker();
  private final SourceLimiter nonces;
  private final SourceLimiter requests;
  private final Shop shop;

  ShopAssembly(
      HourgateConfig config, TimeSource time, GateAssembly gate, List<HealthCheck> checks) {
    HourgateConfig.Limits limits = config.limits();
    nonces = new SourceLimiter(limits.noncesPerSource(), limits.exempt(), time);
    requests = new SourceLimiter(limits.requestsPerSource(), limits.exempt(), time);
    shop =
        new Shop(
            settings(config),
            new ShopParts(
                gate.identity(),
                gate.authority(),
                gate.ledger(),
                gate.ledger().storefront(),
                gate.gate(),
                gate.gate()::instances,
                gate::capacity,
                checks,
                nonces,
                requests,
                signatureWorker,
                shopThread,
                time),
            new SecureRandom());
  }

  /**
   * Reads what another configuration names, and changes nothing yet. Blocks.
   *
   * @return goes by it from then on
   * @throws CommandException with what is wrong
   */
  Runnable prepare(HourgateConfig config) {
    ShopSettings settings = settings(config);
    HourgateConfig.Limits limits = config.limits();
    return () -> {
      nonces.change(limits.noncesPerSource(), limits.exempt());
      requests.change(limits.requestsPerSource(), limits.exempt());
      shop.change(settings);
    };
  }

  private static ExecutorService signatureWorker() {
    ThreadPoolExecutor worker =
        new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.MINUTES,
            new LinkedBlockingQueue<>(MOST_WAITING_SIGNATURES),
            Thread.ofPlatform().name("shop-signatures").daemon().factory());
    worker.allowCoreThreadTimeOut(true);
    return worker;
  }

  private static ShopSettings settings(HourgateConfig config) {
    HourgateConfig.ChainFacts chain = config.shop().chain();
    return new ShopSettings(
        config.gateway().name(),
        config.credential().loginLifetime(),
        config.credential().deviceLifetime(),
        config.credential().sessionsPerWallet(),
        switch (config.credential().whenFull()) {
          case NEWEST_WINS -> "newest-wins";
          case REFUSE -> "refuse";
        },
        config.chain().confirmations(),
        config.shop().seller(),
        new ShopSettings.ChainFacts(
            chain.name(), chain.currency(), chain.walletRpc(), chain.explorer()),
        config.shop().historyFromBlock(),
        profiles(config.openvpn()));
  }

  private static Map<String, ProfileTemplate> profiles(List<HourgateConfig.OpenVpn> instances) {
    Map<String, ProfileTemplate> profiles = new LinkedHashMap<>();
    for (HourgateConfig.OpenVpn instance : instances) {
      instance.profileTemplate().ifPresent(file -> profiles.put(instance.name(), profile(file)));
    }
    return profiles;
  }

  private static ProfileTemplate profile(Path file) {
    try {
      return ProfileTemplate.read(file);
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.CONFIGURATION, String.valueOf(e.getMessage()));
    }
  }

  Router routes() {
    return shop.routes();
  }

  Router tunnelRoutes() {
    return shop.tunnelRoutes();
  }

  void start() {
    shop.start();
  }

  @Override
  public void close() {
    shopThread.close();
    signatureWorker.shutdownNow();
  }
}
