package org.hourgate.app.check;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.hourgate.app.config.HourgateConfig;
import org.hourgate.infrastructure.time.TimeSource;

/**
 * Looks at everything the configuration names, once, and changes nothing. The nodes and each
 * OpenVPN are asked at the same time, each with a deadline. Blocks for seconds.
 */
public final class Inspection {

  private Inspection() {}

  /**
   * Looks.
   *
   * @param file the configuration was read from
   * @param openvpnConfigs the configuration files of instances by name; others are looked for
   */
  public static List<Finding> of(
      HourgateConfig config, Path file, Map<String, Path> openvpnConfigs, TimeSource time) {
    Instant now = time.wallTime();
    Findings findings = new Findings();
    GatewayCheck.look(config, file, findings);
    clock(KernelClock.isSynchronised(), findings);
    ShopCheck.look(config, now, findings);
    GateState gate = GateState.of(config);
    gate.tell(config.admin().socket(), findings);
    ListenerCheck.look(config, gate, findings);

    Findings chain = new Findings();
    Future<Boolean> nodes =
        inBackground(
            () -> {
              ChainCheck.look(config, time, chain);
              return true;
            });
    List<Findings> found = new ArrayList<>();
    List<Future<OpenVpnCheck.Seen>> instances = new ArrayList<>();
    for (HourgateConfig.OpenVpn openvpn : config.openvpn()) {
      Findings own = new Findings();
      found.add(own);
      OpenVpnCheck.Surroundings around =
          new OpenVpnCheck.Surroundings(
              gate,
              Optional.ofNullable(openvpnConfigs.get(openvpn.name())),
              config.credential().sessionsPerWallet(),
              now);
      instances.add(inBackground(() -> OpenVpnCheck.look(openvpn, around, own)));
    }
    List<OpenVpnCheck.Seen> seen = instances.stream().map(Inspection::await).toList();
    found.forEach(own -> findings.addAll(own.all()));
    OpenVpnCheck.compare(seen, findings);
    OpenVpnCheck.tunnelPage(seen, config.shop().tunnelListen(), findings);
    FirewallCheck.look(seen, findings);
    await(nodes);
    findings.addAll(chain.all());
    return findings.all();
  }

  /** Says whether the clock is kept right. */
  static void clock(Optional<Boolean> synchronised, Findings findings) {
    if (synchronised.isEmpty()) {
      return;
    }
    if (synchronised.get()) {
      findings.ok(FindingCode.CLOCK, "clock", "is kept right by a time service");
    } else {
      findings.warn(
          FindingCode.CLOCK_UNSYNCHRONISED,
          "clock",
          "nothing keeps it right: paid time ends by it",
          "timedatectl set-ntp true, or install chrony");
    }
  }

  private static <T> Future<T> inBackground(Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    Thread.startVirtualThread(task);
    return task;
  }

  private static <T> T await(Future<T> task) {
    try {
      return task.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
