package org.hourgate.session;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hourgate.management.ClientId;
import org.hourgate.management.KeyId;
import org.hourgate.management.Reply;

/**
 * What {@code log all} tells about the time nobody was attached: the verdicts a predecessor wrote,
 * and the renegotiations that still wait for one. Needs {@code verb 3}; without it everything is
 * empty. Clients choose parts of these lines, so each is matched whole; a client's line always
 * begins with its address and can't look like one of the daemon's own.
 */
public final class LogCache {

  private static final Pattern LINE = Pattern.compile("(\\d+),[A-Z]*,(.*)");
  private static final Pattern VERDICT =
      Pattern.compile("MANAGEMENT: CMD 'client-auth(?:-nt)? (\\d{1,18}) (\\d{1,18})'");
  private static final Pattern SOFT_RESTART =
      Pattern.compile("SIG(?:USR1|HUP)\\[[^\\]]*\\] received, process restarting");
  private static final Pattern DEFERRED =
      Pattern.compile(
          "(.+)/([^/ ]+) TLS: Username/Password authentication deferred for username '(.*)'"
              + "(?: \\[CN SET\\])?");

  private final Map<ClientId, KeyId> lastVerdict = new HashMap<>();
  private final List<Deferred> deferred = new ArrayList<>();

  private record Deferred(int line, String commonName, String realAddress) {}

  private final Map<ClientId, Integer> lastVerdictLine = new HashMap<>();

  private LogCache(List<String> lines) {
    for (int i = 0; i < lines.size(); i++) {
      Matcher line = LINE.matcher(lines.get(i));
      if (line.matches()) {
        read(i, line.group(2));
      }
    }
  }

  /** Reads the reply to {@code log all}; an ERROR reads as an empty log. */
  public static LogCache of(Reply reply) {
    return switch (reply) {
      case Reply.Lines lines -> new LogCache(lines.lines());
      case Reply.Success _, Reply.Failure _ -> new LogCache(List.of());
    };
  }

  private void read(int number, String text) {
    if (SOFT_RESTART.matcher(text).matches()) {
      // CIDs begin at 0 again behind this line.
      lastVerdict.clear();
      lastVerdictLine.clear();
      deferred.clear();
      return;
    }
    Matcher verdict = VERDICT.matcher(text);
    if (verdict.matches()) {
      ClientId client = new ClientId(Long.parseLong(verdict.group(1)));
      lastVerdict.put(client, new KeyId(Long.parseLong(verdict.group(2))));
      lastVerdictLine.put(client, number);
      return;
    }
    Matcher waiting = DEFERRED.matcher(text);
    if (waiting.matches() && waiting.group(1).equals(waiting.group(3))) {
      deferred.add(new Deferred(number, waiting.group(1), waiting.group(2)));
    }
  }

  /** Returns the KID of the last verdict written for this client. */
  public Optional<KeyId> lastVerdict(ClientId client) {
    return Optional.ofNullable(lastVerdict.get(client));
  }

  /** Returns whether a renegotiation of this live session still waits for a verdict. */
  public boolean awaitsVerdict(StatusTable.Row row) {
    int answered = lastVerdictLine.getOrDefault(row.client(), -1);
    return deferred.stream()
        .anyMatch(
            d ->
                d.line() > answered
                    && d.commonName().equals(row.commonName())
                    && d.realAddress().equals(row.realAddress()));
  }
}
