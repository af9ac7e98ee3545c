package org.hourgate.app.operator;

import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.hourgate.app.cli.Table;
import org.hourgate.app.cli.Texts;
import org.hourgate.operator.AdminReply.InstanceLine;
import org.hourgate.operator.AdminReply.SessionLine;
import org.hourgate.operator.AdminReply.Snapshot;
import org.jspecify.annotations.Nullable;

/** A line for each change: for files and pipes. The first snapshot tells how things stand. */
final class WatchLog implements WatchCommand.Display {

  private final PrintWriter out;
  private @Nullable Snapshot before;
  private boolean away;

  WatchLog(PrintWriter out) {
    this.out = out;
  }

  /** A CID alone comes again after a restart of OpenVPN. */
  private record Key(String id, String wallet, long since) {}

  @Override
  public void show(Snapshot now) {
    Instant time = Instant.ofEpochSecond(now.time());
    if (away) {
      line(time, "the gate answers again");
      away = false;
    }
    Snapshot last = before;
    for (InstanceLine instance : now.instances()) {
      if (last == null || !last.instances().contains(instance)) {
        line(time, "openvpn " + WatchScreen.text(instance));
      }
    }
    if (last == null
        || last.chain().fit() != now.chain().fit()
        || !last.chain().reasons().equals(now.chain().reasons())) {
      line(time, "chain " + WatchScreen.text(now.chain(), time));
    }
    Map<String, Long> counted = last == null ? Map.of() : last.verdicts();
    now.verdicts()
        .forEach(
            (kind, count) -> {
              long more = count - counted.getOrDefault(kind, 0L);
              if (more > 0) {
                line(time, "verdicts " + kind + " +" + more);
              }
            });
    sessions(time, byKey(last == null ? List.of() : last.sessions()), byKey(now.sessions()));
    if (last == null ? now.bans() > 0 : last.bans() != now.bans()) {
      line(time, Texts.count(now.bans(), "ban"));
    }
    before = now;
    out.flush();
  }

  private void sessions(Instant time, Map<Key, SessionLine> before, Map<Key, SessionLine> now) {
    before.forEach(
        (key, session) -> {
          if (!now.containsKey(key)) {
            line(
                time,
                "- " + name(session) + " ended after " + lasted(session, time) + traffic(session));
          }
        });
    now.forEach(
        (key, session) ->
            Optional.ofNullable(before.get(key))
                .ifPresentOrElse(
                    earlier -> changed(time, earlier, session),
                    () -> line(time, "+ " + name(session) + " " + state(session, time))));
  }

  private void changed(Instant time, SessionLine before, SessionLine now) {
    if (!before.state().equals(now.state()) || !Objects.equals(before.until(), now.until())) {
      line(time, "~ " + name(now) + " " + state(now, time));
    }
  }

  private static String name(SessionLine session) {
    return session.id() + " " + SessionTable.shortened(session.wallet());
  }

  private static String state(SessionLine session, Instant now) {
    String end =
        session.until() == null
            ? "end unknown"
            : "until "
                + Texts.time(Instant.ofEpochSecond(session.until()))
                + ", "
                + SessionTable.duration(
                    Duration.between(now, Instant.ofEpochSecond(session.until())))
                + " left";
    return session.state()
        + (session.realAddress().isEmpty() ? "" : " from " + session.realAddress())
        + (session.tunnelAddress().isEmpty() ? "" : " as " + session.tunnelAddresses())
        + ", "
        + end;
  }

  private static String lasted(SessionLine session, Instant now) {
    return SessionTable.duration(Duration.between(Instant.ofEpochSecond(session.since()), now));
  }

  private static String traffic(SessionLine session) {
    return ", "
        + SessionTable.bytes(session.bytesIn())
        + " in, "
        + SessionTable.bytes(session.bytesOut())
        + " out";
  }

  private static Map<Key, SessionLine> byKey(List<SessionLine> sessions) {
    Map<Key, SessionLine> byKey = new LinkedHashMap<>();
    sessions.forEach(s -> byKey.put(new Key(s.id(), s.wallet(), s.since()), s));
    return byKey;
  }

  @Override
  public void away() {
    if (!away) {
      away = true;
      line(Instant.now(), "the gate does not answer; trying again each second");
      out.flush();
    }
  }

  private void line(Instant time, String text) {
    out.println(Texts.time(time) + "  " + Table.printable(text));
  }

  @Override
  public void end() {
    out.flush();
  }
}
