package org.hourgate.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hourgate.app.install.Pki;
import org.hourgate.app.lab.LabNetwork;
import org.hourgate.app.lab.OpenVpnServer;
import org.hourgate.testing.RawController;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The same bytes to an OpenVPN and, through the shared socket, to its twin: what a guest reads, and
 * how his line is taken apart, must not differ. A difference in the latter would be a hole.
 */
final class GuestLikenessIT {

  private static final int LINES = Integer.getInteger("hourgate.fuzz.lines", 6_000);
  private static final int AT_ONCE = 200;
  private static final int LONGEST = 40;

  /** With more behind it OpenVPN may lose a longer one: it reads 256 bytes ahead. */
  private static final int SAFE_LINE = 768;

  /** What a lexer may stumble over, and the words that show what it made of it. */
  private static final List<String> PIECES =
      List.of(
          "pid",
          "p",
          "i",
          "d",
          "on",
          "off",
          "all",
          "x",
          "0",
          "-1",
          " ",
          "  ",
          "\t",
          "\u000b",
          "\"",
          "'",
          "\\",
          "\\\\",
          "\\\"",
          "\\'",
          "\\ ",
          ";",
          "#",
          "\u0001",
          "\u0000",
          "\u001b",
          "\u007f",
          "\r",
          "\u0085",
          "\u00a0",
          "\u00ff",
          "z".repeat(255),
          "z".repeat(257));

  /** Each shows another side: the first word, a word in full, two words, whether there is one. */
  private static final List<String> BEGINNINGS =
      List.of("", "kill ", "kill \"", "state ", "echo ", "version", "client-kill ", "pid ");

  /** What OpenVPN takes and does not tell of; and what other versions take. */
  private static final List<String> UNDOCUMENTED =
      List.of("push-update-broad", "push-update-cid", "rsa-sig", "env-filter", "test");

  private static final Set<String> SERVED =
      Set.of(
          "bytecount",
          "client-kill",
          "echo",
          "exit",
          "quit",
          "help",
          "hold",
          "kill",
          "load-stats",
          "log",
          "nclients",
          "pid",
          "state",
          "status",
          "version");

  /** What would do harm behind one verb or the other. */
  private static final List<String> PARAMETERS =
      List.of("SIGTERM", "0 1", "0 1 x 60", "11", "Auth x", "SKIP", "HTTP 127.0.0.1 1");

  /** All that OpenVPN may hear, whatever guests say. */
  private static final Set<String> HARMLESS =
      Set.of("status 3", "pid", "version", "hold", "state all", "log all", "log on", "log off");

  private static LabNetwork network;
  private static OpenVpnServer twin;
  private static SharedOpenVpn shared;
  private static RawController bare;
  private static RawController guest;

  @BeforeAll
  static void startBoth() throws Exception {
    network = LabNetwork.create();
    Pki pki = Pki.create(network.directory(), "hourgate-lab", Duration.ofDays(1));
    shared =
        SharedOpenVpn.before(
            OpenVpnServer.on(network, pki).instance("shared", 1194, "10.88.0.0").start(),
            GuestRole.KILL);
    guest = shared.guest();
    twin = OpenVpnServer.on(network, pki).instance("twin", 1195, "10.88.0.0").start();
    try (RawController first = new RawController(twin.managementSocket())) {
      first.ask("hold release");
    }
    SharedOpenVpn.awaitServing(twin);
    bare = SharedOpenVpn.controller(twin.managementSocket());
  }

  @AfterAll
  static void stopBoth() throws IOException {
    guest.close();
    bare.close();
    shared.close();
    network.close();
  }

  @Test
  void aLineIsTakenApartAsOpenVpnDoes() {
    long seed = Long.getLong("hourgate.fuzz.seed", 20_261_122);
    Random random = new Random(seed);
    List<String> differences = new ArrayList<>();
    for (int i = 0; i < LINES; i += AT_ONCE) {
      List<String> lines = new ArrayList<>();
      for (int j = 0; j < AT_ONCE; j++) {
        lines.add(line(random));
      }
      differences.addAll(differences(lines));
    }
    assertThat(differences).as("seed %d", seed).isEmpty();
  }

  private static String line(Random random) {
    StringBuilder line = new StringBuilder(BEGINNINGS.get(random.nextInt(BEGINNINGS.size())));
    for (int pieces = random.nextInt(LONGEST); pieces > 0; pieces--) {
      String piece = PIECES.get(random.nextInt(PIECES.size()));
      if (piece.length() < 100 || random.nextInt(LONGEST) == 0) {
        line.append(piece);
      }
    }
    return line.substring(0, Math.min(line.length(), SAFE_LINE));
  }

  @Test
  void whatAGuestMaySayIsAnsweredAsOpenVpnDoes() {
    assertThat(
            differences(
                List.of(
                    "version",
                    "version 3",
                    "pid",
                    "pid x",
                    "load-stats",
                    "nclients",
                    "hold",
                    "status",
                    "status 0",
                    "status 1",
                    "status 2",
                    "status 3",
                    "status 4",
                    "status x",
                    "status -1",
                    "status 3x",
                    "status \" 2\"",
                    "state",
                    "state 1",
                    "state all",
                    "state x",
                    "state 0",
                    "state on",
                    "state on all",
                    "state all off",
                    "state off x",
                    "log",
                    "log x",
                    "log on",
                    "log off",
                    "log -5",
                    "echo",
                    "echo all",
                    "echo on",
                    "echo on 5",
                    "echo off",
                    "bytecount",
                    "bytecount 5",
                    "bytecount x",
                    "kill",
                    "kill nobody",
                    "kill nobody else",
                    "kill \"no body\"",
                    "kill \"\"",
                    "kill :x",
                    "kill x:",
                    "kill x:y",
                    "kill 1.2.3.4:5",
                    "kill 1.2.3.4:5:6",
                    "kill 1.2.3.4: 5",
                    "kill 1.2.3.4:5x",
                    "kill 1.2.3.4:x",
                    "kill 1.2.3.4:0",
                    "kill 1.2.3.4:-1",
                    "kill 1.2.3.4:65536",
                    "kill 1.2.3.4:99999999999999999999",
                    "kill 1.2.3.4",
                    "kill 300.2.3.4:5",
                    "kill localhost:5",
                    "kill fd99::2",
                    "kill " + "n".repeat(128),
                    "kill " + "n".repeat(129),
                    "kill " + "n".repeat(130),
                    "kill 1.2.3.4:" + "5".repeat(128),
                    "kill " + "n".repeat(127),
                    "client-kill",
                    "client-kill 77",
                    "client-kill 77 HALT",
                    "client-kill 77 \"HALT,back at noon\"",
                    "client-kill x",
                    "client-kill -0",
                    "client-kill +",
                    "client-kill -1",
                    "client-kill +1",
                    "client-kill 1x",
                    "client-kill \" 1\"",
                    "client-kill 99999999999999999999",
                    "PID",
                    "bogus",
                    "client-pf 1",
                    "network-change")))
        .isEmpty();
  }

  @Test
  void whatIsRefusedNeverReachesOpenVpnHoweverItIsSpelled() throws IOException {
    List<String> verbs = verbsOfHelp();
    assertThat(verbs)
        .hasSizeGreaterThan(35)
        .contains("signal", "hold", "client-auth", "remote-entry-get", "pkcs11-id-get");
    verbs.addAll(UNDOCUMENTED);
    verbs.removeAll(SERVED);
    List<String> settings = settings();
    int heardBefore = shared.commands().size();
    List<String> lines = new ArrayList<>();
    for (String verb : verbs) {
      lines.add(verb);
      assertThat(guest.ask(verb))
          .containsExactly(
              "ERROR: The '%s' command is not supported by the current daemon mode"
                  .formatted(verb));
      for (String parameters : PARAMETERS) {
        lines.addAll(spellings(verb, parameters));
      }
    }
    lines.addAll(
        List.of("hold on", "hold off", "hold release", "\"hold\" 'release'", "hold\\ off"));
    for (int i = 0; i < lines.size(); i += AT_ONCE) {
      List<String> some = lines.subList(i, Math.min(i + AT_ONCE, lines.size()));
      List<List<String>> answers = guest.askAll(some);
      for (int j = 0; j < some.size(); j++) {
        assertThat(answers.get(j)).as(some.get(j)).allMatch(line -> line.startsWith("ERROR: "));
      }
    }
    List<String> heard = shared.commands();
    assertThat(heard.subList(heardBefore, heard.size())).isSubsetOf(HARMLESS);
    assertThat(settings()).isEqualTo(settings);
  }

  @Test
  void theTailOfALineThatIsTooLongIsNoCommand() throws Exception {
    int heardBefore = shared.commands().size();
    for (int length = GuestLineDecoder.MAX_LINE - 2; length < 1_300; length++) {
      for (String tail : List.of("signal SIGTERM", "hold off")) {
        try (RawController hostile = shared.guest()) {
          hostile.send("kill " + " ".repeat(length - "kill ".length()) + tail + "\n" + tail + "\n");
          hostile.takeReplies(2);
        }
      }
    }
    List<String> heard = shared.commands();
    assertThat(heard.subList(heardBefore, heard.size())).isSubsetOf(HARMLESS);
  }

  /** The first words of the lines of OpenVPN's own help. */
  private static List<String> verbsOfHelp() {
    return bare.ask("help").stream()
        .skip(2)
        .filter(line -> line.matches("[a-z].*: .*"))
        .flatMap(line -> Stream.of(line.split(" ", 2)[0].split("\\|", -1)))
        .distinct()
        .collect(Collectors.toCollection(ArrayList::new));
  }

  private static List<String> spellings(String verb, String parameters) {
    String head = verb.substring(0, 1);
    String tail = verb.substring(1);
    List<String> spellings = new ArrayList<>();
    for (String word :
        List.of(
            verb,
            '"' + verb + '"',
            '\'' + verb + '\'',
            head + '"' + tail + '"',
            '"' + head + '"' + tail,
            '\'' + head + "'\"" + tail + '"',
            '"' + verb + '\'',
            '"' + verb,
            '\\' + verb,
            head + '\\' + tail,
            head + "\\ " + tail,
            verb + "\\ ",
            verb.toUpperCase(Locale.ROOT),
            head + "\u0001" + tail,
            head + "\u0000" + tail,
            "\u001b" + verb,
            verb + "\u007f",
            head + "\r" + tail,
            "\u00a0" + verb)) {
      spellings.add(word + " " + parameters);
      spellings.add("  " + word + "\t " + parameters + " \r");
      spellings.add(word + "\t" + parameters);
    }
    spellings.add(verb + " " + quoted(parameters, '"'));
    spellings.add(verb + " " + quoted(parameters, '\''));
    spellings.add(verb + parameters);
    spellings.add(verb + " " + parameters + " x".repeat(40));
    spellings.add(verb + " ".repeat(600) + parameters);
    spellings.add(verb + " " + "y".repeat(256) + " " + parameters);
    spellings.add(verb + " " + "y".repeat(257) + " " + parameters);
    spellings.add(verb + " " + parameters + " # " + verb);
    spellings.add(verb + " " + parameters + "\npush \"x\"\nEND");
    return spellings;
  }

  private static String quoted(String words, char quote) {
    return quote + words.replace(" ", quote + " " + quote) + quote;
  }

  /** What no guest is told, asked in the place of the gate. */
  private static List<String> settings() throws IOException {
    return shared.instead(
        controller ->
            Stream.of("pid", "verb", "mute", "hold", "auth-retry", "state", "nclients")
                .map(question -> question + ": " + controller.ask(question))
                .toList());
  }

  private static List<String> differences(List<String> lines) {
    List<List<String>> expected = bare.askAll(lines);
    List<List<String>> actual = guest.askAll(lines);
    List<String> differences = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      List<String> should = normalised(expected.get(i));
      List<String> is = normalised(patiently(lines.get(i), actual.get(i)));
      if (!is.equals(should)) {
        differences.add("%s: %s, not %s".formatted(lines.get(i), is, should));
      }
    }
    return differences;
  }

  /** A machine may stand still for a second: who asks again is answered. */
  private static List<String> patiently(String line, List<String> first) {
    List<String> answer = first;
    for (int i = 0; i < 30 && answer.equals(List.of("ERROR: OpenVPN does not answer")); i++) {
      answer = guest.ask(line);
    }
    return answer;
  }

  /** Without what differs from one process and one second to the next. */
  private static List<String> normalised(List<String> lines) {
    return lines.stream()
        .map(
            line ->
                line.replaceFirst("pid=\\d+", "pid=N")
                    .replaceAll("(bytesin|bytesout)=\\d+", "$1=N")
                    .replaceFirst("^\\d{10},", "TIME,")
                    .replaceAll("[\\t,]\\d{10}$", "\tTIME")
                    .replaceAll("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d", "DATE"))
        .toList();
  }
}
