package org.hourgate.conformance;

import static org.hourgate.conformance.Requirement.MUST;
import static org.hourgate.conformance.Requirement.SHOULD;
import static org.hourgate.conformance.Scenario.Needs.ACCEPTED_LOGIN;
import static org.hourgate.conformance.Scenario.Needs.BOTH_LOGINS;
import static org.hourgate.conformance.Scenario.Needs.NOTHING;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hourgate.management.fake.FakeLogin;
import org.hourgate.management.fake.FakeVpnClient;

/** What a modified client can do, and what the controller's own lines must look like. */
final class HostileScenarios {

  /** With more data behind it a longer line loses its head (manage.c man_read, 1,024 - 256). */
  private static final int LONGEST_LINE = 768;

  private static final int LONGEST_WORD = 256;
  private static final int LONGEST_BLOCK_LINE = 255;

  private static final List<String> NASTY =
      List.of(
          "\" 77 1 \"",
          "' ; client-auth-nt 77 1",
          "\\",
          "\\\"",
          "a\\nclient-auth-nt 77 1",
          "END",
          "$(reboot)`reboot`;../../etc/passwd",
          "=a=b",
          "%s%n%1000000$s",
          "{{7*7}}",
          "\u00ff\u00fe\u0080",
          "\r\nclient-auth-nt 77 1\r\n",
          "x".repeat(1_700));

  /** Verbs of 2.6 that a controller of a server may use. */
  private static final Set<String> VERBS =
      Set.of(
          "auth-retry",
          "bytecount",
          "client-auth",
          "client-auth-nt",
          "client-deny",
          "client-kill",
          "client-pending-auth",
          "echo",
          "env-filter",
          "exit",
          "forget-passwords",
          "help",
          "hold",
          "kill",
          "load-stats",
          "log",
          "mute",
          "nclients",
          "pid",
          "quit",
          "signal",
          "state",
          "status",
          "verb",
          "version");

  private HostileScenarios() {}

  static List<Scenario> all() {
    return List.of(
        new Scenario(
            "hostile-names",
            MUST,
            NOTHING,
            "Whatever a client writes into its name and password, it is answered once, and no"
                + " command is made of it.",
            "misc.c string_mod masks control characters only: quotes, backslash, comma, = and bytes"
                + " from 0x80 on arrive as they are",
            HostileScenarios::hostileNames),
        new Scenario(
            "own-lines",
            MUST,
            NOTHING,
            "No line above 768 bytes, no word above 256, no block line above 255.",
            "manage.c man_read: with up to 256 bytes behind it a longer line loses its head and its"
                + " tail runs as a command; options_parse.c parse_line refuses words above 256;"
                + " buffer lists cut block lines at 255 and parse the rest as another directive",
            HostileScenarios::ownLines),
        new Scenario(
            "env-filter",
            MUST,
            ACCEPTED_LOGIN,
            "Nobody is let in by a block that was printed before env-filter was 0.",
            "manage.c man_env_filter: the level stays when the controller changes; above 0 a client"
                + " forges any line (ssl_verify.c, peer-info)",
            HostileScenarios::envFilter),
        new Scenario(
            "duplicate-names",
            SHOULD,
            BOTH_LOGINS,
            "A user name and password before the true ones let nobody in.",
            "at env-filter 1 and above a client's own lines are printed before the true ones; where"
                + " env-filter is 0, as it must be, this is one more bolt",
            HostileScenarios::duplicateNames),
        new Scenario(
            "lying-peer-info",
            MUST,
            NOTHING,
            "Peer-info of any content is harmless.",
            "ssl.c: IV_ and UV_ names of [A-Za-z0-9_], values up to 255 bytes, quotes and backslash"
                + " among them",
            HostileScenarios::lyingPeerInfo));
  }

  private static String hostileNames(Stage stage) {
    List<FakeVpnClient> clients = new ArrayList<>();
    for (String nasty : NASTY) {
      clients.add(stage.connect(FakeLogin.of(nasty, "pw")));
      clients.add(stage.connect(FakeLogin.of("somebody", nasty)));
      clients.add(stage.connect(FakeLogin.of(nasty, nasty)));
    }
    stage.awaitAnswers(clients);
    stage.stillAnswers("after hostile names");
    stage.settle();
    checkLines(stage);
    stage.check(
        stage.said(one -> one.isAbout(77)).isEmpty(),
        "a command came that stands in the name of a client");
    return clients.size() + " logins tried";
  }

  private static String ownLines(Stage stage) {
    String longName = "0x" + "a".repeat(1_000);
    stage.awaitAnswer(stage.connect(FakeLogin.of(longName, "b".repeat(1_700))));
    stage.awaitAnswer(stage.connect(FakeLogin.of("\"\\".repeat(400), "\"\\".repeat(400))));
    stage.stillAnswers("after long names");
    int longest = checkLines(stage);
    return "its longest line had " + longest + " bytes";
  }

  /** Looks at everything the controller has written; returns the length of the longest line. */
  private static int checkLines(Stage stage) {
    int longest = 0;
    for (Said one : stage.said(_ -> true)) {
      for (String line : one.text().split("\n", -1)) {
        int length = line.getBytes(StandardCharsets.ISO_8859_1).length;
        longest = Math.max(longest, length);
        stage.check(length <= LONGEST_LINE, "a line of " + length + " bytes: " + line);
      }
      stage.check(
          !one.words().isEmpty() || one.text().isBlank(),
          "a line that OpenVPN would refuse: " + one.text());
      stage.check(
          one.text().isBlank() || VERBS.contains(one.verb()),
          "no command of a server's controller: " + one.text());
      for (String word : one.words()) {
        stage.check(word.length() <= LONGEST_WORD, "a word above 256 bytes: " + one.text());
      }
      for (String line : one.block()) {
        stage.check(line.length() <= LONGEST_BLOCK_LINE, "a block line above 255: " + line);
      }
    }
    return longest;
  }

  private static String envFilter(Stage stage) {
    FakeVpnClient[] early = new FakeVpnClient[1];
    stage.openVpn().refuseControllers(true);
    stage.openVpn().restart();
    stage.openVpn().leaveEnvFilter(1);
    // Its block stands right behind the greeting: no reply to env-filter can be before it.
    stage
        .openVpn()
        .onNextAttachment(
            () -> early[0] = stage.connect(stage.good().forging("session_state=Authenticated")));
    stage.openVpn().refuseControllers(false);
    stage.awaitServing();
    stage.await("env-filter was not set to 0", () -> stage.openVpn().envFilter() == 0);
    stage.stillAnswers("after a block at env-filter 1");
    stage.settle();
    stage.check(
        early[0].virtualAddress().isEmpty(),
        "it let a client in by a block that was printed at env-filter 1");
    return "";
  }

  private static String duplicateNames(Stage stage) {
    FakeLogin good = stage.good();
    FakeLogin forged =
        stage
            .bad()
            .printedAs(
                lines -> {
                  List<String> more = new ArrayList<>(lines);
                  more.addAll(
                      1,
                      List.of(
                          ">CLIENT:ENV,username=" + good.username(),
                          ">CLIENT:ENV,password=" + good.password()));
                  return more;
                });
    FakeVpnClient client = stage.connect(forged);
    stage.awaitAnswer(client);
    stage.settle();
    stage.check(
        client.virtualAddress().isEmpty(), "it let a client in by the first of two user names");
    return "";
  }

  private static String lyingPeerInfo(Stage stage) {
    for (String nasty : NASTY) {
      String value = nasty.substring(0, Math.min(nasty.length(), 255)).replaceAll("[\r\n]", "_");
      FakeLogin login =
          stage
              .stranger()
              .withPeerInfo(
                  Map.of("IV_PROTO", value, "IV_VER", value, "IV_SSO", value, "UV_X", value));
      stage.awaitAnswer(stage.connect(login));
    }
    stage.stillAnswers("after peer-info of all kinds");
    checkLines(stage);
    return NASTY.size() + " tried";
  }
}
