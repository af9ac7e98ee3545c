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

  private final Map<ClientId, List<Verdict>> verdicts = new HashMap<>();
  private final List<Deferred> deferred = new ArrayList<>();

  private record Verdict(int line, KeyId key) {}

  private record Deferred(int line, String commonName, String realAddress) {}

  /**
   * The keys of the last verdicts: of one, or of several that were written unasked, one after
   * another, of which some key there was met one.
   */
  public record LastKeys(KeyId first, KeyId last) {}

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
      verdicts.clear();
      deferred.clear();
      return;
    }
    Matcher verdict = VERDICT.matcher(text);
    if (verdict.matches()) {
      ClientId client = new ClientId(Long.parseLong(verdict.group(1)));
      KeyId key = new KeyId(Long.parseLong(verdict.group(2)));
      verdicts.computeIfAbsent(client, _ -> new ArrayList<>()).add(new Verdict(number, key));
      return;
    }
    Matcher waiting = DEFERRED.matcher(text);
    if (waiting.matches() && waiting.group(1).equals(waiting.group(3))) {
      deferred.add(new Deferred(number, waiting.group(1), waiting.group(2)));
    }
  }

  /** Returns which keys the last verdicts for this client were about. */
  public Optional<LastKeys> lastKeys(StatusTable.Row row) {
    List<Verdict> all = verdicts.getOrDefault(row.client(), List.of());
    if (all.isEmpty()) {
      return Optional.empty();
    }
    int first = all.size() - 1;
    while (first > 0 && isUnasked(row, all.get(first - 1), all.get(first))) {
      first--;
    }
    return Optional.of(new LastKeys(all.get(first).key(), all.getLast().key()));
  }

  private boolean isUnasked(StatusTable.Row row, Verdict before, Verdict verdict) {
    return before.key().value() + 1 == verdict.key().value()
        && !isDeferred(row, before.line(), verdict.line());
  }

  /** Returns whether a renegotiation of this live session still waits for a verdict. */
  public boolean awaitsVerdict(StatusTable.Row row) {
    List<Verdict> all = verdicts.getOrDefault(row.client(), List.of());
    return isDeferred(row, all.isEmpty() ? -1 : all.getLast().line(), Integer.MAX_VALUE);
  }

  private boolean isDeferred(StatusTable.Row row, int after, int before) {
    return deferred.stream()
        .anyMatch(
            d ->
                d.line() > after
                    && d.line() < before
                    && d.commonName().equals(row.commonName())
                    && d.realAddress().equals(row.realAddress()));
  }
}
