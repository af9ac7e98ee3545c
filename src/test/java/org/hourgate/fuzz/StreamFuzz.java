package org.hourgate.fuzz;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hourgate.credential.CredentialAuthority;
import org.hourgate.credential.CredentialKind;
import org.hourgate.credential.IssuedNonce;
import org.hourgate.credential.WalletKey;
import org.hourgate.management.ManagementException;
import org.hourgate.management.client.SteppedConnection;
import org.hourgate.testing.Capture;
import org.hourgate.testing.ManualTime;
import org.hourgate.testing.StubLedger;

/**
 * Whatever OpenVPN writes, the whole gate behind it: an accept only of a login whose lines were
 * there and whose password was signed by a wallet that has paid, or minted for it; no more verdicts
 * than questions; no accept behind a cut. The commands of the gate are answered as OpenVPN does. A
 * line {@code @N} in an input is N seconds that pass; {@code @C012} stands for the lines of a
 * CONNECT of CID 0 with KID 1 and the third password, {@code @R012} of a REAUTH, {@code @E0} and
 * {@code @D0} of ESTABLISHED and DISCONNECT, {@code @H} of a soft restart.
 */
public final class StreamFuzz implements FuzzTarget {

  private static final Instant NOW = Instant.parse("2026-11-22T06:00:00Z");
  private static final WalletKey ALICE = WalletKey.parse("11".repeat(32));
  private static final WalletKey BOB = WalletKey.parse("22".repeat(32));
  private static final List<WalletKey> WALLETS = List.of(ALICE, BOB);
  private static final String RESTART =
      ">STATE:1,RECONNECTING,SIGUSR1,,,,,\r\n>HOLD:Waiting for hold release:0\r\n";
  private static final Pattern ACCEPT = Pattern.compile("client-auth(?:-nt)? ([0-9]+) ([0-9]+)");
  private static final Pattern DENY = Pattern.compile("client-deny ([0-9]+) ([0-9]+) .*");
  private static final Pattern CUT = Pattern.compile("client-kill ([0-9]+) \"HALT,.*");
  private static final Pattern TOKEN = Pattern.compile("push \"auth-token ([A-Za-z0-9_-]+)\"");
  private static final Pattern QUESTION =
      Pattern.compile(">CLIENT:(?:CONNECT|REAUTH),([0-9]+),([0-9]+)");
  private static final Pattern SHORT =
      Pattern.compile("(?m)^@(?:([CR])([0-9])([0-9])([0-3])|([ED])([0-9])|H)\n");
  private static final int LARGEST_SEED = 3 * 1024;

  private final Path folder = Scratch.folder("stream");
  private final List<String> passwords = new ArrayList<>();

  public StreamFuzz() {
    CredentialAuthority authority = authority();
    for (CredentialKind kind : List.of(CredentialKind.LOGIN, CredentialKind.DEVICE)) {
      for (WalletKey wallet : WALLETS) {
        IssuedNonce nonce = authority.issue(wallet.address(), kind, NOW, Duration.ofMinutes(5));
        passwords.add(
            nonce.passwordPrefix()
                + Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(wallet.signPersonal(nonce.message())));
      }
    }
  }

  private CredentialAuthority authority() {
    return BareGate.authority(folder, "ab".repeat(32), BareGate.IDENTITY, 1);
  }

  @Override
  public void run(byte[] input) {
    new Conversation(input).run();
  }

  private final class Conversation {
    private final Random random;
    private final String input;
    private final ManualTime time = new ManualTime(NOW);
    private final SteppedConnection connection = new SteppedConnection();
    private final BareGate gate;
    private final StringBuilder said = new StringBuilder();
    private final StringBuilder replies = new StringBuilder();
    private final Set<String> minted = new HashSet<>();
    private final Map<String, Integer> verdicts = new HashMap<>();
    private final Set<String> cut = new HashSet<>();
    private final Set<String> tokenSessions = new HashSet<>();

    Conversation(byte[] bytes) {
      random = new Random(Arrays.hashCode(bytes));
      input = new String(bytes, StandardCharsets.ISO_8859_1);
      StubLedger ledger = new StubLedger();
      ledger.paid(ALICE.address(), NOW.plusSeconds(60));
      gate = new BareGate(folder, authority(), time, time, Runnable::run, ledger, connection);
      connection.open(gate.listener());
    }

    void run() {
      say(">INFO:OpenVPN Management Interface Version 5 -- type 'help' for more info\r\n");
      String spelled =
          SHORT.matcher(input).replaceAll(m -> Matcher.quoteReplacement(spelledOut(m)));
      for (String part : spelled.split("(?m)^(?=@)", -1)) {
        Matcher pause = Pattern.compile("@([0-9]{1,2})\n").matcher(part);
        if (pause.lookingAt()) {
          pass(Integer.parseInt(pause.group(1)));
          inPieces(part.substring(pause.end()));
        } else {
          inPieces(part);
        }
      }
      pass(70);
      connection.close();
      if (connection.listenerFailures() > 0) {
        throw new IllegalStateException("the listener failed");
      }
      for (Throwable failure : connection.failures()) {
        if (!(failure instanceof ManagementException)) {
          throw new IllegalStateException("failed otherwise than the protocol may", failure);
        }
      }
    }

    private void pass(int seconds) {
      for (int i = 0; i < seconds; i++) {
        time.advance(Duration.ofSeconds(1));
        connection.pass(Duration.ofSeconds(1));
        settle();
      }
    }

    private void inPieces(String text) {
      int from = 0;
      while (from < text.length() && connection.failures().isEmpty()) {
        int to = Math.min(text.length(), from + 1 + random.nextInt(2_000));
        say(text.substring(from, to));
        from = to;
      }
    }

    private void say(String text) {
      said.append(text);
      connection.read(text.getBytes(StandardCharsets.ISO_8859_1));
      settle();
    }

    private void settle() {
      while (true) {
        time.settle();
        connection.runTasks();
        String written = connection.written();
        look(written);
        boolean betweenLines = said.charAt(said.length() - 1) == '\n';
        if (replies.isEmpty() || !betweenLines || !connection.failures().isEmpty()) {
          if (written.isEmpty()) {
            return;
          }
        } else {
          byte[] bytes = replies.toString().getBytes(StandardCharsets.ISO_8859_1);
          replies.setLength(0);
          connection.read(bytes);
        }
      }
    }

    private void look(String written) {
      boolean block = false;
      for (String line : written.lines().toList()) {
        if (block) {
          Matcher token = TOKEN.matcher(line);
          if (token.matches()) {
            minted.add(token.group(1));
          }
          block = !line.equals("END");
          if (!block) {
            replies.append("SUCCESS: client-auth command succeeded\r\n");
          }
          continue;
        }
        Matcher accept = ACCEPT.matcher(line);
        Matcher deny = DENY.matcher(line);
        Matcher halt = CUT.matcher(line);
        if (accept.matches()) {
          accepted(accept.group(1), accept.group(2));
          block = line.startsWith("client-auth ");
        } else if (deny.matches()) {
          if (!cut.contains(connection.epoch() + "/" + deny.group(1))) {
            verdict(deny.group(1), deny.group(2));
          }
        } else if (halt.matches()) {
          cut.add(connection.epoch() + "/" + halt.group(1));
        }
        if (!block) {
          replies.append(reply(line));
        }
      }
    }

    private void accepted(String client, String key) {
      if (cut.contains(connection.epoch() + "/" + client)) {
        throw new IllegalStateException("accepted behind a cut: " + client);
      }
      verdict(client, key);
      boolean proved =
          questions(client, key).stream()
              .anyMatch(
                  lines -> {
                    String username = value(lines, "username");
                    String password = value(lines, "password");
                    return username.toLowerCase(Locale.ROOT).equals(ALICE.address().lowerCase())
                        && (isDaemonsToken(lines)
                            || passwords.get(0).equals(password)
                            || passwords.get(2).equals(password)
                            || minted.contains(password));
                  });
      if (!proved) {
        throw new IllegalStateException("accepted, and nobody signed: " + client + " " + key);
      }
      questions(client, key).forEach(lines -> tokenSessions.add(value(lines, "session_id")));
      if (!time.wallTime().isBefore(NOW.plusSeconds(60))) {
        throw new IllegalStateException("accepted behind its time: " + client);
      }
    }

    /** Where OpenVPN makes tokens of its own it vouches for who shows one of a known session. */
    private boolean isDaemonsToken(List<String> lines) {
      String session = value(lines, "session_id");
      String state = value(lines, "session_state");
      return !session.isEmpty()
          && tokenSessions.contains(session)
          && (state.equals("Authenticated") || state.equals("Expired"));
    }

    private void verdict(String client, String key) {
      int count = verdicts.merge(client + " " + key, 1, Integer::sum);
      if (count > questions(client, key).size()) {
        throw new IllegalStateException("more verdicts than questions: " + client + " " + key);
      }
    }

    /** What was said so far, read by other eyes than the decoder's: the lines of each question. */
    private List<List<String>> questions(String client, String key) {
      List<List<String>> found = new ArrayList<>();
      List<String> open = null;
      for (String raw : said.toString().split("\n", -1)) {
        String line = raw.endsWith("\r") ? raw.substring(0, raw.length() - 1) : raw;
        Matcher question = QUESTION.matcher(line);
        if (question.matches()
            && number(question.group(1)).equals(client)
            && number(question.group(2)).equals(key)) {
          open = new ArrayList<>();
        } else if (line.equals(">CLIENT:ENV,END") && open != null) {
          found.add(open);
          open = null;
        } else if (open != null && line.startsWith(">CLIENT:ENV,")) {
          open.add(line.substring(">CLIENT:ENV,".length()));
        }
      }
      return found;
    }

    private String number(String digits) {
      String stripped = digits.replaceFirst("^0+(?=[0-9])", "");
      return stripped;
    }

    /** The only value of that name; none if there are several. */
    private String value(List<String> lines, String name) {
      List<String> values =
          lines.stream()
              .filter(line -> line.startsWith(name + "="))
              .map(line -> line.substring(name.length() + 1))
              .toList();
      return values.size() == 1 ? values.getFirst() : "";
    }

    private static String reply(String line) {
      String verb = line.split(" ", 2)[0];
      return switch (verb) {
        case "env-filter" -> "SUCCESS: env_filter_level=0\r\n";
        case "pid" -> "SUCCESS: pid=4711\r\n";
        case "version" ->
            "OpenVPN Version: OpenVPN 2.6.14 x86_64\r\nManagement Version: 5\r\nEND\r\n";
        case "status", "log" -> line.equals("log off") ? "SUCCESS: off\r\n" : "END\r\n";
        case "state" ->
            line.equals("state all")
                ? "1000,CONNECTED,SUCCESS,10.88.0.1,,,,\r\nEND\r\n"
                : "SUCCESS: real-time state notification set to ON\r\n";
        case "kill" -> "SUCCESS: common name found, 1 client(s) killed\r\n";
        case "client-auth-nt" -> "SUCCESS: client-auth command succeeded\r\n";
        default -> "SUCCESS: " + verb + " command succeeded\r\n";
      };
    }
  }

  @Override
  public List<byte[]> seeds() {
    List<String> seeds = new ArrayList<>();
    String alice = ALICE.address().checksummed();
    String life = question("CONNECT", 0, 1, alice, passwords.get(0)) + "@1\n" + up("0");
    String end = gone("0");
    seeds.add(life.replace("@1\n", ""));
    seeds.add(life + question("REAUTH", 0, 3, alice, passwords.get(0)) + end);
    seeds.add(life + "@61\n" + end);
    seeds.add(life + question("CONNECT", 1, 1, alice, passwords.get(2)) + "@9\n" + end);
    seeds.add(life + end + question("CONNECT", 1, 1, alice, passwords.get(0)));
    seeds.addAll(
        List.of(
            "@C010\n@E0\n@R030\n@9\n@C112\n@E1\n@9\n@D0\n",
            "@C012\n@E0\n@R042\n@C110\n@R042\n@D0\n@H\n@C010\n",
            "@C013\n@C010\n@C020\n@E0\n@61\n@R032\n@D0\n@C112\n"));
    String newer = question("CONNECT", 1, 1, alice, passwords.get(2));
    String again = question("CONNECT", 0, 3, alice, passwords.get(2));
    seeds.add(life + newer + end + again);
    seeds.add(question("CONNECT", 0, 1, alice, passwords.get(0)) + newer + "@9\n" + again);
    seeds.add(question("REAUTH", 0, 3, alice, passwords.get(0)) + "@9\n" + again);
    seeds.add(question("CONNECT", 0, 1, BOB.address().lowerCase(), passwords.get(1)));
    seeds.add(question("CONNECT", 0, 1, alice, passwords.get(1)));
    seeds.add(
        question("CONNECT", 0, 1, alice, passwords.get(0))
            + RESTART
            + question("CONNECT", 0, 1, alice, passwords.get(2)));
    seeds.add(
        life.replace(">CLIENT:ENV,username", ">CLIENT:ENV,username=x\r\n>CLIENT:ENV,username"));
    seeds.add(life.replace("\r\n>CLIENT:ENV,IV_PROTO", "\r\n>LOG:1,I,x\r\n>CLIENT:ENV,IV_PROTO"));
    for (Capture capture : Capture.all()) {
      StringBuilder lines = new StringBuilder();
      capture.connections().stream()
          .flatMap(List::stream)
          .filter(line -> line.direction() == Capture.Direction.FROM_OPENVPN)
          .map(Capture.Line::raw)
          .filter(line -> line.startsWith(">") && !line.startsWith(">INFO:"))
          .map(line -> line.replaceFirst("ENV,username=[^\r\n]*", "ENV,username=" + alice))
          .map(
              line ->
                  line.replaceFirst("ENV,password=[^\r\n]*", "ENV,password=" + passwords.get(2)))
          .forEach(lines::append);
      seeds.add(lines.substring(0, Math.min(LARGEST_SEED, lines.length())));
    }
    return seeds.stream().map(s -> s.getBytes(StandardCharsets.ISO_8859_1)).toList();
  }

  @Override
  public List<String> words() {
    List<String> words = new ArrayList<>(List.of("@1\n", "@9\n", "@61\n", "@H\n"));
    for (String client : List.of("0", "1")) {
      words.addAll(List.of("@E" + client + "\n", "@D" + client + "\n"));
      for (String key : List.of("10", "12", "30", "32", "42")) {
        words.addAll(List.of("@C" + client + key + "\n", "@R" + client + key + "\n"));
      }
    }
    return words;
  }

  private String spelledOut(MatchResult match) {
    if (match.group(5) != null) {
      return match.group(5).equals("E") ? up(match.group(6)) : gone(match.group(6));
    }
    return match.group(1) == null
        ? RESTART
        : question(
            match.group(1).equals("C") ? "CONNECT" : "REAUTH",
            Integer.parseInt(match.group(2)),
            Integer.parseInt(match.group(3)),
            WALLETS.get(Integer.parseInt(match.group(4)) % 2).address().checksummed(),
            passwords.get(Integer.parseInt(match.group(4))));
  }

  private static String up(String client) {
    return ">CLIENT:ESTABLISHED,"
        + client
        + "\r\n>CLIENT:ENV,username="
        + ALICE.address().checksummed()
        + "\r\n>CLIENT:ENV,trusted_ip=10.99.0.2\r\n>CLIENT:ENV,END\r\n";
  }

  private static String gone(String client) {
    return ">CLIENT:DISCONNECT," + client + "\r\n>CLIENT:ENV,END\r\n";
  }

  private static String question(
      String word, int client, int key, String username, String password) {
    return ">CLIENT:%s,%d,%d\r\n".formatted(word, client, key)
        + ">CLIENT:ENV,n_clients=0\r\n>CLIENT:ENV,password="
        + password
        + "\r\n>CLIENT:ENV,untrusted_ip=10.99.0.2\r\n>CLIENT:ENV,username="
        + username
        + "\r\n>CLIENT:ENV,IV_PROTO=990\r\n>CLIENT:ENV,END\r\n";
  }
}
