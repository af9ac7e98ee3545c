package org.hourgate.app.check;

import static org.hourgate.app.check.FindingCode.*;
import static org.hourgate.app.check.LintFinding.Weight.ADVICE;
import static org.hourgate.app.check.LintFinding.Weight.UNSAFE;
import static org.hourgate.app.check.LintFinding.Weight.WRONG;
import static org.hourgate.app.check.LintRule.advise;
import static org.hourgate.app.check.LintRule.eachLine;
import static org.hourgate.app.check.LintRule.forbid;
import static org.hourgate.app.check.LintRule.requireIf;
import static org.hourgate.app.check.LintRule.setting;

import java.util.List;

/** What customers get: addresses, a way out, and only as long as they have paid for. */
final class TunnelRules {

  private static final int HANDSHAKES = 1000;
  private static final int SLOWEST_CONNECTS = 10; // per second
  private static final String DEFAULT_MTU = "1500";

  static final List<LintRule> ALL =
      List.of(
          requireIf(
              NOT_A_SERVER,
              UNSAFE,
              "server",
              settings -> !settings.isServer(),
              "this is not the configuration of a server"),
          requireIf(
              POOL_MISSING,
              UNSAFE,
              "ifconfig-pool",
              settings -> settings.isServer() && settings.isTap() && !settings.hasPool(),
              "with tap and no pool, live clients can't be told from those that wait"),
          requireIf(
              POOL_MISSING,
              WRONG,
              "ifconfig-pool",
              settings -> settings.isServer() && !settings.isTap() && !settings.hasPool(),
              "customers who were let in get no address"),
          setting(
              POOL_SMALL,
              ADVICE,
              "server",
              (_, settings) ->
                  settings.poolSize().filter(pool -> pool < settings.maxClients()).isPresent(),
              "has fewer addresses than max-clients (1024 unless written) has room: the last"
                  + " customers are let in and get none",
              "write a wider network, or max-clients with no more than there are addresses"),
          advise(
              TOPOLOGY,
              ADVICE,
              "topology subnet",
              (_, settings) -> !settings.isSubnet() && !settings.isTap(),
              settings -> settings.has("server") && !settings.isTap(),
              "each client takes four addresses, and how many can come is not known to us"),
          requireIf(
              KEEPALIVE_MISSING,
              ADVICE,
              "keepalive 10 60",
              settings -> !settings.has("ping-restart"),
              "clients that went away stay in the list"),
          requireIf(
              EXIT_NOTIFY_MISSING,
              ADVICE,
              "explicit-exit-notify 1",
              settings -> !settings.isTcp(),
              "after a restart of OpenVPN clients come back a minute late"),
          setting(
              EXIT_NOTIFY_TCP,
              ADVICE,
              "explicit-exit-notify",
              (line, settings) -> settings.isTcp() && line.number().orElse(1) > 0,
              "is for UDP, OpenVPN ignores it here",
              "remove it"),
          forbid(
              CLIENT_TO_CLIENT,
              ADVICE,
              "client-to-client",
              "customers reach each other, past every firewall",
              "remove it"),
          requireIf(
              NO_WAY_OUT,
              ADVICE,
              "push \"redirect-gateway def1\"",
              settings -> settings.isServer(),
              "customers' traffic does not go through this server"),
          eachLine(
              NO_WAY_OUT,
              ADVICE,
              "push",
              (line, settings) ->
                  line.equals(settings.all("push").getFirst())
                      && !settings.pushes(
                          option ->
                              option.startsWith("redirect-gateway") || option.startsWith("route ")),
              "no redirect-gateway among what is pushed: customers' traffic does not go through"
                  + " this server",
              "write push \"redirect-gateway def1\""),
          setting(
              CONNECT_FREQ,
              ADVICE,
              "connect-freq",
              (line, _) -> rate(line) < SLOWEST_CONNECTS,
              "keeps a crowd out that comes back at once after a restart",
              "remove it; the gate has limits of its own"),
          advise(
              CONNECT_FREQ_INITIAL,
              ADVICE,
              "connect-freq-initial " + HANDSHAKES + " 10",
              (line, _) -> rate(line) < HANDSHAKES / 10.0,
              settings -> !settings.isTcp(),
              "after 100 clients that have begun and not gone on, OpenVPN hears no new ones for up"
                  + " to 10 s"),
          setting(
              INACTIVE,
              ADVICE,
              "inactive",
              (line, _) -> line.number().orElse(0) > 0,
              "ends paid sessions that are quiet for a while",
              "remove it"),
          setting(
              SESSION_TIMEOUT,
              WRONG,
              "session-timeout",
              (line, _) -> line.number().orElse(0) > 0,
              "ends every session after this time, paid or not",
              "remove it; the gate sets one for each session"),
          forbid(
              COMPRESSION,
              ADVICE,
              "compress",
              "packets can be guessed from their size (VORACLE)",
              "remove it"),
          forbid(
              COMPRESSION,
              ADVICE,
              "comp-lzo",
              "packets can be guessed from their size (VORACLE)",
              "remove it"),
          setting(
              FRAGMENT,
              WRONG,
              "fragment",
              (line, _) -> line.number().orElse(0) > 0,
              "a client without the same line in its profile understands nothing",
              "remove it; mssfix does the same for TCP inside the tunnel"),
          setting(
              TUNNEL_MTU,
              ADVICE,
              "tun-mtu",
              (line, _) -> !line.is(DEFAULT_MTU),
              "clients older than 2.6 need the same value in their profile",
              "remove it, or write it into the profile template too"));

  private TunnelRules() {}

  /** Clients per second that "N SECONDS" lets begin. */
  private static double rate(OpenVpnDirective line) {
    if (line.arguments().size() < 2
        || !line.arguments().stream().allMatch(word -> word.matches("[0-9]{1,9}"))) {
      return 0;
    }
    double seconds = Math.max(1, Integer.parseInt(line.arguments().get(1)));
    return Integer.parseInt(line.arguments().getFirst()) / seconds;
  }
}
