package org.hourgate.app.operator;

import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.hourgate.app.cli.Table;
import org.hourgate.app.cli.Texts;
import org.hourgate.operator.AdminReply.ChainLine;
import org.hourgate.operator.AdminReply.InstanceLine;
import org.hourgate.operator.AdminReply.SessionLine;
import org.hourgate.operator.AdminReply.Snapshot;

/**
 * A screen that is drawn anew each second, on the terminal's second page, so that what was there
 * before is there again afterwards. Control sequences as every terminal since the VT100 knows them.
 */
final class WatchScreen implements WatchCommand.Display {

  private static final String BEGIN = "\u001b[?1049h\u001b[?25l";
  private static final String END = "\u001b[?25h\u001b[?1049l";
  private static final String HOME = "\u001b[H";
  private static final String END_OF_LINE = "\u001b[K\r\n";
  private static final String END_OF_SCREEN = "\u001b[J";

  private final PrintWriter out;
  private boolean begun;
  private boolean ended;

  WatchScreen(PrintWriter out) {
    this.out = out;
  }

  @Override
  public synchronized void show(Snapshot now) {
    draw(lines(now, Terminal.size().orElse(new Terminal.Size(24, 80))));
  }

  @Override
  public synchronized void away() {
    draw(List.of("hourgate does not answer; trying again each second (Ctrl-C ends this)"));
  }

  private void draw(List<String> lines) {
    if (ended) {
      return;
    }
    StringBuilder frame = new StringBuilder(begun ? "" : BEGIN).append(HOME);
    begun = true;
    frame.append(String.join(END_OF_LINE, lines)).append("\u001b[K").append(END_OF_SCREEN);
    out.print(frame);
    out.flush();
  }

  @Override
  public synchronized void end() {
    if (begun && !ended) {
      out.print(END);
      out.flush();
    }
    ended = true;
  }

  /** All of it, in so many rows and columns. */
  static List<String> lines(Snapshot now, Terminal.Size size) {
    Instant time = Instant.ofEpochSecond(now.time());
    List<String> lines = new ArrayList<>();
    lines.add(
        "hourgate  %s  %s  %s"
            .formatted(
                Texts.time(time),
                Texts.count(now.sessions().size(), "session"),
                Texts.count(now.bans(), "ban")));
    lines.add("OpenVPN   " + joined(now.instances().stream().map(WatchScreen::text).toList()));
    lines.add("chain     " + text(now.chain(), time));
    lines.add("verdicts  " + verdicts(now));
    lines.add("");
    if (now.sessions().isEmpty()) {
      lines.add("Nobody is online.");
    } else {
      List<SessionLine> sorted = now.sessions().stream().sorted(SessionTable.SOONEST_END).toList();
      lines.addAll(SessionTable.lines(sorted, time, OptionalInt.of(size.columns())));
    }
    return fitted(lines, size);
  }

  private static List<String> fitted(List<String> lines, Terminal.Size size) {
    List<String> fitted = new ArrayList<>(lines);
    if (fitted.size() > size.rows()) {
      int hidden = fitted.size() - size.rows() + 1;
      fitted = new ArrayList<>(fitted.subList(0, Math.max(0, size.rows() - 1)));
      fitted.add("… and " + hidden + " more");
    }
    return fitted.stream()
        .map(line -> line.length() > size.columns() ? line.substring(0, size.columns()) : line)
        .toList();
  }

  private static String verdicts(Snapshot now) {
    String all =
        joined(
            now.verdicts().entrySet().stream()
                .sorted((a, b) -> Long.compare(b.getValue(), a.getValue()))
                .map(kind -> kind.getValue() + " " + kind.getKey())
                .toList());
    return all.isEmpty() ? "none yet" : all;
  }

  static String text(InstanceLine instance) {
    return Table.printable(
        instance.name()
            + " "
            + (instance.serving() ? "serving" : "away: " + String.join("; ", instance.reasons())));
  }

  static String text(ChainLine chain, Instant now) {
    String age =
        chain.head() == null
            ? "no block seen"
            : "newest block "
                + SessionTable.duration(Duration.between(Instant.ofEpochSecond(chain.head()), now))
                + " old";
    return Table.printable(
        chain.fit() ? "fit, " + age : "unfit: " + String.join("; ", chain.reasons()) + "; " + age);
  }

  private static String joined(List<String> parts) {
    return parts.stream().collect(Collectors.joining(" · "));
  }
}
