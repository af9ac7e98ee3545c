package org.hourgate.app.check;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hourgate.app.check.Finding.Level;
import org.hourgate.app.config.HourgateConfig;
import org.hourgate.chain.ChainConfig;
import org.hourgate.chain.NodeProbe;
import org.hourgate.infrastructure.time.TimeSource;
import org.hourgate.infrastructure.tls.ServerTls;
import org.hourgate.infrastructure.tls.TlsException;
import org.hourgate.management.client.ManagementAddress;
import org.hourgate.operator.AdminClient;
import org.hourgate.operator.AdminRequest;
import org.hourgate.session.DaemonVersion;
import org.hourgate.shop.ProfileTemplate;

/** Looks at everything the configuration names, once. Blocks for seconds; one thread. */
public final class Inspection {

  /** The first with the fixes of CVE-2026-12996, 13117 and 13122. */
  private static final DaemonVersion RECOMMENDED = new DaemonVersion(2, 6, 21);

  /** OpenVPN greets at once unless another controller is attached. */
  private static final Duration GREETING = Duration.ofSeconds(2);

  private final HourgateConfig config;
  private final Map<String, Path> openvpnConfigs;
  private final TimeSource time;
  private final List<Finding> findings = new ArrayList<>();

  private Inspection(HourgateConfig config, Map<String, Path> openvpnConfigs, TimeSource time) {
    this.config = config;
    this.openvpnConfigs = openvpnConfigs;
    this.time = time;
  }

  /**
   * Looks.
   *
   * @param openvpnConfigs the configuration files of instances by name; others are looked for
   */
  public static List<Finding> of(
      HourgateConfig config, Map<String, Path> openvpnConfigs, TimeSource time) {
    Inspection inspection = new Inspection(config, openvpnConfigs, time);
    inspection.gateway();
    inspection.shop();
    boolean serving = inspection.isServing();
    config.openvpn().forEach(openvpn -> inspection.openvpn(openvpn, serving));
    inspection.chain();
    return List.copyOf(inspection.findings);
  }

  private void gateway() {
    HourgateConfig.Gateway gateway = config.gateway();
    if (Files.exists(gateway.key())) {
      secret("gateway key", gateway.key());
    } else {
      add(Level.OK, "gateway key", gateway.key() + " will be made at the first start");
    }
    if (gateway.publicUrl().getScheme().equals("http")) {
      add(
          Level.WARNING,
          "gateway.public-url",
          "begins with http: passwords and signatures can be read on the way; use https");
    }
  }

  private void secret(String subject, Path file) {
    Optional<String> problem = FileRights.secretProblem(file);
    add(
        problem.isPresent() ? Level.ERROR : Level.OK,
        subject,
        problem.orElse(file + " is readable by its owner alone"));
  }

  private void shop() {
    if (config.shop().tls() instanceof HourgateConfig.Tls.Files(Path certificate, Path key)) {
      try {
        ServerTls.load(certificate, key);
        add(Level.OK, "shop.tls", certificate + " and its key can be used");
      } catch (TlsException e) {
        add(Level.ERROR, "shop.tls", String.valueOf(e.getMessage()));
      }
      FileRights.secretProblem(key)
          .filter(problem -> Files.exists(key))
          .ifPresent(problem -> add(Level.WARNING, "shop.tls.key", problem));
    }
  }

  private void profile(String subject, Path file) {
    try {
      var _ = ProfileTemplate.read(file);
      add(Level.OK, subject, file + " can be used");
    } catch (IllegalArgumentException e) {
      add(Level.ERROR, subject, String.valueOf(e.getMessage()));
    }
  }

  private boolean isServing() {
    try {
      return AdminClient.ask(config.admin().socket(), AdminRequest.sessions()).error() == null;
    } catch (IOException e) {
      return false;
    }
  }

  private void openvpn(HourgateConfig.OpenVpn openvpn, boolean serving) {
    String subject = "openvpn " + openvpn.name();
    openvpn
        .managementPassword()
        .ifPresent(file -> secret("openvpn " + openvpn.name() + " password", file));
    openvpn.profileTemplate().ifPresent(file -> profile(subject + " profile-template", file));
    ManagementAddress address = ManagementAddress.parse(openvpn.management());
    Optional<List<OpenVpnDirective>> settings =
        switch (ManagementDial.dial(address, password(openvpn), GREETING)) {
          case ManagementDial.Outcome.Answered answered -> {
            version(subject, answered);
            yield answered.pid().flatMap(RunningOpenVpn::settings);
          }
          case ManagementDial.Outcome.Silent() -> {
            silent(subject, address, serving);
            yield Optional.empty();
          }
          case ManagementDial.Outcome.NotConnected(String reason) -> {
            add(
                Level.UNREACHABLE,
                subject,
                "nothing answers at %s (%s): is OpenVPN running, with 'management %s' in its configuration?"
                    .formatted(address, reason, directive(address)));
            yield Optional.empty();
          }
          case ManagementDial.Outcome.TurnedAway() -> {
            add(
                Level.ERROR,
                subject,
                address
                    + " hangs up: management-client-user names another user than "
                    + System.getProperty("user.name")
                    + "; change it, or run this as that user");
            yield Optional.empty();
          }
          case ManagementDial.Outcome.WrongPassword(boolean given) -> {
            add(
                Level.ERROR,
                subject,
                given
                    ? "refuses the password: openvpn.management-password must name a file with the"
                        + " first line of the one in OpenVPN's 'management' line"
                    : "wants a password: write management-password: file:PATH, the file that"
                        + " OpenVPN's 'management' line names");
            yield Optional.empty();
          }
          case ManagementDial.Outcome.NotOpenVpn() -> {
            add(Level.ERROR, subject, "what answers at " + address + " is not OpenVPN");
            yield Optional.empty();
          }
        };
    settings(openvpn, address, subject, settings);
  }

  private static String directive(ManagementAddress address) {
    return switch (address) {
      case ManagementAddress.Unix(Path path) -> path + " unix";
      case ManagementAddress.Tcp(String host, int port) -> host + " " + port;
    };
  }

  private static Optional<String> password(HourgateConfig.OpenVpn openvpn) {
    return openvpn
        .managementPassword()
        .flatMap(
            file -> {
              try (var lines = Files.lines(file)) {
                return lines.findFirst();
              } catch (IOException e) {
                return Optional.empty(); // its rights were looked at before
              }
            });
  }

  private void silent(String subject, ManagementAddress address, boolean serving) {
    if (serving) {
      add(Level.OK, subject, "the hourgate that runs here is attached to " + address);
    } else {
      add(
          Level.UNREACHABLE,
          subject,
          "somebody else is attached to %s; OpenVPN serves one at a time: end that program, or let it use operator-socket"
              .formatted(address));
    }
  }

  private void version(String subject, ManagementDial.Outcome.Answered answered) {
    if (answered.version().isEmpty()) {
      add(Level.ERROR, subject, "does not tell its version");
      return;
    }
    DaemonVersion version = answered.version().get();
    if (version.compareTo(DaemonVersion.FLOOR) < 0) {
      add(
          Level.ERROR,
          subject,
          "is OpenVPN %s: clients can put off their end (CVE-2024-28882); upgrade to %s or newer"
              .formatted(version, DaemonVersion.FLOOR));
    } else if (version.compareTo(RECOMMENDED) < 0) {
      add(
          Level.WARNING,
          subject,
          "is OpenVPN %s, older than %s: make sure that your distribution has put the security fixes back into it"
              .formatted(version, RECOMMENDED));
    } else {
      add(Level.OK, subject, "is OpenVPN " + version);
    }
  }

  private void settings(
      HourgateConfig.OpenVpn openvpn,
      ManagementAddress address,
      String subject,
      Optional<List<OpenVpnDirective>> running) {
    Optional<List<OpenVpnDirective>> settings = running;
    Path file = openvpnConfigs.get(openvpn.name());
    if (file != null) {
      try {
        settings = Optional.of(OpenVpnDirective.parse(Files.readAllLines(file)));
      } catch (IOException e) {
        add(Level.ERROR, subject + " configuration", file + " can't be read: " + e.getMessage());
      }
    }
    if (settings.isEmpty()) {
      add(
          Level.WARNING,
          subject + " configuration",
          "was not looked at: give --openvpn-config %s=FILE".formatted(openvpn.name()));
    } else {
      lint(subject + " configuration", settings.get());
    }
    socket(subject, address, settings);
  }

  private void lint(String subject, List<OpenVpnDirective> settings) {
    List<OpenVpnConfigLint.LintFinding> found =
        OpenVpnConfigLint.findingsOf(settings, config.credential().sessionsPerWallet());
    found.forEach(
        finding ->
            add(finding.unsafe() ? Level.ERROR : Level.WARNING, subject, finding.toString()));
    if (found.isEmpty()) {
      add(Level.OK, subject, "is as it should be");
    }
  }

  private void socket(
      String subject, ManagementAddress address, Optional<List<OpenVpnDirective>> settings) {
    if (!(address instanceof ManagementAddress.Unix(Path path))
        || !FileRights.isOpenToEverybody(path)) {
      return;
    }
    boolean guarded =
        settings.stream()
            .flatMap(List::stream)
            .anyMatch(
                line ->
                    line.name().equals("management-client-user")
                        || line.name().equals("management-client-group")
                        || (line.name().equals("management") && line.arguments().size() > 2));
    if (!guarded) {
      add(
          settings.isPresent() ? Level.ERROR : Level.WARNING,
          subject + " socket",
          "every user of this machine can reach %s and would own the VPN: write management-client-user in OpenVPN's configuration, or chmod 0710 %s"
              .formatted(path, path.getParent()));
    }
  }

  private void chain() {
    HourgateConfig.Chain chain = config.chain();
    ChainConfig nodes =
        ChainConfig.of(chain.id(), chain.rpc(), chain.contracts())
            .withConfirmations(chain.confirmations())
            .withMaxHeadAge(chain.maxHeadAge());
    for (NodeProbe.Report report : NodeProbe.probe(nodes, time)) {
      String subject = "chain " + report.node();
      switch (report) {
        case NodeProbe.Report.Fit(String _, long head, Duration age) ->
            add(
                Level.OK,
                subject,
                "chain id %d, contract there, block %d is %d s old"
                    .formatted(chain.id(), head, Math.max(0, age.toSeconds())));
        case NodeProbe.Report.Unfit(String _, String reason, boolean unreachable) ->
            add(unreachable ? Level.UNREACHABLE : Level.ERROR, subject, reason);
      }
    }
  }

  private void add(Level level, String subject, String message) {
    findings.add(new Finding(level, subject, message));
  }
}
