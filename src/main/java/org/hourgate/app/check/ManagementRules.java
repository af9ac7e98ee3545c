package org.hourgate.app.check;

import static org.hourgate.app.check.FindingCode.*;
import static org.hourgate.app.check.LintFinding.Weight.ADVICE;
import static org.hourgate.app.check.LintFinding.Weight.UNSAFE;
import static org.hourgate.app.check.LintFinding.Weight.WRONG;
import static org.hourgate.app.check.LintRule.advise;
import static org.hourgate.app.check.LintRule.forbid;
import static org.hourgate.app.check.LintRule.require;
import static org.hourgate.app.check.LintRule.requireIf;
import static org.hourgate.app.check.LintRule.setting;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.hourgate.management.client.ManagementAddress;

/** The way between OpenVPN and us, and who else may go it. */
final class ManagementRules {

  private static final int LOG_LINES = 1000;
  private static final int VERB = 3;
  private static final int VERB_FOR_DEBUGGING = 5;

  private static final String NO_ANSWER =
      "OpenVPN waits at its start for an answer that Hourgate does not give";

  static final List<LintRule> ALL =
      List.of(
          advise(
              MANAGEMENT_MISSING,
              UNSAFE,
              "management /run/openvpn-server/gate.sock unix",
              (line, _) -> line.arguments().size() < 2,
              _ -> true,
              "there is no way to us"),
          requireIf(
              MANAGEMENT_ANYBODY,
              ADVICE,
              "management-client-user",
              settings ->
                  settings.find("management").filter(ManagementRules::isUnix).isPresent()
                      && !settings.has("management-client-group"),
              "every user of this machine who reaches the socket owns the VPN: it needs the user"
                  + " that hourgate runs as"),
          setting(
              MANAGEMENT_PATH_LONG,
              WRONG,
              "management",
              (line, _) ->
                  isUnix(line)
                      && line.arguments().getFirst().getBytes(StandardCharsets.UTF_8).length
                          > ManagementAddress.MAX_UNIX_PATH_BYTES,
              "OpenVPN cuts the path of a socket behind 107 bytes without a word",
              "use a shorter path"),
          setting(
              MANAGEMENT_IN_TUNNEL,
              UNSAFE,
              "management",
              (line, _) -> line.is("tunnel"),
              "customers reach it through the tunnel",
              "use a unix socket"),
          setting(
              MANAGEMENT_CLEAR,
              UNSAFE,
              "management",
              (line, _) -> isTcp(line) && !isLoopback(line),
              "clear text over the network",
              "use a unix socket, or 127.0.0.1"),
          setting(
              MANAGEMENT_OPEN,
              UNSAFE,
              "management",
              (line, _) -> isTcp(line) && isLoopback(line) && line.arguments().size() < 3,
              "every user of this machine owns the VPN",
              "use a unix socket, or add a password file"),
          setting(
              MANAGEMENT_TCP,
              ADVICE,
              "management",
              (line, _) -> isTcp(line) && isLoopback(line) && line.arguments().size() > 2,
              "every user of this machine may try passwords",
              "use a unix socket"),
          forbid(
              MANAGEMENT_CALLS,
              UNSAFE,
              "management-client",
              "makes OpenVPN the one who connects, and end with us",
              "remove it"),
          forbid(
              MANAGEMENT_SIGNAL,
              UNSAFE,
              "management-signal",
              "restarts OpenVPN when hourgate restarts",
              "remove it"),
          forbid(MANAGEMENT_ASKS, WRONG, "management-query-passwords", NO_ANSWER, "remove it"),
          forbid(MANAGEMENT_ASKS, WRONG, "management-external-key", NO_ANSWER, "write key FILE"),
          forbid(MANAGEMENT_ASKS, WRONG, "management-external-cert", NO_ANSWER, "write cert FILE"),
          require(
              HOLD_MISSING,
              ADVICE,
              "management-hold",
              "clients that come before we are ready wait in vain"),
          advise(
              LOG_CACHE_SHORT,
              ADVICE,
              "management-log-cache " + LOG_LINES,
              (line, _) -> line.number().orElse(0) < LOG_LINES,
              _ -> true,
              "what happened while hourgate was away can't be read back far enough"),
          advise(
              VERB_LOW,
              ADVICE,
              "verb " + VERB,
              (line, _) -> line.number().orElse(1) < VERB,
              _ -> true,
              "the log does not show what happened while hourgate was away"),
          setting(
              VERB_HIGH,
              ADVICE,
              "verb",
              (line, _) -> line.number().orElse(1) >= VERB_FOR_DEBUGGING,
              "fills the log, slows every packet down and pushes missed renewals out of the log"
                  + " cache",
              "write verb " + VERB),
          setting(
              LOG_MUTED,
              ADVICE,
              "mute",
              (line, _) -> line.number().orElse(0) > 0,
              "leaves lines of one kind out of the log, missed renewals among them",
              "remove it"));

  private ManagementRules() {}

  private static boolean isUnix(OpenVpnDirective management) {
    return management.arguments().size() >= 2 && management.arguments().get(1).equals("unix");
  }

  private static boolean isTcp(OpenVpnDirective management) {
    return management.arguments().size() >= 2 && !isUnix(management) && !management.is("tunnel");
  }

  private static boolean isLoopback(OpenVpnDirective management) {
    String host = management.arguments().getFirst();
    try {
      return host.equals("localhost") || InetAddress.ofLiteral(host).isLoopbackAddress();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
