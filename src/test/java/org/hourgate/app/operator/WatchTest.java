package org.hourgate.app.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.hourgate.operator.AdminReply.ChainLine;
import org.hourgate.operator.AdminReply.InstanceLine;
import org.hourgate.operator.AdminReply.SessionLine;
import org.hourgate.operator.AdminReply.Snapshot;
import org.junit.jupiter.api.Test;

/** What is shown of a snapshot, and what of the difference between two. */
final class WatchTest {

  private static final String WALLET = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
  private static final InstanceLine SERVING = new InstanceLine("udp", true, List.of());
  private static final ChainLine FIT = new ChainLine(true, List.of(), 990L);

  private final StringWriter out = new StringWriter();
  private final WatchLog log = new WatchLog(new PrintWriter(out));

  private static SessionLine session(long cid, long until, String state) {
    return new SessionLine(
        "udp",
        cid,
        WALLET,
        "192.0.2.1:5",
        "10.8.0.2",
        null,
        940,
        until,
        990L,
        11,
        22,
        "login",
        state);
  }

  private static Snapshot at(
      long time,
      InstanceLine instance,
      ChainLine chain,
      Map<String, Long> verdicts,
      SessionLine... now) {
    return new Snapshot(time, List.of(now), List.of(instance), chain, verdicts, 2);
  }

  private String told(Snapshot now) {
    out.getBuffer().setLength(0);
    log.show(now);
    return out.toString();
  }

  @Test
  void tellsHowThingsStandAndThenEachChange() {
    assertThat(told(at(1_000, SERVING, FIT, Map.of("accept", 4L))))
        .contains("openvpn udp serving")
        .contains("chain fit, newest block 10s old")
        .contains("verdicts accept +4")
        .contains("2 bans");
    assertThat(told(at(1_001, SERVING, FIT, Map.of("accept", 4L)))).isEmpty();

    assertThat(
            told(
                at(
                    1_002,
                    SERVING,
                    FIT,
                    Map.of("accept", 5L, "banned", 1L),
                    session(3, 1_062, "admitted"))))
        .contains("verdicts accept +1")
        .contains("verdicts banned +1")
        .containsPattern(
            "\\+ udp/3 0x5FbD…0aa3 admitted from 192.0.2.1:5 as 10.8.0.2, until .*, 1m0s left");
    assertThat(
            told(
                at(
                    1_003,
                    SERVING,
                    FIT,
                    Map.of("accept", 5L, "banned", 1L),
                    session(3, 1_062, "established"))))
        .contains("~ udp/3 0x5FbD…0aa3 established")
        .hasLineCount(1);
    assertThat(
            told(
                at(
                    1_004,
                    SERVING,
                    FIT,
                    Map.of("accept", 5L, "banned", 1L),
                    session(3, 1_122, "established"))))
        .contains("1m58s left")
        .hasLineCount(1);
    assertThat(told(at(1_005, SERVING, FIT, Map.of("accept", 5L, "banned", 1L))))
        .contains("- udp/3 0x5FbD…0aa3 ended after 1m5s, 11 B in, 22 B out")
        .hasLineCount(1);
  }

  @Test
  void tellsWhatIsAwayAndCannotBeSteeredByIt() {
    told(at(1_000, SERVING, FIT, Map.of()));

    assertThat(
            told(
                at(
                    1_001,
                    new InstanceLine("udp", false, List.of("not\u001b[2J attached")),
                    new ChainLine(false, List.of("no node answers"), 990L),
                    Map.of())))
        .contains("openvpn udp away: not?[2J attached")
        .contains("chain unfit: no node answers")
        .doesNotContain("\u001b");
  }

  @Test
  void tellsOnceThatTheGateIsAwayAndWhenItIsBack() {
    told(at(1_000, SERVING, FIT, Map.of()));
    out.getBuffer().setLength(0);
    log.away();
    log.away();
    assertThat(out.toString()).contains("does not answer").hasLineCount(1);

    assertThat(told(at(1_009, SERVING, FIT, Map.of()))).contains("the gate answers again");
  }

  @Test
  void fillsTheScreenAndNoMore() {
    SessionLine[] many =
        LongStream.range(0, 100)
            .mapToObj(cid -> session(cid, 2_000 + cid, "established"))
            .toArray(SessionLine[]::new);

    List<String> lines =
        WatchScreen.lines(
            at(1_000, SERVING, FIT, Map.of("accept", 100L), many), new Terminal.Size(24, 80));

    assertThat(lines).hasSize(24).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    assertThat(lines.getFirst()).contains("100 sessions");
    assertThat(lines.get(5)).startsWith("SESSION");
    assertThat(lines.get(6)).startsWith("udp/0").contains("16m40s");
    assertThat(lines.getLast()).isEqualTo("… and 83 more");
  }

  @Test
  void restoresTheTerminalOnce() {
    StringWriter terminal = new StringWriter();
    WatchScreen screen = new WatchScreen(new PrintWriter(terminal));
    screen.show(at(1_000, SERVING, FIT, Map.of()));
    screen.end();
    screen.show(at(1_001, SERVING, FIT, Map.of()));
    screen.end();

    assertThat(terminal.toString())
        .startsWith("\u001b[?1049h\u001b[?25l")
        .endsWith("\u001b[?25h\u001b[?1049l")
        .containsOnlyOnce("\u001b[?1049l");
  }
}
