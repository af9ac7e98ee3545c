package org.hourgate.app.check;

import static org.hourgate.app.check.FindingCode.*;
import static org.hourgate.app.check.LintFinding.Weight.ADVICE;
import static org.hourgate.app.check.LintFinding.Weight.UNSAFE;
import static org.hourgate.app.check.LintFinding.Weight.WRONG;
import static org.hourgate.app.check.LintRule.eachLine;
import static org.hourgate.app.check.LintRule.forbid;
import static org.hourgate.app.check.LintRule.require;
import static org.hourgate.app.check.LintRule.setting;

import java.util.List;
import java.util.regex.Pattern;

/** Who decides on a login: we, and nobody beside us. */
final class JudgeRules {

  private static final Pattern AUTHENTICATING_PLUGIN =
      Pattern.compile(".*(auth|pam|ldap|radius|oauth|saml|duo|otp).*");

  private static final String SECOND_JUDGE = "a second judge beside us, which can't be trusted";

  static final List<LintRule> ALL =
      List.of(
          forbid(
              LOGIN_OPTIONAL,
              UNSAFE,
              "auth-user-pass-optional",
              "lets clients in without user name and password",
              "remove it"),
          eachLine(
              SECOND_JUDGE_PLUGIN,
              UNSAFE,
              "plugin",
              (line, _) -> authenticates(line),
              SECOND_JUDGE,
              "remove it"),
          eachLine(
              PLUGIN,
              ADVICE,
              "plugin",
              (line, _) -> !authenticates(line),
              "whatever a plugin refuses is refused, and OpenVPN stands still while it works",
              "make sure that this plugin does not authenticate"),
          eachLine(
              TOKENS_BYPASS,
              UNSAFE,
              "auth-gen-token",
              (line, _) -> !line.arguments().contains("external-auth"),
              "a client with OpenVPN's token comes in without our being asked",
              "remove it, or write auth-gen-token 0 external-auth"),
          eachLine(
              TOKENS_DIE,
              ADVICE,
              "auth-gen-token",
              (line, settings) ->
                  line.arguments().contains("external-auth")
                      && !settings.has("auth-gen-token-secret"),
              "its tokens die with this process",
              "add auth-gen-token-secret FILE, or remove it"),
          eachLine(
              TOKENS_RENEWAL,
              WRONG,
              "auth-gen-token",
              (line, settings) -> renewal(line) > 0 && renewal(line) < 2 * settings.handWindow(),
              "OpenVPN does not start: tokens are renewed sooner than two hand-windows",
              "write a renewal of at least twice hand-window, or none"),
          script("tls-verify"));

  /** Where we are asked on the management interface. */
  static final List<LintRule> MANAGEMENT =
      List.of(
          require(
              CLIENT_AUTH_MISSING,
              UNSAFE,
              "management-client-auth",
              "without it nobody asks us who may come in"),
          forbid(SECOND_JUDGE_SCRIPT, UNSAFE, "auth-user-pass-verify", SECOND_JUDGE, "remove it"),
          setting(
              SCRIPTS_SEE_PASSWORDS,
              ADVICE,
              "script-security",
              (line, _) -> line.is("3"),
              "shows passwords to scripts",
              "write script-security 1"),
          script("client-connect"));

  private JudgeRules() {}

  private static LintRule script(String name) {
    return forbid(
        SECOND_JUDGE_LATE,
        ADVICE,
        name,
        "refuses whom we let in whenever this command fails, and OpenVPN stands still meanwhile",
        "remove it unless that is meant");
  }

  private static boolean authenticates(OpenVpnDirective plugin) {
    return plugin.value().filter(AUTHENTICATING_PLUGIN.asMatchPredicate()).isPresent();
  }

  private static int renewal(OpenVpnDirective tokens) {
    return tokens.arguments().size() > 1 && tokens.arguments().get(1).matches("[0-9]{1,9}")
        ? Integer.parseInt(tokens.arguments().get(1))
        : 0;
  }
}
