package org.hourgate.chaos;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One message between the gate and OpenVPN: a line, or a notification or command with its block.
 *
 * @param ofGate whether the gate wrote it
 * @param wallet of the client it is about, as far as the tap knows
 */
record Message(boolean ofGate, List<String> lines, String wallet) {

  private static final Pattern NOTIFICATION =
      Pattern.compile(">CLIENT:(CONNECT|REAUTH|ESTABLISHED|DISCONNECT),(\\d+)(?:,(\\d+))?");
  private static final Pattern VERDICT =
      Pattern.compile(
          "(client-auth|client-auth-nt|client-deny) (\\d+) (\\d+)(?: \"?([a-z_]+)\"?)?.*");
  private static final Pattern KILL =
      Pattern.compile("client-kill (\\d+) \"?(HALT|RESTART|AUTH_FAILED),(.*?)\"?");
  private static final Pattern CODE = Pattern.compile("\\[([a-z_]+)]$");
  private static final Pattern TOKEN = Pattern.compile("push \"auth-token ([^\"]+)\"");

  static final String CONNECT = "CONNECT";
  static final String REAUTH = "REAUTH";
  static final String ESTABLISHED = "ESTABLISHED";
  static final String DISCONNECT = "DISCONNECT";

  String first() {
    return lines.getFirst();
  }

  /** A notification about a client; the key is 0 where it has none. */
  record About(String event, long cid, long kid) {}

  Optional<About> about() {
    Matcher matcher = NOTIFICATION.matcher(first());
    return !ofGate && matcher.matches()
        ? Optional.of(
            new About(
                matcher.group(1),
                Long.parseLong(matcher.group(2)),
                matcher.group(3) == null ? 0 : Long.parseLong(matcher.group(3))))
        : Optional.empty();
  }

  /** An answer about a key; the reason is empty if it accepts. */
  record Verdict(long cid, long kid, String reason) {}

  Optional<Verdict> verdict() {
    Matcher matcher = VERDICT.matcher(first());
    if (!ofGate || !matcher.matches()) {
      return Optional.empty();
    }
    boolean denies = matcher.group(1).equals("client-deny");
    return Optional.of(
        new Verdict(
            Long.parseLong(matcher.group(2)),
            Long.parseLong(matcher.group(3)),
            denies ? String.valueOf(matcher.group(4)) : ""));
  }

  /** An order to end a client. */
  record Kill(long cid, String reason) {}

  Optional<Kill> kill() {
    Matcher matcher = KILL.matcher(first());
    if (!ofGate || !matcher.matches()) {
      return Optional.empty();
    }
    Matcher code = CODE.matcher(matcher.group(3));
    String reason =
        switch (matcher.group(2)) {
          case "RESTART" -> "RESTART";
          case "AUTH_FAILED" -> "TEMP";
          default -> code.find() ? code.group(1) : "without a reason";
        };
    return Optional.of(new Kill(Long.parseLong(matcher.group(1)), reason));
  }

  /** The reconnect token in the block of an accept; empty if there is none. */
  String token() {
    return lines.stream()
        .map(TOKEN::matcher)
        .filter(Matcher::find)
        .map(matcher -> matcher.group(1))
        .findFirst()
        .orElse("");
  }

  /** The value of a variable in the block of a notification. */
  Optional<String> variable(String name) {
    String beginning = ">CLIENT:ENV," + name + "=";
    return lines.stream()
        .filter(line -> line.startsWith(beginning))
        .map(line -> line.substring(beginning.length()))
        .findFirst();
  }

  /** Whether a line begins a message of several lines. */
  static boolean hasBlock(boolean ofGate, String line) {
    return ofGate
        ? line.startsWith("client-auth ")
        : line.startsWith(">CLIENT:")
            && !line.startsWith(">CLIENT:ENV,")
            && !line.startsWith(">CLIENT:ADDRESS,");
  }

  static boolean endsBlock(boolean ofGate, String line) {
    return ofGate ? line.equals("END") : line.equals(">CLIENT:ENV,END");
  }
}
