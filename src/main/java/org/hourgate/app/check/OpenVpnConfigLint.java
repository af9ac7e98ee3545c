package org.hourgate.app.check;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What in an OpenVPN server's configuration makes it unsafe, or worse than it could be, to sell its
 * hours. A pure function of the lines. Made for 2.6; names what OpenVPN's manual names.
 */
public final class OpenVpnConfigLint {

  private static final Pattern AUTHENTICATING_PLUGIN =
      Pattern.compile(".*(auth|pam|ldap|radius|oauth|saml|duo|otp).*");

  /** OpenVPN waits as long for our answer; our own deadline is 10 s. */
  private static final int SHORTEST_HAND_WINDOW = 10;

  private final List<OpenVpnDirective> directives;
  private final int sessionsPerWallet;
  private final List<LintFinding> findings = new ArrayList<>();

  /**
   * One thing.
   *
   * @param unsafe whether nobody should be let in before it is changed
   * @param line where, counted from 1; 0 if it is about a line that is missing
   * @param message what is wrong, and what to write
   */
  public record LintFinding(boolean unsafe, int line, String message) {

    @Override
    public String toString() {
      return line == 0 ? message : "line " + line + ": " + message;
    }
  }

  private OpenVpnConfigLint(List<OpenVpnDirective> directives, int sessionsPerWallet) {
    this.directives = directives;
    this.sessionsPerWallet = sessionsPerWallet;
  }

  /** Looks at the lines of a configuration. */
  public static List<LintFinding> findings(List<String> lines, int sessionsPerWallet) {
    return findingsOf(OpenVpnDirective.parse(lines), sessionsPerWallet);
  }

  static List<LintFinding> findingsOf(List<OpenVpnDirective> directives, int sessionsPerWallet) {
    OpenVpnConfigLint lint = new OpenVpnConfigLint(directives, sessionsPerWallet);
    lint.whoDecides();
    lint.whoIsWho();
    lint.managementInterface();
    lint.tunnel();
    lint.timing();
    lint.otherFiles();
    return List.copyOf(lint.findings);
  }

  private void whoDecides() {
    requireUnsafe("management-client-auth", "without it nobody asks us who may come in: write it");
    forbidUnsafe(
        "auth-user-pass-optional", "lets clients in without user name and password: remove it");
    forbidUnsafe(
        "auth-user-pass-verify", "a second judge beside us, which can't be trusted: remove it");
    for (OpenVpnDirective plugin : all("plugin")) {
      boolean judges =
          !plugin.arguments().isEmpty()
              && AUTHENTICATING_PLUGIN.matcher(plugin.arguments().getFirst()).matches();
      add(
          judges,
          plugin,
          judges
              ? "a second judge beside us, which can't be trusted: remove it"
              : "make sure that this plugin does not authenticate");
    }
    for (OpenVpnDirective tokens : all("auth-gen-token")) {
      if (!tokens.arguments().contains("external-auth")) {
        add(
            true,
            tokens,
            "a client with OpenVPN's token comes in without our being asked: remove it, or write"
                + " auth-gen-token 0 external-auth");
      } else if (find("auth-gen-token-secret").isEmpty()) {
        add(
            false,
            tokens,
            "its tokens die with this process: add auth-gen-token-secret FILE, or remove it");
      }
    }
    find("script-security")
        .filter(level -> !level.arguments().isEmpty() && level.arguments().getFirst().equals("3"))
        .ifPresent(
            level -> add(false, level, "shows passwords to scripts: write script-security 1"));
  }

  private void whoIsWho() {
    requireUnsafe(
        "username-as-common-name",
        "without it all clients have one name and a cut meets the wrong one: write it");
    boolean withoutCertificates =
        find("verify-client-cert")
            .filter(line -> line.arguments().equals(List.of("none")))
            .isPresent();
    if (!withoutCertificates) {
      addMissing(
          false,
          "verify-client-cert none",
          "customers need a certificate besides their wallet; write it unless that is meant");
    }
    Optional<OpenVpnDirective> duplicates = find("duplicate-cn");
    if (sessionsPerWallet == 1) {
      duplicates.ifPresent(
          line -> add(false, line, "with one session per wallet it only does harm: remove it"));
    } else if (duplicates.isEmpty()) {
      addMissing(
          false,
          "duplicate-cn",
          "with %d sessions per wallet it is needed: each new device ends the one before: write it"
              .formatted(sessionsPerWallet));
    }
  }

  private void managementInterface() {
    Optional<OpenVpnDirective> management = find("management");
    if (management.isEmpty() || management.get().arguments().size() < 2) {
      addMissing(
          true, "management", "there is no way to us: write management /PATH/gate.sock unix");
    } else if (management.get().arguments().get(1).equals("unix")) {
      if (find("management-client-user").isEmpty() && find("management-client-group").isEmpty()) {
        addMissing(
            false,
            "management-client-user",
            "every user of this machine who reaches the socket owns the VPN: name the user that"
                + " hourgate runs as");
      }
    } else {
      tcpManagement(management.get());
    }
    forbidUnsafe(
        "management-client", "makes OpenVPN the one who connects, and end with us: remove it");
    forbidUnsafe("management-signal", "restarts OpenVPN when hourgate restarts: remove it");
    if (find("management-hold").isEmpty()) {
      addMissing(
          false, "management-hold", "clients that come before we are ready wait in vain: write it");
    }
    if (number("management-log-cache").orElse(250) < 1000) {
      advise(
          "management-log-cache 1000",
          "what happened while hourgate was away can't be read back far enough");
    }
    if (number("verb").orElse(1) < 3) {
      advise("verb 3", "the log does not show what happened while hourgate was away");
    }
  }

  private void tcpManagement(OpenVpnDirective management) {
    boolean password = management.arguments().size() > 2;
    if (!isLoopback(management.arguments().getFirst())) {
      add(true, management, "clear text over the network: use a unix socket, or 127.0.0.1");
    } else if (!password) {
      add(
          true,
          management,
          "every user of this machine owns the VPN: use a unix socket, or add a password file");
    } else {
      add(false, management, "every user of this machine may try passwords: use a unix socket");
    }
  }

  private static boolean isLoopback(String host) {
    try {
      return host.equals("localhost") || InetAddress.ofLiteral(host).isLoopbackAddress();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private void tunnel() {
    boolean server =
        find("server").isPresent()
            || find("server-bridge").isPresent()
            || find("mode").filter(mode -> mode.arguments().equals(List.of("server"))).isPresent();
    if (!server) {
      addMissing(true, "server", "this is not the configuration of a server");
    }
    boolean pool =
        find("server").isPresent()
            || find("ifconfig-pool").isPresent()
            || find("server-bridge").filter(line -> line.arguments().size() == 4).isPresent();
    boolean tap =
        find("dev-type")
            .or(() -> find("dev"))
            .filter(line -> !line.arguments().isEmpty())
            .filter(line -> line.arguments().getFirst().startsWith("tap"))
            .isPresent();
    if (server && tap && !pool) {
      addMissing(
          true,
          "ifconfig-pool",
          "with tap and no pool, live clients can't be told from those that wait: give a pool");
    }
    if (find("keepalive").isEmpty() && find("ping-restart").isEmpty()) {
      addMissing(false, "keepalive 10 60", "clients that went away stay in the list: write it");
    }
    boolean tcp =
        find("proto")
            .filter(line -> !line.arguments().isEmpty())
            .filter(line -> line.arguments().getFirst().startsWith("tcp"))
            .isPresent();
    if (!tcp && find("explicit-exit-notify").isEmpty()) {
      addMissing(
          false,
          "explicit-exit-notify 1",
          "after a restart of OpenVPN clients come back a minute late: write it");
    }
  }

  private void timing() {
    find("hand-window")
        .flatMap(OpenVpnConfigLint::number)
        .filter(seconds -> seconds <= SHORTEST_HAND_WINDOW)
        .ifPresent(
            seconds ->
                find("hand-window")
                    .ifPresent(
                        line ->
                            add(
                                true,
                                line,
                                "gives up before we have to answer (10 s): write hand-window 60")));
    Optional<Integer> renegotiation = number("reneg-sec");
    if (renegotiation.isEmpty() || (renegotiation.get() > 0 && renegotiation.get() < 3600)) {
      advise(
          "reneg-sec 86400",
          "each renegotiation that falls into a restart of hourgate costs a session");
    }
  }

  private void otherFiles() {
    for (OpenVpnDirective include : all("config")) {
      if (include.line() > 0) {
        add(false, include, "another file that was not looked at: check it with --openvpn-config");
      }
    }
  }

  private void requireUnsafe(String name, String message) {
    if (find(name).isEmpty()) {
      addMissing(true, name, message);
    }
  }

  private void forbidUnsafe(String name, String message) {
    all(name).forEach(line -> add(true, line, message));
  }

  private void add(boolean unsafe, OpenVpnDirective line, String message) {
    findings.add(new LintFinding(unsafe, line.line(), line.name() + ": " + message));
  }

  private void addMissing(boolean unsafe, String name, String message) {
    findings.add(new LintFinding(unsafe, 0, name + " is missing: " + message));
  }

  /** For a line that is missing, or there with a value that is too low. */
  private void advise(String wanted, String why) {
    find(wanted.substring(0, wanted.indexOf(' ')))
        .ifPresentOrElse(
            line -> add(false, line, why + ": write " + wanted),
            () -> addMissing(false, wanted, why + ": write it"));
  }

  private List<OpenVpnDirective> all(String name) {
    return directives.stream().filter(line -> line.name().equals(name)).toList();
  }

  /** Of a line that is there twice OpenVPN takes the last. */
  private Optional<OpenVpnDirective> find(String name) {
    List<OpenVpnDirective> found = all(name);
    return found.isEmpty() ? Optional.empty() : Optional.of(found.getLast());
  }

  private Optional<Integer> number(String name) {
    return find(name).flatMap(OpenVpnConfigLint::number);
  }

  private static Optional<Integer> number(OpenVpnDirective line) {
    return line.arguments().stream()
        .findFirst()
        .filter(text -> text.matches("[0-9]{1,9}"))
        .map(Integer::parseInt);
  }
}
