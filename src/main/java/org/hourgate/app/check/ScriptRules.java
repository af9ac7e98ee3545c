package org.hourgate.app.check;

import static org.hourgate.app.check.FindingCode.*;
import static org.hourgate.app.check.LintFinding.Weight.ADVICE;
import static org.hourgate.app.check.LintFinding.Weight.UNSAFE;
import static org.hourgate.app.check.LintRule.advise;
import static org.hourgate.app.check.LintRule.eachLine;
import static org.hourgate.app.check.LintRule.forbid;
import static org.hourgate.app.check.LintRule.require;
import static org.hourgate.app.check.LintRule.setting;

import java.nio.file.Path;
import java.util.List;

/** Mode script: the scripts of {@code openvpn-conf/script/} ask us, and find us. */
final class ScriptRules {

  static final List<LintRule> ALL =
      List.of(
          forbid(
              SCRIPT_AND_MANAGEMENT,
              UNSAFE,
              "management-client-auth",
              "with mode: script the scripts ask us, and nobody answers what this asks",
              "remove it, or write mode: management"),
          require(
              SCRIPT_VERIFY,
              UNSAFE,
              "auth-user-pass-verify /PATH/auth-user-pass-verify via-file",
              "without it nobody asks us who may come in"),
          eachLine(
              SCRIPT_VERIFY,
              UNSAFE,
              "auth-user-pass-verify",
              (line, _) -> !line.arguments().contains("via-file"),
              "our script reads user name and password from a file",
              "write auth-user-pass-verify /PATH/auth-user-pass-verify via-file"),
          require(
              SCRIPT_CONNECT,
              UNSAFE,
              "client-connect /PATH/client-connect",
              "without it a session has no end of its own if we are away"),
          advise(
              SCRIPT_FOLDER,
              UNSAFE,
              "tmp-dir SCRIPT_FOLDER",
              (line, settings) ->
                  settings
                      .scriptFolder()
                      .filter(f -> line.value().filter(v -> f.equals(Path.of(v))).isPresent())
                      .isEmpty(),
              _ -> true,
              "the scripts look for us in another folder than the instance's script-folder"),
          advise(
              SCRIPT_SECURITY,
              UNSAFE,
              "script-security 2",
              (line, _) -> line.number().filter(level -> level >= 2).isEmpty(),
              _ -> true,
              "OpenVPN runs no script"),
          setting(
              SCRIPTS_SEE_PASSWORDS,
              ADVICE,
              "script-security",
              (line, _) -> line.is("3"),
              "shows passwords to other scripts as well",
              "write script-security 2"));

  private ScriptRules() {}
}
