package org.hourgate.app.check;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.hourgate.app.config.HourgateConfig;
import org.hourgate.management.client.ManagementAddress;
import org.hourgate.session.DaemonVersion;

/**
 * One OpenVPN: whether it answers, which version it is, and what is in its configuration. While a
 * running Hourgate is attached, OpenVPN itself is left alone: the shared socket is asked, and the
 * process looked at. One thread; blocks for seconds.
 */
final class OpenVpnCheck {

  /** The first with the fixes of CVE-2026-12996, 13117 and 13122. */
  private static final DaemonVersion RECOMMENDED = new DaemonVersion(2, 6, 21);

  /** OpenVPN greets at once unless another controller is attached. */
  private static final Duration GREETING = Duration.ofSeconds(2);

  private final HourgateConfig.OpenVpn instance;
  private final Surroundings around;
  private final Findings findings;
  private final String subject;
  private final ManagementAddress address;
  private Optional<RunningOpenVpn> process = Optional.empty();
  private boolean turnedAway;

  /**
   * What all instances have in common.
   *
   * @param file that somebody named for this instance's configuration
   */
  record Surroundings(GateState gate, Optional<Path> file, int sessionsPerWallet, Instant now) {}

  /**
   * What was seen of it, for checks that compare instances.
   *
   * @param settings empty if they could not be seen
   */
  record Seen(String name, Optional<RunningOpenVpn> process, Optional<OpenVpnSettings> settings) {}

  private OpenVpnCheck(HourgateConfig.OpenVpn instance, Surroundings around, Findings findings) {
    this.instance = instance;
    this.around = around;
    this.findings = findings;
    subject = "openvpn " + instance.name();
    address = ManagementAddress.parse(instance.management());
  }

  static Seen look(HourgateConfig.OpenVpn instance, Surroundings around, Findings findings) {
    return new OpenVpnCheck(instance, around, findings).look();
  }

  private Seen look() {
    instance
        .managementPassword()
        .ifPresent(file -> FileRights.secret(findings, subject + " password", file));
    switch (around.gate()) {
      case GateState.Running running when running.minds(instance.name()) && mayBeThere() ->
          held(running);
      case GateState.Closed() ->
          findings.ok(
              FindingCode.OPENVPN_HELD,
              subject,
              "was not called: a hourgate runs here that does not talk to us");
      case GateState _ -> dial();
    }
    if (process.isEmpty()) {
      process = RunningOpenVpn.all().stream().filter(each -> each.listensAt(address)).findFirst();
    }
    Optional<OpenVpnConfiguration> configuration = configuration();
    Optional<OpenVpnSettings> settings =
        configuration.map(
            read ->
                new OpenVpnSettings(
                    read.directives(),
                    around.sessionsPerWallet(),
                    instance.script().map(HourgateConfig.Script::folder)));
    if (turnedAway) {
      turnedAway(settings);
    }
    if (configuration.isPresent() && settings.isPresent()) {
      lint(configuration.get(), settings.get());
    }
    socket(settings);
    instance
        .profileTemplate()
        .ifPresent(
            file ->
                ProfileCheck.look(
                    subject + " profile-template", file, configuration, settings, findings));
    return new Seen(instance.name(), process, settings);
  }

  /** To call a socket that is not there disturbs nobody, and tells that it is not. */
  private boolean mayBeThere() {
    return !(address instanceof ManagementAddress.Unix(Path path) && Files.notExists(path));
  }

  private void held(GateState.Running gate) {
    Optional<ManagementDial.Outcome.Answered> answered = throughOperatorSocket();
    Optional<String> complaint = gate.complaint(instance.name());
    process = answered.flatMap(ManagementDial.Outcome.Answered::pid).flatMap(RunningOpenVpn::of);
    if (complaint.isEmpty()) {
      findings.ok(
          FindingCode.OPENVPN_HELD,
          subject,
          "the hourgate that runs here is attached to " + address);
    } else if (answered.flatMap(ManagementDial.Outcome.Answered::pid).isEmpty()
        && RunningOpenVpn.all().stream().noneMatch(each -> each.listensAt(address))) {
      findings.unreachable(
          FindingCode.OPENVPN_AWAY,
          subject,
          "the hourgate that runs here is not attached to " + address + ": " + complaint.get(),
          start());
    } else {
      findings.ok(
          FindingCode.OPENVPN_HELD,
          subject,
          "was not called: the hourgate that runs here minds " + address);
    }
    answered.filter(reply -> reply.version().isPresent()).ifPresent(this::version);
  }

  private Optional<ManagementDial.Outcome.Answered> throughOperatorSocket() {
    return instance
        .operator()
        .map(
            operator ->
                ManagementDial.dial(
                    switch (operator.address()) {
                      case HourgateConfig.OperatorAddress.Unix(Path path) ->
                          new ManagementAddress.Unix(path);
                      case HourgateConfig.OperatorAddress.Tcp(InetSocketAddress tcp) ->
                          new ManagementAddress.Tcp(
                              tcp.getAddress().getHostAddress(), tcp.getPort());
                    },
                    operator.password().flatMap(OpenVpnCheck::firstLine),
                    GREETING))
        .filter(ManagementDial.Outcome.Answered.class::isInstance)
        .map(ManagementDial.Outcome.Answered.class::cast);
  }

  private void dial() {
    Optional<String> password = instance.managementPassword().flatMap(OpenVpnCheck::firstLine);
    switch (ManagementDial.dial(address, password, GREETING)) {
      case ManagementDial.Outcome.Answered answered -> {
        process = answered.pid().flatMap(RunningOpenVpn::of);
        version(answered);
      }
      case ManagementDial.Outcome.Silent() ->
          findings.unreachable(
              FindingCode.OPENVPN_OCCUPIED,
              subject,
              "somebody else is attached to " + address + "; OpenVPN serves one at a time",
              around.gate() instanceof GateState.Absent
                  ? "end that program, or let it use operator-socket"
                  : "restart the hourgate that runs here: it has another configuration, or hangs");
      case ManagementDial.Outcome.NotConnected(String reason)
          when reason.contains("Permission denied") ->
          findings.error(
              FindingCode.OPENVPN_TURNED_AWAY,
              subject,
              System.getProperty("user.name") + " may not open " + address,
              "let the user that Hourgate runs as enter the folder (chgrp, chmod 0710), and run this"
                  + " as that user");
      case ManagementDial.Outcome.NotConnected(String reason) ->
          findings.unreachable(
              FindingCode.OPENVPN_AWAY,
              subject,
              "nothing answers at %s (%s)".formatted(address, reason),
              start());
      case ManagementDial.Outcome.TurnedAway() -> turnedAway = true;
      case ManagementDial.Outcome.WrongPassword(boolean given) ->
          findings.error(
              FindingCode.OPENVPN_PASSWORD,
              subject,
              given ? "refuses the password" : "wants a password",
              given
                  ? "openvpn.management-password must name a file with the first line of the one in"
                      + " OpenVPN's 'management' line"
                  : "write management-password: file:PATH, the file that OpenVPN's 'management' line"
                      + " names");
      case ManagementDial.Outcome.NotOpenVpn() ->
          findings.error(
              FindingCode.OPENVPN_STRANGER,
              subject,
              "what answers at " + address + " is not OpenVPN",
              "write the address of OpenVPN's 'management' line");
    }
  }

  /** Root sees most of what there is to see, and yet is not the user whom OpenVPN lets in. */
  private void turnedAway(Optional<OpenVpnSettings> settings) {
    String us = System.getProperty("user.name");
    Optional<String> user =
        settings
            .flatMap(all -> all.find("management-client-user"))
            .map(line -> line.arguments().getFirst())
            .filter(name -> us.equals("root") && !name.equals(us));
    if (user.isPresent()) {
      findings.ok(
          FindingCode.OPENVPN_TURNED_AWAY,
          subject,
          "talks to the user %s alone, who has to be Hourgate's: `runuser -u %s -- hourgate check` calls it"
              .formatted(user.get(), user.get()));
    } else {
      findings.error(
          FindingCode.OPENVPN_TURNED_AWAY,
          subject,
          address + " hangs up: management-client-user names another user than " + us,
          "change it, or run this as that user");
    }
  }

  private String start() {
    return "start OpenVPN, with 'management %s' in its configuration"
        .formatted(
            switch (address) {
              case ManagementAddress.Unix(Path path) -> path + " unix";
              case ManagementAddress.Tcp(String host, int port) -> host + " " + port;
            });
  }

  private static Optional<String> firstLine(Path file) {
    try (var lines = Files.lines(file)) {
      return lines.findFirst();
    } catch (IOException | java.io.UncheckedIOException e) {
      return Optional.empty(); // its rights were looked at before
    }
  }

  private void version(ManagementDial.Outcome.Answered answered) {
    if (answered.version().isEmpty()) {
      findings.error(
          FindingCode.OPENVPN_VERSION,
          subject,
          "does not tell its version",
          "use OpenVPN %s or newer".formatted(DaemonVersion.FLOOR));
      return;
    }
    DaemonVersion version = answered.version().get();
    String pid = answered.pid().map(number -> ", process " + number).orElse("");
    if (version.compareTo(DaemonVersion.FLOOR) < 0) {
      findings.error(
          FindingCode.OPENVPN_TOO_OLD,
          subject,
          "is OpenVPN %s: clients can put off their end (CVE-2024-28882)".formatted(version),
          "upgrade to %s or newer".formatted(DaemonVersion.FLOOR));
    } else if (version.compareTo(RECOMMENDED) < 0) {
      findings.warn(
          FindingCode.OPENVPN_OLD,
          subject,
          "is OpenVPN %s, older than %s%s".formatted(version, RECOMMENDED, pid),
          "make sure that your distribution has put the security fixes back into it");
    } else {
      findings.ok(FindingCode.OPENVPN, subject, "is OpenVPN " + version + pid);
    }
  }

  private Optional<OpenVpnConfiguration> configuration() {
    Optional<OpenVpnConfiguration> configuration =
        around
            .file()
            .map(OpenVpnConfigReader::file)
            .or(() -> process.flatMap(RunningOpenVpn::configuration));
    if (configuration.isEmpty()) {
      findings.warn(
          FindingCode.OPENVPN_CONFIG_UNSEEN,
          subject + " configuration",
          "was not looked at: it can't be found or read from here",
          "give --openvpn-config %s=FILE".formatted(instance.name()));
    }
    if (configuration.isPresent() && configuration.get().isUnread()) {
      problems(configuration.get(), subject + " configuration", findings);
      return Optional.empty();
    }
    return configuration;
  }

  private void lint(OpenVpnConfiguration configuration, OpenVpnSettings settings) {
    String about = subject + " configuration";
    Findings found = new Findings();
    problems(configuration, about, found);
    settings.lint().forEach(finding -> tell(finding, about, found));
    elsewhere(configuration, settings, about, found);
    if (found.all().isEmpty()) {
      found.ok(
          FindingCode.OPENVPN_CONFIG,
          about,
          configuration.files().isEmpty()
              ? "is as it should be"
              : "is as it should be: " + configuration.files().getFirst());
    }
    findings.addAll(found.all());
    OpenVpnFilesCheck.look(about, configuration, settings, findings);
    OpenVpnCertificateCheck.look(about, configuration, settings, around.now(), findings);
    if (!settings.has("disable-dco") && OffloadModule.isLoaded()) {
      findings.warn(
          FindingCode.OPENVPN_OFFLOAD,
          about,
          "the kernel may carry the packets (DCO): how fast a cut stops them was measured without",
          "write disable-dco");
    }
  }

  private static void problems(OpenVpnConfiguration configuration, String about, Findings found) {
    for (OpenVpnConfiguration.Problem problem : configuration.problems()) {
      found.error(
          problem.code(),
          about,
          problem.where().isEmpty()
              ? problem.message()
              : problem.where() + ": " + problem.message(),
          problem.code() == FindingCode.OPENVPN_LINE
              ? "correct the line"
              : "correct the name, make the file readable, or run this as its owner");
    }
  }

  private static void tell(LintFinding finding, String about, Findings found) {
    String message =
        finding.where().isEmpty() ? finding.message() : finding.where() + ": " + finding.message();
    switch (finding.weight()) {
      case UNSAFE, WRONG -> found.error(finding.code(), about, message, finding.change());
      case ADVICE -> found.warn(finding.code(), about, message, finding.change());
    }
  }

  /** Only a file that was named by hand can be another process's. */
  private void elsewhere(
      OpenVpnConfiguration configuration, OpenVpnSettings settings, String about, Findings found) {
    Optional<ManagementAddress> own = settings.management(configuration.folder());
    if (around.file().isPresent() && own.isPresent() && !isSame(own.get(), address)) {
      found.warn(
          FindingCode.OPENVPN_CONFIG_ELSEWHERE,
          about,
          "its management line names %s, ours names %s".formatted(own.get(), address),
          "write the same address into both, or name the right file");
    }
  }

  private static boolean isSame(ManagementAddress a, ManagementAddress b) {
    if (a instanceof ManagementAddress.Unix(Path one)
        && b instanceof ManagementAddress.Unix(Path other)) {
      try {
        return Files.isSameFile(one, other);
      } catch (IOException e) {
        return one.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize());
      }
    }
    return a.equals(b);
  }

  private void socket(Optional<OpenVpnSettings> settings) {
    if (!(address instanceof ManagementAddress.Unix(Path path))
        || !FileRights.isWritableByAll(path)) {
      return;
    }
    boolean guarded =
        settings.stream()
            .anyMatch(
                all ->
                    all.has("management-client-user")
                        || all.has("management-client-group")
                        || all.find("management")
                            .filter(line -> line.arguments().size() > 2)
                            .isPresent());
    if (guarded) {
      return;
    }
    String message = "every user of this machine can reach " + path + " and would own the VPN";
    String change =
        "write management-client-user in OpenVPN's configuration, or chmod 0710 "
            + path.getParent();
    String about = subject + " socket";
    if (settings.isPresent()) {
      findings.error(FindingCode.OPENVPN_SOCKET_OPEN, about, message, change);
    } else {
      findings.warn(FindingCode.OPENVPN_SOCKET_OPEN, about, message, change);
    }
  }

  /** Instances whose customers would get the same addresses. */
  static void compare(List<Seen> all, Findings findings) {
    for (int i = 0; i < all.size(); i++) {
      for (Seen other : all.subList(i + 1, all.size())) {
        Seen one = all.get(i);
        if (one.settings().isPresent()
            && other.settings().isPresent()
            && one.settings().get().overlaps(other.settings().get())
            && !sameProcess(one, other)) {
          findings.error(
              FindingCode.OPENVPN_NETWORKS_OVERLAP,
              "openvpn " + other.name(),
              "gives its customers the addresses of openvpn " + one.name(),
              "write another network into one of the two server lines");
        }
      }
    }
  }

  /**
   * OpenVPN checks no IP addresses of a tap device, and the page inside the tunnel goes by them.
   */
  static void tunnelPage(List<Seen> all, List<InetSocketAddress> tunnelListen, Findings findings) {
    if (tunnelListen.isEmpty()) {
      return;
    }
    all.stream()
        .filter(seen -> seen.settings().filter(OpenVpnSettings::isTap).isPresent())
        .forEach(
            seen ->
                findings.warn(
                    FindingCode.TUNNEL_PAGE_TAP,
                    "shop.tunnel-listen",
                    "openvpn "
                        + seen.name()
                        + " has a tap device: a customer who takes another's address in the tunnel"
                        + " reads until when that one has paid",
                    "leave shop.tunnel-listen out, or write dev tun"));
  }

  private static boolean sameProcess(Seen one, Seen other) {
    return one.process().isPresent() && one.process().equals(other.process());
  }
}
