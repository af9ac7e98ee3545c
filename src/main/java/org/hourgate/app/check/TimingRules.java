package org.hourgate.app.check;

import static org.hourgate.app.check.FindingCode.*;
import static org.hourgate.app.check.LintFinding.Weight.ADVICE;
import static org.hourgate.app.check.LintFinding.Weight.UNSAFE;
import static org.hourgate.app.check.LintRule.advise;
import static org.hourgate.app.check.LintRule.forbid;
import static org.hourgate.app.check.LintRule.setting;

import java.util.List;

/**
 * How long OpenVPN waits for our verdict, and how often it asks: the wait is the smaller of {@code
 * hand-window} and half of {@code reneg-sec} ({@code ssl.c tls_process}). The server's {@code
 * reneg-sec} runs from the handshake, and not from our verdict: where that comes later the client
 * sees new keys in place of its PUSH_REPLY, can't read them, and restarts (2.6.14, 20 s and 30 s).
 */
final class TimingRules {

  /** Our own deadline for a verdict, in seconds. */
  private static final int VERDICT = 10;

  private static final int SHORT_RENEGOTIATION = 3600;

  static final List<LintRule> ALL =
      List.of(
          setting(
              HAND_WINDOW_SHORT,
              UNSAFE,
              "hand-window",
              (line, settings) -> line.number().isPresent() && settings.handWindow() <= VERDICT,
              "gives up before we have to answer (10 s)",
              "write hand-window 60"),
          advise(
              RENEGOTIATION_OFTEN,
              ADVICE,
              "reneg-sec 86400",
              (_, settings) ->
                  settings.renegotiation() > 0 && settings.renegotiation() < SHORT_RENEGOTIATION,
              _ -> true,
              "each renegotiation that falls into a restart of hourgate holds up what its customer"
                  + " sends, and where it is shorter than credential.web-sign-in-time, whoever takes"
                  + " longer to sign on the page is not let in and begins anew"),
          setting(
              RENEGOTIATION_WINDOW,
              ADVICE,
              "reneg-sec",
              (_, settings) ->
                  settings.renegotiation() > 0
                      && settings.renegotiation() / 2 < settings.handWindow(),
              "is shorter than two hand-windows, and half of it is all the time there is for a"
                  + " verdict",
              "write reneg-sec 86400"),
          setting(
              RENEGOTIATION_NEVER,
              ADVICE,
              "reneg-sec",
              (_, settings) -> settings.renegotiation() == 0,
              "the keys of a session are never renewed",
              "write reneg-sec 86400"),
          forbid(
              RENEGOTIATION_BY_TRAFFIC,
              ADVICE,
              "reneg-bytes",
              "a busy customer renegotiates again and again, and each time may fall into a restart",
              "remove it"),
          forbid(
              RENEGOTIATION_BY_TRAFFIC,
              ADVICE,
              "reneg-pkts",
              "a busy customer renegotiates again and again, and each time may fall into a restart",
              "remove it"));

  private TimingRules() {}
}
