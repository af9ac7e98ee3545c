package org.hourgate.app;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.hourgate.app.check.RunningOpenVpn;
import org.hourgate.gate.DaemonCheck;
import org.hourgate.session.DaemonVersion;
import org.hourgate.session.InstanceName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What must be true of an OpenVPN process before anybody is let in: its version, and its settings
 * as far as they can be read from here. Reads files on a thread of its own.
 */
final class AttachCheck implements DaemonCheck {

  private static final Logger LOG = LoggerFactory.getLogger(AttachCheck.class);

  private final int sessionsPerWallet;
  private final Map<String, Path> scriptFolders;
  private final Map<String, Integer> capacities = new ConcurrentHashMap<>();

  /**
   * Knows how the instances should be set up.
   *
   * @param scriptFolders of the instances whose scripts ask, by name
   */
  AttachCheck(int sessionsPerWallet, Map<String, Path> scriptFolders) {
    this.sessionsPerWallet = sessionsPerWallet;
    this.scriptFolders = Map.copyOf(scriptFolders);
  }

  @Override
  public CompletionStage<List<String>> problems(
      InstanceName instance, Optional<DaemonVersion> version, Optional<Long> pid) {
    if (version.isEmpty()) {
      return CompletableFuture.completedStage(List.of("OpenVPN does not tell its version"));
    }
    if (version.get().compareTo(DaemonVersion.FLOOR) < 0) {
      return CompletableFuture.completedStage(
          List.of(
              "OpenVPN "
                  + version.get()
                  + " lets a client put off its end for ever (CVE-2024-28882): upgrade to "
                  + DaemonVersion.FLOOR
                  + " or newer"));
    }
    return CompletableFuture.supplyAsync(
        () -> unsafeSettings(instance, pid), Thread::startVirtualThread);
  }

  /** How many clients an instance has room for, as far as that was seen; safe for any thread. */
  Optional<Integer> capacity(String instance) {
    return Optional.ofNullable(capacities.get(instance));
  }

  private List<String> unsafeSettings(InstanceName instance, Optional<Long> pid) {
    pid.flatMap(RunningOpenVpn::capacity)
        .ifPresentOrElse(
            room -> capacities.put(instance.value(), room),
            () -> capacities.remove(instance.value()));
    Optional<List<String>> unsafe =
        pid.flatMap(
            process ->
                RunningOpenVpn.unsafeSettings(
                    process,
                    sessionsPerWallet,
                    Optional.ofNullable(scriptFolders.get(instance.value()))));
    if (unsafe.isEmpty()) {
      LOG.warn(
          "instance={} the settings of OpenVPN can't be read from here and were not looked at: run"
              + " hourgate check --openvpn-config {}=FILE where they can",
          instance,
          instance);
    }
    return unsafe.orElse(List.of());
  }
}
