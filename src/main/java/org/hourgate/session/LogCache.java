package org.hourgate.session;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hourgate.management.ClientId;
import org.hourgate.management.KeyId;
import org.hourgate.management.Reply;
import org.jspecify.annotations.Nullable;

/**
 * What {@code log all} tells about the time nobody was attached: the verdicts a predecessor wrote,
 * and the renegotiations that still wait for one. Needs {@code verb 3}; without it everything is
 * empty. Clients choose parts of these lines, so each is matched whole; a client's line begins with
 * its address or with words of OpenVPN's and can't look like one of the daemon's own.
 */
public final class LogCache {

  private static final String ATTEMPT = "Connection Attempt ";
  private static final String VERDICT_BEGIN = "MANAGEMENT: CMD 'client-auth";
  private static final Pattern VERDICT =
      Pattern.compile(VERDICT_BEGIN + "(?:-nt)? (\\d{1,18}) (\\d{1,18})'");
  private static final String SOFT_RESTART_END = "] received, process restarting";
  private static final Pattern SOFT_RESTART =
      Pattern.compile("SIG(?:USR1|HUP)\\[[^\\]]*\\] received, process restarting");
  private static final String DEFERRED_WORDS =
      "TLS: Username/Password authentication deferred for username '";
  private static final Pattern DEFERRED =
      Pattern.compile("(?:(.+)/([^/ ]+) )?" + DEFERRED_WORDS + "(.*)'(?: \\[CN SET\\])?");

  private final Map<ClientId, List<Verdict>> verdicts = new HashMap<>();
  private final Map<Client, NavigableSet<Integer>> deferredLines = new HashMap<>();

  /** The last line of a user name that does not say of which client. */
  private final Map<String, Integer> deferredSomewhere = new HashMap<>();

  private record Verdict(int line, KeyId key) {}

  /** A client as the prefix of its lines names it. */
  private record Client(String commonName, String realAddress) {}

  /**
   * The keys of the last verdicts: of one, or of several that were written unasked, one after
   * another, of which some key there was met one.
   */
  public record LastKeys(KeyId first, KeyId last) {}

  private LogCache(List<String> lines) {
    for (int i = 0; i < lines.size(); i++) {
      int number = i;
      text(lines.get(i)).ifPresent(text -> read(number, text));
    }
  }

  /**
   * What is behind the time, the flags, and what OpenVPN may still have before its lines from the
   * attempt to connect just before; empty if that is not what the line begins with.
   */
  private static Optional<String> text(String line) {
    int time = end(line, 0, '0', '9');
    int flags = end(line, time + 1, 'A', 'Z');
    boolean whole = time > 0 && line.startsWith(",", time) && line.startsWith(",", flags);
    if (!whole) {
      return Optional.empty();
    }
    int begin = flags + 1;
    return Optional.of(
        line.substring(line.startsWith(ATTEMPT, begin) ? begin + ATTEMPT.length() : begin));
  }

  private static int end(String line, int begin, char first, char last) {
    int end = begin;
    while (end < line.length() && line.charAt(end) >= first && line.charAt(end) <= last) {
      end++;
    }
    return end;
  }

  /** Reads the reply to {@code log all}; an ERROR reads as an empty log. */
  public static LogCache of(Reply reply) {
    return switch (reply) {
      case Reply.Lines lines -> new LogCache(lines.lines());
      case Reply.Success _, Reply.Failure _ -> new LogCache(List.of());
    };
  }

  /** Most lines are none of these: what is quickly seen comes before each pattern. */
  private void read(int number, String text) {
    if (text.endsWith(SOFT_RESTART_END) && SOFT_RESTART.matcher(text).matches()) {
      // CIDs begin at 0 again behind this line.
      verdicts.clear();
      deferredLines.clear();
      deferredSomewhere.clear();
    } else if (text.startsWith(VERDICT_BEGIN)) {
      Matcher verdict = VERDICT.matcher(text);
      if (verdict.matches()) {
        ClientId client = new ClientId(Long.parseLong(verdict.group(1)));
        KeyId key = new KeyId(Long.parseLong(verdict.group(2)));
        verdicts.computeIfAbsent(client, _ -> new ArrayList<>()).add(new Verdict(number, key));
      }
    } else if (text.contains(DEFERRED_WORDS)) {
      Matcher waiting = DEFERRED.matcher(text);
      if (waiting.matches()) {
        deferred(number, waiting.group(1), waiting.group(2), waiting.group(3));
      }
    }
  }

  private void deferred(
      int number, @Nullable String commonName, @Nullable String realAddress, String username) {
    if (commonName == null || realAddress == null) {
      deferredSomewhere.put(username, number);
    } else if (commonName.equals(username)) {
      deferredLines
          .computeIfAbsent(new Client(commonName, realAddress), _ -> new TreeSet<>())
          .add(number);
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

  /**
   * Returns whether a renegotiation of this live session still waits for a verdict. It may be that
   * of another client with this user name: OpenVPN names no client where it has just found fault
   * with a packet.
   */
  public boolean awaitsVerdict(StatusTable.Row row) {
    List<Verdict> all = verdicts.getOrDefault(row.client(), List.of());
    int last = all.isEmpty() ? -1 : all.getLast().line();
    return isDeferred(row, last, Integer.MAX_VALUE)
        || deferredSomewhere.getOrDefault(row.username(), -1) > last;
  }

  private boolean isDeferred(StatusTable.Row row, int after, int before) {
    NavigableSet<Integer> lines =
        deferredLines.get(new Client(row.commonName(), row.realAddress()));
    Integer next = lines == null ? null : lines.higher(after);
    return next != null && next < before;
  }
}
